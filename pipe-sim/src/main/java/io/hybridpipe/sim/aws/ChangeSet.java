// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A change set as it is now. Guarded by the monitor of its region. */
final class ChangeSet {

    /** What was asked for; a second request for the same name gives the same change set only if all of it is equal. */
    record Request(
            String name,
            boolean creating,
            Stack.Input input,
            Optional<Stack.OnFailure> onFailure,
            String description,
            String token) {

        /** The first thing in which another request differs, as the service names it. */
        Optional<String> difference(Request other) {
            var others = other.attributes();
            return attributes().entrySet().stream()
                    .filter(mine -> !mine.getValue().equals(others.get(mine.getKey())))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        private Map<String, Object> attributes() {
            var attributes = new LinkedHashMap<String, Object>();
            attributes.put("ClientToken", token);
            attributes.put("ChangeSetType", creating);
            attributes.put("Template", input.template().body);
            attributes.put("Parameters", input.parameters());
            attributes.put("Tags", input.tags());
            attributes.put("Capabilities", input.settings().capabilities());
            attributes.put("RoleARN", input.settings().role());
            attributes.put("NotificationARNs", input.settings().notifications());
            attributes.put("OnStackFailure", onFailure);
            attributes.put("Description", description);
            return attributes;
        }
    }

    final String id;
    final Request request;
    final Stack stack;
    final Instant created;
    String status = "CREATE_PENDING";
    String reason = "";
    String execution = "UNAVAILABLE";
    List<Changes.Change> changes = List.of();

    ChangeSet(String id, Request request, Stack stack, Instant created) {
        this.id = id;
        this.request = request;
        this.stack = stack;
        this.created = created;
    }

    boolean called(String nameOrId) {
        return request.name().equals(nameOrId) || id.equals(nameOrId);
    }

    void fail(String why) {
        status = "FAILED";
        reason = why;
    }

    /** The stack went another way; what was executed stays so. */
    void outdate() {
        if (!execution.startsWith("EXECUTE_")) {
            execution = "OBSOLETE";
        }
    }

    /** While it is executed, the way of its stack is its own. */
    void follow(String stackStatus) {
        if (execution.equals("EXECUTE_IN_PROGRESS") && !stackStatus.endsWith("_IN_PROGRESS")) {
            execution = stackStatus.matches("(CREATE|UPDATE)_COMPLETE") ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
        }
    }
}
