// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Network interfaces: private addresses in subnets, public addresses in front of them. */
final class Interfaces implements Kind {

    /** The first four addresses of a subnet and its last are the service's own. */
    static final int RESERVED_BELOW = 4;

    @Override
    public String namespace() {
        return "Microsoft.Network";
    }

    @Override
    public String type() {
        return "networkInterfaces";
    }

    @Override
    public List<String> derived() {
        return List.of(
                "virtualMachine",
                "macAddress",
                "primary",
                "hostedWorkloads",
                "tapConfigurations",
                "vnetEncryptionSupported",
                "resourceGuid");
    }

    @Override
    public String whileCreating() {
        return "Succeeded";
    }

    @Override
    public void settle(Change change) {
        var properties = change.properties();
        Json.putDefault(properties, "enableIPForwarding", false);
        Json.putDefault(properties, "enableAcceleratedNetworking", false);
        Json.objectIn(properties, "dnsSettings");
        Json.putDefault(properties, "nicType", "Standard");
        References.keepOnlyId(properties, "networkSecurityGroup");
        var configurations = Json.objects(properties.path("ipConfigurations"));
        if (configurations.isEmpty()) {
            throw Words.unreadable("Network interface %s must have at least one IP configuration.", change.id());
        }
        for (var configuration : configurations) {
            settle(change, configuration);
        }
        if (configurations.stream()
                .noneMatch(one -> one.path("properties").path("primary").asBoolean())) {
            Json.objectIn(configurations.get(0), "properties").put("primary", true);
        }
    }

    private static void settle(Change change, ObjectNode configuration) {
        if (Json.text(configuration, "name") == null) {
            throw Words.unreadable("An IP configuration of network interface %s has no name.", change.id());
        }
        var name = configuration.path("name").asText();
        configuration.put("id", change.id() + "/ipConfigurations/" + name);
        configuration.put("type", "Microsoft.Network/networkInterfaces/ipConfigurations");
        var properties = Json.objectIn(configuration, "properties");
        References.keepOnlyId(properties, "subnet");
        References.keepOnlyId(properties, "publicIPAddress");
        Json.putDefault(properties, "privateIPAddressVersion", "IPv4");
        Json.putDefault(properties, "primary", false);
        Json.putDefault(properties, "privateIPAllocationMethod", "Dynamic");
        var method = Words.canonical(properties, "privateIPAllocationMethod", List.of("Static", "Dynamic"));
        var subnetId = Json.text(properties, "subnet", "id");
        if (subnetId == null) {
            throw ArmError.badRequest(
                    "SubnetNotSpecified",
                    "Subnet is not specified for IP configuration %s.",
                    configuration.path("id").asText());
        }
        checkPublicAddress(change, properties);
        // a subnet that is not there is reported with all other pointers to nothing
        ArmId.parse(subnetId).flatMap(id -> change.estate().node(id)).ifPresent(subnet -> {
            var taken = takenIn(change, configuration, subnet);
            if (method.equals("Static")) {
                checkAddress(properties.path("privateIPAddress").asText(), subnet, configuration, taken);
            } else {
                properties.put("privateIPAddress", allocate(change, configuration, subnet, taken));
            }
        });
    }

    private static void checkPublicAddress(Change change, ObjectNode properties) {
        var id = Json.text(properties, "publicIPAddress", "id");
        if (id == null) {
            return;
        }
        var own = change.id().key() + "/";
        change.estate().referrers(id).stream()
                .filter(user -> !user.toLowerCase(Locale.ROOT).startsWith(own))
                .findFirst()
                .ifPresent(user -> {
                    throw ArmError.badRequest(
                            "PublicIPAddressInUse",
                            "Resource %s is referencing public IP address %s that is already allocated to resource %s.",
                            change.id(),
                            id,
                            user);
                });
    }

