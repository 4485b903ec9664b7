// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The overlay mesh between controllers of one topology, each side configured on its own; it is not IPsec.
 *
 * <p>A peer is reachable when both sides name each other by id and address, both peerings are finalized, both have the same
 * keyset, and the world lets the mesh's UDP ports through in both directions. The ports are published as 1195 to 1203
 * without saying which serves whom; here a controller sends to port 1194 + its own id.
 */
final class Peering {
    private static final int PORT_BEFORE_FIRST = 1194;
    private static final int MTU = 1500;

    /** One entry of a controller's list; one that is not finalized is kept but does nothing. */
    record Peer(String address, int mtu, boolean finalized) {}

    /** A controller's side of the mesh; immutable. */
    record Mesh(Optional<Integer> self, Map<Integer, Peer> peers) {
        Mesh {
            peers = Map.copyOf(peers);
        }

        private Mesh with(int id, Peer peer) {
            Map<Integer, Peer> more = new TreeMap<>(peers);
            more.put(id, peer);
            return new Mesh(self, more);
        }

        private Mesh without(int id) {
            Map<Integer, Peer> fewer = new TreeMap<>(peers);
            fewer.remove(id);
            return new Mesh(self, fewer);
        }
    }

    private final Box box;
    private final Licensing licensing;
    private final Supplier<Optional<Keyset.Keys>> keys;
    /** Read by other controllers without this one's lock. */
    private volatile Mesh mesh = new Mesh(Optional.empty(), Map.of());

    Peering(Box box, Licensing licensing, Supplier<Optional<Keyset.Keys>> keys) {
        this.box = box;
        this.licensing = licensing;
        this.keys = keys;
    }

    void register(Operations api) {
        api.on("GET", "/peering", LICENSE, call -> status());
        api.on("PUT", "/peering/self", LICENSE, call -> setSelf(call.body()));
        api.on("POST", "/peering/peers", LICENSE, call -> add(call.body()));
        api.on("PUT", "/peering/peers/{peer_id}", LICENSE, this::change);
        api.on("DELETE", "/peering/peers/{peer_id}", LICENSE, this::remove);
    }

    /** A place in the mesh that was taken long ago. */
    void inService(int place) {
        mesh = new Mesh(Optional.of(place), Map.of());
    }

    boolean peered() {
        return id().isPresent();
    }

    /** Its place, unless it took one that the topology turned out not to have when the license got its parameters. */
    Optional<Integer> id() {
        return mesh.self().filter(licensing::knows);
    }

    Mesh mesh() {
        return mesh;
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        mesh.self().ifPresent(id -> data.put("self", String.valueOf(id)));
        mesh.peers().forEach((id, peer) -> data.put("peer " + id, peer.toString()));
        return data;
    }

    private ObjectNode setSelf(Fields wanted) {
        int id = wanted.number("id").filter(licensing::knows).orElseThrow(() -> ApiError.argument("id is invalid"));
        wanted.flag("force");
        if (mesh.peers().containsKey(id)) {
            throw ApiError.argument("id is invalid");
        }
        mesh = new Mesh(Optional.of(id), mesh.peers());
        return status();
    }

    private ObjectNode add(Fields wanted) {
        int id = wanted.number("id").orElseThrow(() -> ApiError.argument("id is missing"));
        if (!licensing.knows(id) || isSelf(id)) {
            throw ApiError.argument(id + " is an invalid controller id");
        }
        mesh = mesh.with(id, new Peer(wanted.required("name"), mtu(wanted, MTU), finalized(wanted)));
        return status();
    }

    private ObjectNode change(ApiCall call) {
        int id = known(call);
        Peer old = mesh.peers().getOrDefault(id, new Peer("", MTU, false));
        String address =
                call.body().text("name").filter(name -> !name.isBlank()).orElse(old.address());
        mesh = mesh.with(id, new Peer(address, mtu(call.body(), old.mtu()), finalized(call.body())));
        return status();
    }

    private ObjectNode remove(ApiCall call) {
        mesh = mesh.without(known(call));
        return status();
    }

