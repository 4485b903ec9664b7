// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The peerings of virtual networks. Each side has one of its own; when both are there they are {@code Connected}, one alone is
 * {@code Initiated}, and one whose other side went away is {@code Disconnected} until it is put again
 * (<a href="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering">Microsoft's page</a>). The
 * other side's deletion is never refused.
 */
final class Peerings {

    static final Kind.Child CHILD = new Kind.Child(
            "virtualNetworkPeerings",
            List.of(
                    "peeringState",
                    "peeringSyncLevel",
                    "remoteAddressSpace",
                    "remoteVirtualNetworkAddressSpace",
                    "remoteVirtualNetworkEncryption",
                    "routeServiceVips",
                    "resourceGuid"),
            true);

    private Peerings() {}

    static List<ObjectNode> in(JsonNode network) {
        return Json.objects(network.path("properties").path(CHILD.type()));
    }

    static String remote(JsonNode peering) {
        return peering.path("properties")
                .path("remoteVirtualNetwork")
                .path("id")
                .asText();
    }

    static String state(JsonNode peering) {
        return peering.path("properties").path("peeringState").asText();
    }

    /** Whether a pointer, by the path it stands at, is that of a peering: such a one may outlive what it points to. */
    static boolean isPointer(String path) {
        return path.endsWith(".remoteVirtualNetwork.id");
    }

    /** Checks and completes the peerings of a virtual network about to be stored. */
    static void settle(Kind.Change change) {
        var byRemote = new HashMap<String, String>();
        for (var peering : in(change.body())) {
            var id = peering.path("id").asText();
            complete(change, peering);
            var other = byRemote.putIfAbsent(remote(peering).toLowerCase(Locale.ROOT), id);
            if (other != null) {
                throw ArmError.badRequest(
                        "AnotherPeeringAlreadyReferencesRemoteVnet",
                        "Peering %s already references remote virtual network %s. Cannot add another peering referencing the"
                                + " same remote virtual network.",
                        other,
                        remote(peering));
            }
            check(change, peering);
        }
    }

    private static void complete(Kind.Change change, ObjectNode peering) {
        var properties = Json.objectIn(peering, "properties");
        References.keepOnlyId(properties, "remoteVirtualNetwork");
        if (remote(peering).isEmpty()) {
            throw Words.unreadable(
                    "Peering %s has no remoteVirtualNetwork.",
                    peering.path("id").asText());
        }
        Json.putDefault(properties, "allowVirtualNetworkAccess", true);
        Json.putDefault(properties, "allowForwardedTraffic", false);
        Json.putDefault(properties, "allowGatewayTransit", false);
        Json.putDefault(properties, "useRemoteGateways", false);
        Json.putDefault(properties, "doNotVerifyRemoteGateways", false);
        Json.putDefault(properties, "peerCompleteVnets", true);
        var before = before(change, peering);
        var asked = change.asks(peering);
        var known = before.map(Peerings::state).orElse("Initiated");
        properties.put("peeringState", asked && known.equals("Disconnected") ? "Initiated" : known);
        properties.put(
                "resourceGuid",
                before.map(old -> Json.text(old, "properties", "resourceGuid"))
                        .orElseGet(() -> change.estate().newIdentity()));
        var kept = before.map(old -> old.path("properties").get("remoteAddressSpace"))
                .filter(space -> !(asked && change.syncs()));
        if (kept.isPresent()) {
            properties.set("remoteAddressSpace", kept.get().deepCopy());
        } else {
            network(change.estate(), remote(peering))
                    .ifPresent(remote -> properties.set("remoteAddressSpace", space(remote)));
        }
    }

    private static Optional<ObjectNode> before(Kind.Change change, ObjectNode peering) {
        return Optional.ofNullable(change.before())
                .flatMap(before -> Estate.find(before, peering.path("id").asText()));
    }

    private static void check(Kind.Change change, ObjectNode peering) {
        var found = network(change.estate(), remote(peering));
        if (found.isEmpty()) {
            // one that points to nothing is reported with all other pointers to nothing
            return;
        }
        var remote = found.get();
        var before = before(change, peering);
        if (before.filter(old -> !remote(old).equalsIgnoreCase(remote(peering))).isPresent()) {
            // the service refuses it too, with a code that is not known to us
            throw ArmError.badRequest(
                    "CannotChangeRemoteVirtualNetworkOfPeering",
                    "The remote virtual network of peering %s cannot be changed from %s to %s.",
                    peering.path("id").asText(),
                    before.map(Peerings::remote).orElse(""),
                    remote(peering));
        }
        var overlap = overlap(change.body(), remote);
        if (!overlap.isEmpty()) {
            throw ArmError.badRequest(
                    "VnetAddressSpacesOverlap",
                    "Cannot create or update peering %s. Virtual networks %s and %s cannot be peered because their address"
                            + " spaces overlap. Overlapping address prefixes: %s.",
                    peering.path("id").asText(),
                    change.id(),
                    remote(peering),
                    overlap);
        }
        checkThirds(change, peering, remote);
        partner(remote, change.id().toString())
                .filter(partner -> change.asks(peering) && state(partner).equals("Disconnected"))
                .ifPresent(partner -> {
                    throw ArmError.badRequest(
                            "RemotePeeringIsDisconnected",
                            "Cannot create or update peering %s because remote peering %s referencing parent virtual network"
                                    + " %s is in Disconnected state. Update or re-create the remote peering to get it back to"
                                    + " Initiated state. Peering gets Disconnected when remote vnet or remote peering is"
                                    + " deleted and re-created.",
                            peering.path("id").asText(),
                            partner.path("id").asText(),
                            change.id());
                });
    }

    /** Two networks that are peered with the same third must not overlap either: the third could not tell them apart. */
    private static void checkThirds(Kind.Change change, ObjectNode peering, ObjectNode remote) {
        for (var other : in(remote)) {
            var third = network(change.estate(), remote(other));
            if (third.isEmpty() || remote(other).equalsIgnoreCase(change.id().toString())) {
                continue;
            }
            var overlap = overlap(change.body(), third.get());
            if (!overlap.isEmpty()) {
                throw ArmError.badRequest(
                        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
                        "Cannot create or update peering %s. Virtual networks %s and %s cannot be peered because address"
                                + " space of the first virtual network overlaps with address space of virtual network %s"
                                + " already peered with the second virtual network. Overlapping address prefixes: %s.",
                        peering.path("id").asText(),
                        change.id(),
                        remote(peering),
                        remote(other),
                        overlap);
            }
        }
    }

    private static String overlap(ObjectNode one, ObjectNode other) {
        var blocks = blocks(space(other), "");
        return blocks(space(one), "").stream()
                .filter(block -> blocks.stream().anyMatch(their -> their.intersect(block) != null))
                .map(IPAddress::toString)
                .collect(Collectors.joining(", "));
    }

    /** Adds to a copy of a virtual network what its peerings show of the other sides. */
    static void show(ObjectNode network, Estate estate) {
        for (var peering : in(network)) {
            var properties = Json.objectIn(peering, "properties");
            var found = network(estate, remote(peering));
            found.ifPresent(remote -> properties.set("remoteVirtualNetworkAddressSpace", space(remote)));
            properties.put(
                    "peeringSyncLevel",
                    found.map(remote -> syncLevel(network, peering, remote)).orElse("RemoteNotInSync"));
        }
    }

    private static String syncLevel(ObjectNode network, ObjectNode peering, ObjectNode remote) {
        var partner = partner(remote, network.path("id").asText());
        if (partner.isEmpty() || !state(peering).equals("Connected")) {
            return "RemoteNotInSync";
        }
        var remoteIsKnown = space(remote).equals(peering.path("properties").path("remoteAddressSpace"));
        var localIsKnown =
                space(network).equals(partner.get().path("properties").path("remoteAddressSpace"));
        if (remoteIsKnown && localIsKnown) {
            return "FullyInSync";
        }
        return remoteIsKnown ? "LocalNotInSync" : localIsKnown ? "RemoteNotInSync" : "LocalAndRemoteNotInSync";
    }

    /** Connects what has found its other side, and disconnects what has lost it. */
    static void join(Estate estate) {
        for (var resource : estate.resources()) {
            var network = resource.effective();
            if (!(resource.kind() instanceof VirtualNetworks) || network == null) {
                continue;
            }
            for (var peering : in(network)) {
                var now = state(peering);
                var next = next(estate, network, peering, now);
                if (!next.equals(now)) {
                    Json.objectIn(peering, "properties").put("peeringState", next);
                    Estate.find(resource.body(), peering.path("id").asText())
                            .ifPresent(
                                    shown -> Json.objectIn(shown, "properties").put("peeringState", next));
                    Bodies.newEtag(resource.body(), estate);
                    estate.changed();
                }
            }
        }
    }

    private static String next(Estate estate, ObjectNode network, ObjectNode peering, String now) {
        var remote = effective(estate, remote(peering));
        if (remote.flatMap(there -> partner(there, network.path("id").asText())).isPresent()) {
            return "Connected";
        }
        return remote.isEmpty() || now.equals("Connected") ? "Disconnected" : now;
    }

    /** The peering of a virtual network that points to the given one. */
    static Optional<ObjectNode> partner(ObjectNode remote, String id) {
        return in(remote).stream()
                .filter(peering -> remote(peering).equalsIgnoreCase(id))
                .findFirst();
    }

    private static Optional<ObjectNode> network(Estate estate, String id) {
        return ArmId.parse(id).flatMap(estate::node);
    }

    private static Optional<ObjectNode> effective(Estate estate, String id) {
        return ArmId.parse(id).flatMap(estate::top).flatMap(top -> Optional.ofNullable(top.effective()));
    }

    private static ObjectNode space(ObjectNode network) {
        var space = Json.object();
        space.set(
                "addressPrefixes",
                Json.at(network, "properties", "addressSpace", "addressPrefixes")
                        .deepCopy());
        return space;
    }

    /** The blocks of an address space. */
    static List<IPAddress> blocks(JsonNode addressSpace, String owner) {
        var blocks = new ArrayList<IPAddress>();
        for (var prefix : addressSpace.path("addressPrefixes")) {
            blocks.add(Addresses.prefix(prefix.asText(), owner));
        }
        return blocks;
    }
}
