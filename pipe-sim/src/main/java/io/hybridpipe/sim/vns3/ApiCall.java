// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimRequest;
import java.util.Map;
import java.util.Optional;

/** One authenticated call on its way to its handler. */
record ApiCall(SimRequest request, Map<String, String> path, Fields body, String callerAddress) {

    /** What handles a call: returns what goes under {@code response}, or throws an {@link ApiError}. */
    @FunctionalInterface
    interface Handler {
        JsonNode answer(ApiCall call);
    }

    /** A number in the path; empty when it is none, which is then an unknown id like any other. */
    Optional<Integer> id(String name) {
        String text = path.getOrDefault(name, "");
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    Optional<String> query(String name) {
        return request.query(name).filter(value -> !value.isEmpty());
    }
}