    private int known(ApiCall call) {
        return call.id("peer_id")
                .filter(mesh.peers()::containsKey)
                .orElseThrow(() -> ApiError.argument(call.path().get("peer_id") + " is invalid as controller id."));
    }

    private static boolean finalized(Fields wanted) {
        return wanted.flag("force").orElse(true);
    }

    private static int mtu(Fields wanted, int otherwise) {
        String text =
                wanted.text("overlay_mtu").filter(given -> !given.isEmpty()).orElse(String.valueOf(otherwise));
        if (!text.matches("[0-9]{3,4}") || Integer.parseInt(text) < 500 || Integer.parseInt(text) > 4800) {
            // the description's own words, though its limit is 4,800
            throw ApiError.argument("mtu must be an integer between 500 and 48,000");
        }
        return Integer.parseInt(text);
    }

    private boolean isSelf(int id) {
        return id().filter(own -> own == id).isPresent();
    }

    private ObjectNode status() {
        ObjectNode controllers = Json.object();
        for (int id = 1; id <= licensing.controllers(); id++) {
            controllers.set(String.valueOf(id), controller(id));
        }
        ObjectNode status = Json.object().put("peered", peered());
        id().ifPresent(id -> status.put("id", id));
        status.set("managers", controllers);
        if (box.release().isAtLeast("5.0.0")) {
            status.set("controllers", controllers.deepCopy());
        }
        return status;
    }

    private ObjectNode controller(int id) {
        ObjectNode controller = Json.object().put("id", id).put("overlay_ipaddress", licensing.overlayAddress(id));
        if (isSelf(id)) {
            return controller.put("self", true);
        }
        Peer peer = mesh.peers().get(id);
        return peer == null
                ? controller.put("not_set", true)
                : controller
                        .put("address", peer.address())
                        .put("mtu", String.valueOf(peer.mtu()))
                        .put("reachable", obstacle(id).isEmpty());
    }

    /** What keeps this controller and a peer apart; empty if nothing does. */
    Optional<String> obstacle(int id) {
        Peer peer = mesh.peers().get(id);
        if (peer == null) {
            return Optional.of("controller " + id + " is not set");
        }
        if (!peer.finalized()) {
            return Optional.of("the peering with " + id + " is not finalized");
        }
        Optional<IPAddress> address = Addresses.host(peer.address());
        Optional<SimVns3> other = address.flatMap(at -> box.world().flatMap(world -> SimVns3.in(world, at)))
                .filter(SimVns3::isUp);
        return other.isEmpty()
                ? Optional.of("no answer from " + peer.address())
                : obstacle(id, address.orElseThrow(), other.get());
    }

    private Optional<String> obstacle(int id, IPAddress there, SimVns3 other) {
        Mesh theirs = other.mesh();
        if (!theirs.self().equals(Optional.of(id))) {
            return Optional.of(other.name() + " is not controller " + id);
        }
        Optional<Peer> back = mesh.self().map(theirs.peers()::get);
        Optional<IPAddress> here =
                back.flatMap(peer -> Addresses.host(peer.address())).filter(this::isOwn);
        if (here.isEmpty()) {
            return Optional.of(other.name() + " does not know this controller");
        }
        if (back.filter(Peer::finalized).isEmpty()) {
            return Optional.of("the peering is not finalized on " + other.name());
        }
        Optional<String> checksum = keys.get().map(Keyset.Keys::checksum);
        if (checksum.isEmpty() || !checksum.equals(other.sharedKeys().map(Keyset.Keys::checksum))) {
            return Optional.of(other.name() + " has another keyset, or one of the two has none");
        }
        World world = box.world().orElseThrow();
        int own = mesh.self().orElseThrow();
        return world.obstacle(here.get(), there, Protocol.UDP, PORT_BEFORE_FIRST + own)
                .or(() -> world.obstacle(there, here.get(), Protocol.UDP, PORT_BEFORE_FIRST + id));
    }

    private boolean isOwn(IPAddress address) {
        return address.equals(box.address()) || address.equals(box.privateAddress());
    }
}
