// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The controller's own interfaces: the one in its cloud, and the loopback. */
final class Interfaces {
    private final Box box;

    Interfaces(Box box) {
        this.box = box;
    }

    void register(Operations api) {
        api.on("GET", "/interfaces", LICENSE, call -> list());
        api.on("GET", "/interfaces/system", LICENSE, call -> list());
        api.on("GET", "/interfaces/system/{interface_id}", LICENSE, call -> all().stream()
                .filter(one -> one.path("id").asText().equals(call.path().get("interface_id")))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("System interface not found")));
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        all().forEach(list::add);
        return list;
    }

    private List<ObjectNode> all() {
        String external = box.publicAddress().map(IPAddress::toString).orElse(null);
        return List.of(
                one(
                        1,
                        "eth0",
                        box.privateAddress().toString(),
                        1500,
                        String.valueOf(box.subnet().getPrefixLength()),
                        external),
                one(2, "lo", "127.0.0.1", 65536, "8", null));
    }

    private static ObjectNode one(
            int id, String name, String internal, int mtu, String maskBits, @Nullable String external) {
        ObjectNode one = Json.object()
                .put("id", id)
                .put("name", name)
                .put("interface_type", "system")
                .put("description", "Auto-created interface")
                .put("ip_internal", internal)
                .put("mtu", mtu)
                .put("enabled", true)
                .put("status", "Up")
                .put("mask_bits", maskBits)
                .putNull("gateway")
                .put("system_default", true)
                .put("ip_external", external);
        one.putArray("tags");
        return one;
    }
}
