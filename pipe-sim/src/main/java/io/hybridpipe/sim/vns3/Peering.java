// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Protocol;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The overlay mesh between controllers of one topology, each side configured on its own; it is not IPsec. */
final class Peering {
    private static final int OVERLAY_PORT = 1195;

    private record Peer(String address, int mtu) {}

    private final Box box;
    private final Licensing licensing;

    private Optional<Integer> self = Optional.empty();
    private final TreeMap<Integer, Peer> peers = new TreeMap<>();

    Peering(Box box, Licensing licensing) {
        this.box = box;
        this.licensing = licensing;
    }

    void register(Operations api) {
        api.on("GET", "/peering", LICENSE, call -> status());
        api.on("PUT", "/peering/self", LICENSE, call -> setSelf(call.body()));
        api.on("POST", "/peering/peers", LICENSE, call -> add(call.body()));
        api.on("PUT", "/peering/peers/{peer_id}", LICENSE, this::change);
        api.on("DELETE", "/peering/peers/{peer_id}", LICENSE, this::remove);
    }

    /** The first place of a mesh, taken long ago. */
    void inService() {
        self = Optional.of(1);
    }

    boolean peered() {
        return self.isPresent();
    }

    Optional<Integer> id() {
        return self;
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        self.ifPresent(id -> data.put("self", String.valueOf(id)));
        peers.forEach((id, peer) -> data.put("peer " + id, peer.toString()));
        return data;
    }

    private ObjectNode setSelf(Fields wanted) {
        int id = wanted.number("id").filter(licensing::knows).orElseThrow(() -> ApiError.argument("id is invalid"));
        if (peers.containsKey(id)) {
            throw ApiError.argument("id is invalid");
        }
        self = Optional.of(id);
        return status();
    }

    private ObjectNode add(Fields wanted) {
        int id = wanted.number("id").orElseThrow(() -> ApiError.argument("id is missing"));
        if (!licensing.knows(id) || self.filter(own -> own == id).isPresent()) {
            throw ApiError.argument(id + " is an invalid controller id");
        }
        peers.put(id, new Peer(wanted.required("name"), mtu(wanted, 1500)));
        return status();
    }

    private ObjectNode change(ApiCall call) {
        int id = known(call);
        Peer old = peers.getOrDefault(id, new Peer("", 1500));
        peers.put(id, new Peer(call.body().text("name").orElse(old.address()), mtu(call.body(), old.mtu())));
        return status();
    }

    private ObjectNode remove(ApiCall call) {
        peers.remove(known(call));
        return status();
    }

    private int known(ApiCall call) {
        return call.id("peer_id")
                .filter(peers::containsKey)
                .orElseThrow(() -> ApiError.argument(call.path().get("peer_id") + " is invalid as controller id."));
    }

    private static int mtu(Fields wanted, int otherwise) {
        int mtu = wanted.number("overlay_mtu").orElse(otherwise);
        if (mtu < 500 || mtu > 4800) {
            throw ApiError.argument("overlay_mtu is invalid");
        }
        return mtu;
    }

    private ObjectNode status() {
        ObjectNode managers = Json.object();
        for (int id = 1; id <= licensing.controllers(); id++) {
            managers.set(String.valueOf(id), manager(id));
        }
        ObjectNode status = Json.object().put("peered", peered());
        self.ifPresent(id -> status.put("id", id));
        status.set("managers", managers);
        status.set("controllers", managers);
        return status;
    }

    private ObjectNode manager(int id) {
        ObjectNode manager = Json.object().put("id", id).put("overlay_ipaddress", licensing.overlayAddress(id));
        Peer peer = peers.get(id);
        if (self.filter(own -> own == id).isPresent()) {
            return manager.put("self", true);
        }
        return peer == null
                ? manager.put("not_set", true)
                : manager.put("address", peer.address())
                        .put("mtu", String.valueOf(peer.mtu()))
                        .put("reachable", reaches(peer.address()));
    }

    private boolean reaches(String peer) {
        return Addresses.host(peer).filter(this::reaches).isPresent();
    }

    private boolean reaches(IPAddress peer) {
        return box.world()
                .filter(world -> world.admits(box.address(), peer, Protocol.UDP, OVERLAY_PORT))
                .flatMap(world -> SimVns3.in(world, peer))
                .isPresent();
    }
}
