// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Task tokens: a write that answers {@code submitted} is {@code pending} for a moment, then {@code finished_ok}. */
final class Tasks {
    private static final Duration PENDING = Duration.ofSeconds(1);

    private final Box box;
    private final Map<String, Instant> done = new HashMap<>();

    Tasks(Box box) {
        this.box = box;
    }

    void register(Operations api) {
        api.since("4.11.1", newer -> newer.on("GET", "/status/task", LICENSE, this::status));
    }

    String submit() {
        String token = new BigInteger(190, new SecureRandom()).toString();
        done.put(token, box.clock().instant().plus(PENDING));
        return token;
    }

    /** The token comes as the description has it, in the body of a GET, or as old clients send it, in the query. */
    private ObjectNode status(ApiCall call) {
        String token = call.query("token")
                .or(() -> call.body().text("token"))
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> ApiError.argument("token is missing"));
        Instant at = done.get(token);
        String status = at == null ? "invalid" : box.clock().instant().isBefore(at) ? "pending" : "finished_ok";
        return Json.object().put("task_status", status);
    }
}
