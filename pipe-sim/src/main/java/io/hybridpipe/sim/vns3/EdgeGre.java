// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/** Edge GRE interfaces: they are kept and shown, but carry no packets. */
final class EdgeGre {

    private record Gre(
            int id,
            int interfaceId,
            String endpointName,
            String description,
            Optional<String> internal,
            int mtu,
            boolean enabled,
            Optional<String> maskBits,
            Optional<String> local,
            Optional<String> remote,
            int ttl) {

        private String name() {
            return "gre" + id;
        }
    }

    private final IntSupplier nextInterface;
    private final TreeMap<Integer, Gre> gres = new TreeMap<>();
    private int lastId;

    /** @param nextInterface an interface id that is not used yet */
    EdgeGre(IntSupplier nextInterface) {
        this.nextInterface = nextInterface;
    }

    void register(Operations api) {
        String one = "/interfaces/edge_gre/{interface_id}";
        api.on("GET", "/interfaces/edge_gre", LICENSE, call -> list());
        api.on("POST", "/interfaces/edge_gre", LICENSE, call -> create(call.body()));
        api.on("GET", one, LICENSE, call -> json(find(call)));
        api.on("PUT", one, LICENSE, call -> put(read(call.body(), find(call))));
        api.on("DELETE", one, LICENSE, this::delete);
    }

    ArrayNode list() {
        ArrayNode list = Json.array();
        gres.values().forEach(gre -> list.add(json(gre)));
        return list;
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        gres.forEach((id, gre) -> data.put("gre " + id, gre.toString()));
        return data;
    }

    private JsonNode create(Fields wanted) {
        Optional<String> none = Optional.empty();
        Gre plain = new Gre(lastId + 1, 0, "", "", none, 1476, false, none, none, none, 255);
        Gre read = read(wanted, plain);
        lastId = read.id();
        return put(new Gre(
                read.id(),
                nextInterface.getAsInt(),
                read.endpointName(),
                read.description(),
                read.internal(),
                read.mtu(),
                read.enabled(),
                read.maskBits(),
                read.local(),
                read.remote(),
                read.ttl()));
    }

    private Gre read(Fields wanted, Gre old) {
        int ttl = wanted.integer("ttl").orElse(old.ttl());
        if (ttl < 1 || ttl > 255) {
            throw ApiError.argument("'ttl' must be between 1 and 255");
        }
        return new Gre(
                old.id(),
                old.interfaceId(),
                wanted.text("endpoint_name").orElse(old.endpointName()),
                wanted.text("description").orElse(old.description()),
                Interfaces.address(wanted, "ip_internal").or(old::internal),
                wanted.integer("mtu").orElse(old.mtu()),
                wanted.flag("enabled").orElse(old.enabled()),
                wanted.integer("mask_bits").map(String::valueOf).or(old::maskBits),
                Interfaces.address(wanted, "local_connection_ip").or(old::local),
                Interfaces.address(wanted, "remote_connection_ip").or(old::remote),
                ttl);
    }

    private JsonNode put(Gre gre) {
        gres.put(gre.id(), gre);
        return json(gre);
    }

    private JsonNode delete(ApiCall call) {
        Gre gre = find(call);
        gres.remove(gre.id());
        return json(gre);
    }

    private Gre find(ApiCall call) {
        String text = call.path().getOrDefault("interface_id", "");
        return gres.values().stream()
                .filter(gre -> String.valueOf(gre.id()).equals(text)
                        || gre.name().equals(text)
                        || gre.endpointName().equals(text))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("GRE Endpoint not found"));
    }

    private static ObjectNode json(Gre gre) {
        ObjectNode json = Json.object()
                .put("id", gre.id())
                .put("interface_id", gre.interfaceId())
                .put("name", gre.name())
                .put("interface_type", "system_virtual")
                .put("endpoint_name", gre.endpointName())
                .put("description", gre.description())
                .put("ip_internal", gre.internal().orElse(null))
                .putNull("ip_external")
                .put("mtu", gre.mtu())
                .put("enabled", gre.enabled())
                .put("status", gre.enabled() ? "Up" : "Down")
                .put("mask_bits", gre.maskBits().orElse(null))
                .putNull("gateway")
                .put("system_default", false)
                .put("local_connection_ip", gre.local().orElse(null))
                .put("remote_connection_ip", gre.remote().orElse(null))
                .put("ttl", gre.ttl());
        json.putArray("tags");
        return json;
    }
}
