// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.HashMap;
import java.util.List;

/** Route tables with their routes. */
final class RouteTables implements Kind {

    private static final List<String> NEXT_HOPS =
            List.of("VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None");

    @Override
    public String namespace() {
        return "Microsoft.Network";
    }

    @Override
    public String type() {
        return "routeTables";
    }

    @Override
    public List<Child> children() {
        return List.of(new Child("routes", List.of("hasBgpOverride")));
    }

    @Override
    public List<String> derived() {
        return List.of("subnets", "resourceGuid");
    }

    @Override
    public void settle(Change change) {
        var properties = change.properties();
        Json.putDefault(properties, "disableBgpRoutePropagation", false);
        var byPrefix = new HashMap<IPAddress, String>();
        for (var route : Json.objects(Json.arrayIn(properties, "routes"))) {
            var name = route.path("name").asText();
            var prefix = settle(route);
            var other = byPrefix.putIfAbsent(prefix, name);
            if (other != null) {
                throw ArmError.badRequest(
                        "RouteConflict",
                        "Route: %s conflicts with Route: %s. Routes cannot have the same AddressPrefix.",
                        name,
                        other);
            }
        }
    }

    private static IPAddress settle(ObjectNode route) {
        var name = route.path("name").asText();
        var properties = Json.objectIn(route, "properties");
        var hop = Words.canonical(properties, "nextHopType", NEXT_HOPS);
        var text = Json.text(properties, "addressPrefix");
        if (text == null || text.isEmpty()) {
            throw ArmError.badRequest(
                    "AddressPrefixStringCannotBeNullOrEmpty",
                    "Address prefix string for resource %s cannot be null or empty.",
                    route.path("id").asText());
        }
        var prefix = Addresses.prefix(text, route.path("id").asText());
        var address = properties.path("nextHopIpAddress").asText("");
        var given = !address.isEmpty();
        if (hop.equals("VirtualAppliance") && !given) {
            throw ArmError.badRequest(
                    "MissingNextHopIpAddress",
                    "NextHopIpAddress cannot be Null or Empty in route %s when NextHopType is VirtualAppliance.",
                    name);
        }
        if (!hop.equals("VirtualAppliance") && given) {
            throw ArmError.badRequest(
                    "NextHopIpAddressMustBeNullOrEmpty",
                    "NextHopIpAddress must be Null or Empty in route %s when NextHopType is %s.",
                    name,
                    hop);
        }
        if (given && Addresses.address(address).isEmpty()) {
            throw ArmError.badRequest(
                    "InvalidIPAddressFormat",
                    "The IP address %s in route %s is not formatted correctly.",
                    address,
                    name);
        }
        return prefix;
    }

    @Override
    public void release(Change change) {
        if (!change.estate().referrers(change.id().toString()).isEmpty()) {
            throw ArmError.badRequest(
                    "InUseRouteTableCannotBeDeleted",
                    "Route table %s is in use and cannot be deleted.",
                    change.id().name());
        }
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        var users = estate.referrers(body.path("id").asText());
        if (!users.isEmpty()) {
            var list = Json.arrayIn(Json.objectIn(body, "properties"), "subnets");
            users.forEach(user -> list.addObject().put("id", user));
        }
    }
}
