// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Virtual networks with their subnets and peerings. */
final class VirtualNetworks implements Kind {

    /**
     * In bits, of the smallest subnet
     * (<a href="https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq">Virtual Network FAQ</a>).
     */
    static final int LONGEST_PREFIX = 29;

    @Override
    public String namespace() {
        return "Microsoft.Network";
    }

    @Override
    public String type() {
        return "virtualNetworks";
    }

    @Override
    public List<Child> children() {
        return List.of(
                new Child("subnets", List.of("ipConfigurations", "privateEndpoints", "purpose")), Peerings.CHILD);
    }

    @Override
    public List<String> derived() {
        return List.of("resourceGuid");
    }

    @Override
    public void settle(Change change) {
        var space = space(change);
        var properties = change.properties();
        Json.putDefault(properties, "enableDdosProtection", false);
        var network = change.id().name();
        var taken = new ArrayList<IPAddress>();
        for (var subnet : Json.objects(Json.arrayIn(properties, "subnets"))) {
            var name = subnet.path("name").asText();
            var prefixes = prefixes(subnet);
            if (prefixes.isEmpty()) {
                throw ArmError.badRequest(
                        "AddressPrefixStringCannotBeNullOrEmpty",
                        "Address prefix string for resource %s cannot be null or empty.",
                        subnet.path("id").asText());
            }
            for (var prefix : prefixes) {
                if (prefix.isIPv4() && prefix.getNetworkPrefixLength() > LONGEST_PREFIX) {
                    throw ArmError.badRequest(
                            "NetcfgInvalidSubnet", "Subnet '%s' is not valid in virtual network '%s'.", name, network);
                }
                if (space.stream().noneMatch(block -> block.contains(prefix))) {
                    throw ArmError.badRequest(
                            "NetcfgSubnetRangeOutsideVnet",
                            "Subnet '%s' is not valid because its IP address range is outside the IP address range of"
                                    + " virtual network '%s'.",
                            name,
                            network);
                }
                if (taken.stream().anyMatch(other -> other.intersect(prefix) != null)) {
                    throw ArmError.badRequest(
                            "NetcfgSubnetRangesOverlap",
                            "Subnet '%s' is not valid because its IP address range overlaps with that of an existing"
                                    + " subnet in virtual network '%s'.",
                            name,
                            network);
                }
                taken.add(prefix);
            }
            complete(subnet);
        }
        keepWhatIsInUse(change, change.body());
        Peerings.settle(change);
    }

    private static List<IPAddress> space(Change change) {
        var prefixes = Json.at(change.properties(), "addressSpace", "addressPrefixes");
        var space = new ArrayList<IPAddress>();
        for (var prefix : prefixes) {
            var block = Addresses.prefix(prefix.asText(), change.id().toString());
            if (space.stream().anyMatch(other -> other.intersect(block) != null)) {
                throw ArmError.badRequest(
                        "NetcfgVirtualNetworkAddressPrefixesOverlap",
                        "Address prefix %s of virtual network %s overlaps with another address prefix in the same virtual"
                                + " network.",
                        prefix.asText(),
                        change.id());
            }
            space.add(block);
        }
        if (space.isEmpty()) {
            throw ArmError.badRequest(
                    "AddressPrefixStringCannotBeNullOrEmpty",
                    "Address prefix string for resource %s cannot be null or empty.",
                    change.id());
        }
        return space;
    }

    private static void complete(ObjectNode subnet) {
        var properties = Json.objectIn(subnet, "properties");
        Json.arrayIn(properties, "delegations");
        Json.putDefault(properties, "privateEndpointNetworkPolicies", "Disabled");
        Json.putDefault(properties, "privateLinkServiceNetworkPolicies", "Enabled");
        References.keepOnlyId(properties, "networkSecurityGroup");
        References.keepOnlyId(properties, "routeTable");
        References.keepOnlyId(properties, "natGateway");
    }

    /** The prefixes of a subnet. */
    static List<IPAddress> prefixes(ObjectNode subnet) {
        return Json.oneOrMany(subnet.path("properties"), "addressPrefix", "addressPrefixes").stream()
                .map(text -> Addresses.prefix(text, subnet.path("id").asText()))
                .distinct()
                .toList();
    }

    @Override
    public void release(Change change) {
        keepWhatIsInUse(change, Json.object());
    }

    /** Refuses a body without a subnet that interfaces are in, or without a prefix that their addresses are from. */
    private static void keepWhatIsInUse(Change change, ObjectNode after) {
        var before = change.before();
        if (before == null) {
            return;
        }
        for (var subnet : Json.objects(before.path("properties").path("subnets"))) {
            var id = subnet.path("id").asText();
            var users = change.estate().referrers(id);
            if (users.isEmpty()) {
                continue;
            }
            var kept = Estate.find(after, id);
            if (kept.isEmpty()) {
                throw ArmError.badRequest(
                        "InUseSubnetCannotBeDeleted",
                        "Subnet %s is in use by %s and cannot be deleted. In order to delete the subnet, delete all the"
                                + " resources within the subnet. See aka.ms/deletesubnet.",
                        subnet.path("name").asText(),
                        String.join(", ", users));
            }
            var now = prefixes(kept.get());
            var lost = prefixes(subnet).stream()
                    .filter(prefix -> !now.contains(prefix))
                    .findFirst();
            if (lost.isPresent()) {
                throw ArmError.badRequest(
                        "InUsePrefixCannotBeDeleted",
                        "IpPrefix %s on Subnet %s has active allocations and cannot be deleted.",
                        lost.get(),
                        subnet.path("name").asText());
            }
        }
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        for (var subnet : Json.objects(body.path("properties").path("subnets"))) {
            var users = estate.referrers(subnet.path("id").asText()).stream()
                    .filter(user -> user.toLowerCase(Locale.ROOT).contains("/ipconfigurations/"))
                    .toList();
            if (!users.isEmpty()) {
                var list = Json.arrayIn(Json.objectIn(subnet, "properties"), "ipConfigurations");
                users.forEach(user -> list.addObject().put("id", user));
            }
        }
        Peerings.show(body, estate);
    }
}
