// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.SimResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The table of all operations: method, path below {@code /api}, what must be there first, status and handler. */
final class Operations {

    /** What a controller must have before it takes a call. */
    enum Needs {
        NOTHING,
        LICENSE,
        /** A license, then a keyset. */
        KEYSET
    }

    record Operation(
            String method,
            String template,
            List<String> segments,
            Needs needs,
            Function<ApiCall, SimResponse> responder) {

        String action() {
            return method + " " + template;
        }

        private Optional<Map<String, String>> match(String otherMethod, List<String> path) {
            if (!method.equals(otherMethod) || segments.size() != path.size()) {
                return Optional.empty();
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String segment = segments.get(i);
                if (segment.startsWith("{")) {
                    values.put(segment.substring(1, segment.length() - 1), path.get(i));
                } else if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(values);
        }

        private boolean literal() {
            return !template.contains("{");
        }
    }

    /** An operation with the values that a path gives to its template. */
    record Match(Operation operation, Map<String, String> values) {}

    private final SoftwareVersion release;
    private final List<Operation> table = new ArrayList<>();

    Operations(SoftwareVersion release) {
        this.release = release;
    }

    /** Operations that came with a version: to an older controller their paths are unknown. */
    Operations since(String version, Consumer<Operations> newer) {
        if (release.isAtLeast(version)) {
            newer.accept(this);
        }
        return this;
    }

    Operations on(String method, String template, Needs needs, ApiCall.Handler handler) {
        return on(method, template, needs, 200, handler);
    }

    Operations on(String method, String template, Needs needs, int status, ApiCall.Handler handler) {
        return answering(method, template, needs, call -> Json.response(status, handler.answer(call)));
    }

    /** An operation that chooses its status, or answers with a file instead of JSON. */
    Operations answering(String method, String template, Needs needs, Function<ApiCall, SimResponse> responder) {
        table.add(new Operation(method, template, segments(template), needs, responder));
        return this;
    }

    /** All operations as calls are logged, such as {@code PUT /license}. */
    List<String> actions() {
        return table.stream().map(Operation::action).toList();
    }

    /** The operation that a path below {@code /api} means; a literal segment goes before a variable one. */
    Optional<Match> find(String method, String path) {
        List<String> wanted = segments(path);
        Optional<Match> found = Optional.empty();
        for (Operation operation : table) {
            Optional<Map<String, String>> values = operation.match(method, wanted);
            if (values.isPresent() && (found.isEmpty() || operation.literal())) {
                found = Optional.of(new Match(operation, values.get()));
            }
        }
        return found;
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
    }
}
