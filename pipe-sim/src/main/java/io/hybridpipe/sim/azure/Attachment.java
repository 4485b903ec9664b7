// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One IP configuration of an interface with all that decides about its packets, as of the last successful operations.
 *
 * @param port its id is the interface's for the primary configuration, the configuration's own for others
 * @param nic the interface
 * @param subnet the subnet
 * @param virtualNetwork the virtual network
 * @param nicGroup the security group of the interface
 * @param subnetGroup the security group of the subnet
 * @param table the route table of the subnet
 * @param publicIp the public address
 * @param peers the connected peerings of the virtual network
 */
record Attachment(
        Port port,
        ObjectNode nic,
        ObjectNode subnet,
        ObjectNode virtualNetwork,
        Optional<ObjectNode> nicGroup,
        Optional<ObjectNode> subnetGroup,
        Optional<ObjectNode> table,
        Optional<ObjectNode> publicIp,
        List<Peer> peers) {

    static List<Attachment> all(Estate estate) {
        var all = new ArrayList<Attachment>();
        for (var resource : estate.resources()) {
            var nic = resource.effective();
            if (resource.kind() instanceof Interfaces && nic != null) {
                for (var configuration : Json.objects(nic.path("properties").path("ipConfigurations"))) {
                    of(estate, nic, configuration).ifPresent(all::add);
                }
            }
        }
        return all;
    }

    private static Optional<Attachment> of(Estate estate, ObjectNode nic, ObjectNode configuration) {
        var properties = configuration.path("properties");
        var subnet = effective(estate, Json.text(properties, "subnet", "id"));
        var network = effective(estate, parentOf(Json.text(properties, "subnet", "id")));
        var address = Addresses.address(properties.path("privateIPAddress").asText());
        if (subnet.isEmpty() || network.isEmpty() || address.isEmpty()) {
            return Optional.empty();
        }
        var publicIp = effective(estate, Json.text(properties, "publicIPAddress", "id"));
        var publicAddress = publicIp.flatMap(
                ip -> Addresses.address(ip.path("properties").path("ipAddress").asText()));
        var id = nic.path("id").asText();
        var machine = estate.referrers(id).stream().findFirst().orElse("");
        var primary = properties.path("primary").asBoolean();
        return Optional.of(new Attachment(
                new Port(primary ? id : configuration.path("id").asText(), address.get(), publicAddress, machine),
                nic,
                subnet.get(),
                network.get(),
                effective(estate, Json.text(nic.path("properties"), "networkSecurityGroup", "id")),
                effective(estate, Json.text(subnet.get().path("properties"), "networkSecurityGroup", "id")),
                effective(estate, Json.text(subnet.get().path("properties"), "routeTable", "id")),
                publicIp,
                Peer.of(network.get(), estate)));
    }

    private static Optional<ObjectNode> effective(Estate estate, @Nullable String id) {
        return Optional.ofNullable(id).flatMap(ArmId::parse).flatMap(parsed -> estate.top(parsed)
                .flatMap(top -> Optional.ofNullable(top.effective()))
                .flatMap(body -> Estate.find(body, parsed.toString())));
    }

    private static @Nullable String parentOf(@Nullable String id) {
        return id == null
                ? null
                : ArmId.parse(id).map(child -> child.top().toString()).orElse(null);
    }

    String name() {
        return "network interface " + nic.path("name").asText();
    }

    String publicName() {
        return publicIp.map(ip -> ip.path("name").asText()).orElse("");
    }

    boolean isPublicStandard() {
        return publicIp.map(ip -> "Standard".equals(Json.text(ip, "sku", "name")))
                .orElse(false);
    }

    boolean forwards() {
        return nic.path("properties").path("enableIPForwarding").asBoolean();
    }

    /** The identity of the virtual network. */
    String network() {
        return virtualNetwork.path("id").asText().toLowerCase(Locale.ROOT);
    }

    String networkName() {
        return virtualNetwork.path("name").asText();
    }

    /** The address space of the virtual network. */
    List<IPAddress> space() {
        return Peerings.blocks(Json.at(virtualNetwork, "properties", "addressSpace"), network());
    }

    boolean isInside(IPAddress address) {
        return space().stream().anyMatch(block -> block.contains(address));
    }

    boolean isIn(String subscription) {
        var start = "/subscriptions/" + subscription + "/";
        return nic.path("id").asText().regionMatches(true, 0, start, 0, start.length());
    }

    /** The routes of the table that the subnet has. */
    List<ObjectNode> userRoutes() {
        return table.map(one -> Json.objects(one.path("properties").path("routes")))
                .orElse(List.of());
    }

    /** The security groups that a packet meets on its way out: the interface's, then the subnet's. */
    List<ObjectNode> groupsOutward() {
        return Stream.of(nicGroup, subnetGroup).flatMap(Optional::stream).toList();
    }

    /** The security groups that a packet meets on its way in: the subnet's, then the interface's. */
    List<ObjectNode> groupsInward() {
        return Stream.of(subnetGroup, nicGroup).flatMap(Optional::stream).toList();
    }
}
