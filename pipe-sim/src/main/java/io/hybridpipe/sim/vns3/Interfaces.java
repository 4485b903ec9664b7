// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The controller's interfaces: the one in its cloud, whose addresses are those of its world, the loopback, and virtual ones
 * that were added. Virtual ones are kept, but carry no packets.
 */
final class Interfaces {
    private static final int LOOPBACK = 2;
    private static final List<String> ACTIONS =
            List.of("discover_new_primary_adapters", "discover_ips", "manage_overlay_interfaces", "discover_links");

    /** What can be set on an interface; addresses of the two that are always there are told by the machine. */
    private record Interface(
            int id,
            String name,
            String description,
            Optional<String> internal,
            Optional<String> external,
            int mtu,
            boolean enabled,
            Optional<String> maskBits,
            Optional<String> gateway) {

        private boolean isBuiltIn() {
            return id == 1 || id == LOOPBACK;
        }
    }

    private final Box box;
    private final TreeMap<Integer, Interface> interfaces = new TreeMap<>();
    private final InterfaceAddresses addresses;
    private final EdgeGre edgeGre;
    private int lastId = LOOPBACK;

    Interfaces(Box box) {
        this.box = box;
        this.edgeGre = new EdgeGre(this::nextId);
        this.addresses = new InterfaceAddresses(box.clock(), text -> named(text).id(), this::isUsed);
        put(builtIn(1, "eth0", 1500));
        put(builtIn(LOOPBACK, "lo", 65536));
    }

    private static Interface builtIn(int id, String name, int mtu) {
        Optional<String> none = Optional.empty();
        return new Interface(id, name, "Auto-created interface", none, none, mtu, true, none, none);
    }

    void register(Operations api) {
        String all = "/interfaces/system";
        String one = all + "/{interface_id}";
        api.on("GET", "/interfaces", LICENSE, call -> list().addAll(edgeGre.list()));
        api.on("POST", "/interfaces/action", LICENSE, call -> act(call.body()));
        api.on("GET", all, LICENSE, call -> list());
        api.on("POST", all, LICENSE, call -> create(call.body()));
        api.on("GET", one, LICENSE, call -> json(found(call)));
        api.on("PUT", one, LICENSE, call -> json(put(read(call.body(), found(call)))));
        api.on("DELETE", one, LICENSE, this::delete);
        edgeGre.register(api);
        api.since("5.1.1", addresses::register);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>(edgeGre.inventory());
        interfaces.forEach((id, one) -> data.put(String.valueOf(id), one.toString()));
        addresses.inventory().forEach((id, address) -> data.put("address " + id, address));
        return data;
    }

    private int nextId() {
        return ++lastId;
    }

    private JsonNode act(Fields wanted) {
        List<String> chosen = ACTIONS.stream()
                .filter(action -> wanted.flag(action).orElse(false))
                .toList();
        if (chosen.size() != 1) {
            throw ApiError.argument(chosen.isEmpty() ? "Nothing to do" : chosen.get(1) + " is invalid");
        }
        return list();
    }

    private JsonNode create(Fields wanted) {
        Optional<String> none = Optional.empty();
        Interface plain =
                new Interface(0, wanted.required("name"), "", none, none, 1500, false, Optional.of("32"), none);
        Interface read = read(wanted, plain);
        return json(put(new Interface(
                nextId(),
                read.name(),
                read.description(),
                read.internal(),
                read.external(),
                read.mtu(),
                read.enabled(),
                read.maskBits(),
                read.gateway())));
    }

    private Interface read(Fields wanted, Interface old) {
        if (old.isBuiltIn() && Stream.of("name", "ip_internal", "ip_external").anyMatch(wanted::has)) {
            throw ApiError.argument("ip_internal must be available");
        }
        Optional<String> internal = address(wanted, "ip_internal");
        if (internal.filter(text -> !old.internal().equals(Optional.of(text)) && isUsed(text))
                .isPresent()) {
            throw ApiError.argument("ip_internal must be available");
        }
        Optional<Integer> maskBits = wanted.integer("mask_bits");
        if (maskBits.filter(bits -> bits < 1 || bits > 32).isPresent()) {
            throw ApiError.argument("mask_bits must be between 1 and 32");
        }
        String name = wanted.text("name").filter(text -> !text.isBlank()).orElse(old.name());
        if (interfaces.values().stream().anyMatch(one -> one.name().equals(name) && one.id() != old.id())) {
            throw ApiError.argument("name must be available");
        }
        return new Interface(
                old.id(),
                name,
                wanted.text("description").orElse(old.description()),
                internal.or(old::internal),
                address(wanted, "ip_external").or(old::external),
                wanted.integer("mtu").orElse(old.mtu()),
                wanted.flag("enabled").orElse(old.enabled()),
                maskBits.map(String::valueOf).or(old::maskBits),
                address(wanted, "gateway").or(old::gateway));
    }

    static Optional<String> address(Fields wanted, String field) {
        return wanted.text(field).filter(text -> !text.isBlank()).map(text -> Addresses.host(text)
                .orElseThrow(() -> ApiError.argument(field + " is invalid"))
                .toString());
    }

    private boolean isUsed(String address) {
        return address.equals(box.privateAddress().toString())
                || addresses.has(address)
                || interfaces.values().stream().anyMatch(one -> one.internal().equals(Optional.of(address)));
    }

    private Interface put(Interface one) {
        interfaces.put(one.id(), one);
        return one;
    }

    private JsonNode delete(ApiCall call) {
        Interface one = found(call);
        if (one.isBuiltIn()) {
            throw ApiError.argument(one.name() + " cannot be deleted");
        }
        interfaces.remove(one.id());
        addresses.forget(one.id());
        return json(one);
    }

    private Interface found(ApiCall call) {
        return named(call.path().getOrDefault("interface_id", ""));
    }

    /** By id or name. */
    private Interface named(String text) {
        return interfaces.values().stream()
                .filter(one ->
                        String.valueOf(one.id()).equals(text) || one.name().equals(text))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("System interface not found"));
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        interfaces.values().forEach(one -> list.add(json(one)));
        return list;
    }

    private ObjectNode json(Interface one) {
        ObjectNode json = Json.object()
                .put("id", one.id())
                .put("name", one.name())
                .put("interface_type", one.isBuiltIn() ? "system" : "system_virtual")
                .put("description", one.description())
                .put("ip_internal", one.internal().orElse(null))
                .put("mtu", one.mtu())
                .put("enabled", one.enabled())
                .put("status", one.enabled() ? "Up" : "Down")
                .put("mask_bits", one.maskBits().orElse(null))
                .put("gateway", one.gateway().orElse(null))
                .put("system_default", one.isBuiltIn())
                .put("ip_external", one.external().orElse(null));
        json.putArray("tags");
        if (one.id() == 1) {
            json.put("ip_internal", box.privateAddress().toString())
                    .put("mask_bits", String.valueOf(box.subnet().getPrefixLength()))
                    .put(
                            "ip_external",
                            box.publicAddress().map(IPAddress::toString).orElse(null));
        } else if (one.id() == LOOPBACK) {
            json.put("ip_internal", "127.0.0.1").put("mask_bits", "8");
        }
        return json;
    }
}