    /** The private addresses in a subnet that other configurations have, and which. */
    private static Map<String, String> takenIn(Change change, ObjectNode configuration, ObjectNode subnet) {
        var taken = new HashMap<String, String>();
        for (var user : change.estate().referrers(subnet.path("id").asText())) {
            if (!user.toLowerCase(Locale.ROOT).startsWith(change.id().key() + "/")) {
                ArmId.parse(user)
                        .flatMap(id -> change.estate().node(id))
                        .ifPresent(other -> taken.put(
                                other.path("properties")
                                        .path("privateIPAddress")
                                        .asText(),
                                user));
            }
        }
        for (var sibling : Json.objects(change.properties().path("ipConfigurations"))) {
            var address = Json.text(sibling, "properties", "privateIPAddress");
            if (sibling != configuration && address != null) {
                taken.put(address, sibling.path("name").asText());
            }
        }
        return taken;
    }

    private static void checkAddress(
            String text, ObjectNode subnet, ObjectNode configuration, Map<String, String> taken) {
        var address = Addresses.address(text)
                .orElseThrow(() -> ArmError.badRequest(
                        "InvalidIPAddressFormat",
                        "Private IP address %s of IP configuration %s is not formatted correctly.",
                        text,
                        configuration.path("id").asText()));
        var prefixes = VirtualNetworks.prefixes(subnet);
        var prefix = prefixes.stream()
                .filter(block -> block.contains(address))
                .findFirst()
                .orElseThrow(() -> ArmError.badRequest(
                        "PrivateIPAddressNotInSubnet",
                        "Private static IP address %s does not belong to the range of subnet prefix %s.",
                        text,
                        prefixes.get(0)));
        if (isReserved(address, prefix)) {
            throw ArmError.badRequest(
                    "PrivateIPAddressInReservedRange",
                    "Private static IP address %s falls within reserved IP range of subnet prefix %s.",
                    text,
                    prefix);
        }
        if (taken.containsKey(text)) {
            throw ArmError.badRequest(
                    "PrivateIPAddressIsAllocated",
                    "IP configuration %s is using the private IP address %s which is already allocated to resource %s.",
                    configuration.path("id").asText(),
                    text,
                    taken.get(text));
        }
    }

    private static boolean isReserved(IPAddress address, IPAddress prefix) {
        return address.compareTo(prefix.getLower().increment(RESERVED_BELOW)) < 0
                || address.equals(prefix.getUpper().withoutPrefixLength());
    }

    private static String allocate(
            Change change, ObjectNode configuration, ObjectNode subnet, Map<String, String> taken) {
        var prefixes = VirtualNetworks.prefixes(subnet);
        var before = change.before() == null
                ? null
                : Estate.find(change.before(), configuration.path("id").asText())
                        .map(old -> Json.text(old, "properties", "privateIPAddress"))
                        .orElse(null);
        if (before != null
                && !taken.containsKey(before)
                && prefixes.stream()
                        .anyMatch(block ->
                                block.contains(Addresses.address(before).orElseThrow()))) {
            return before;
        }
        for (var prefix : prefixes) {
            var size = prefix.getCount().min(BigInteger.valueOf(1 << 24)).longValueExact();
            for (var offset = (long) RESERVED_BELOW; offset < size - 1; offset++) {
                var address = prefix.getLower()
                        .increment(offset)
                        .withoutPrefixLength()
                        .toString();
                if (!taken.containsKey(address)) {
                    return address;
                }
            }
        }
        throw ArmError.badRequest(
                "SubnetIsFull",
                "Subnet %s with address prefix %s does not have enough capacity for 1 IP addresses.",
                subnet.path("name").asText(),
                prefixes.get(0));
    }

    @Override
    public void release(Change change) {
        change.estate().referrers(change.id().toString()).stream().findFirst().ifPresent(user -> {
            throw ArmError.badRequest(
                    "NicInUse",
                    "Network Interface %s is used by existing resource %s. In order to delete the network interface, it must"
                            + " be dissociated from the resource. To learn more, see aka.ms/deletenic.",
                    change.id(),
                    user);
        });
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        estate.referrers(body.path("id").asText()).stream().findFirst().ifPresent(user -> {
            var properties = Json.objectIn(body, "properties");
            Json.objectIn(properties, "virtualMachine").put("id", user);
            properties.put("primary", true);
        });
    }
}
