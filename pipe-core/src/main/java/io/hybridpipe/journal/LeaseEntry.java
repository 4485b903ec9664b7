// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a lease file says.
 *
 * @param target whose lease it is
 * @param fence how often the target has been taken so far
 * @param owner who holds it; nothing if it was given back
 * @param process the owner's process
 */
record LeaseEntry(
        String target,
        long fence,
        @Nullable Owner owner,
        @Nullable LeaseProcess process) {
    private static final Json JSON = Json.compact();
    private static final long FORMAT = 1;

    /** The target is held by this owner. */
    static LeaseEntry held(String target, Owner owner, LeaseProcess process) {
        return new LeaseEntry(target, owner.fence(), owner, process);
    }

    /** Nobody holds the target. */
    static LeaseEntry free(String target, long fence) {
        return new LeaseEntry(target, fence, null, null);
    }

    /** The owner, unless its lease has expired or its process is known to be dead. */
    Optional<Owner> living(Instant now) {
        return owner == null || process == null || !now.isBefore(owner.until()) || process.isDead()
                ? Optional.empty()
                : Optional.of(owner);
    }

    /** As one line of JSON. */
    String toJson() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", FORMAT);
        fields.put("target", target);
        fields.put("fence", fence);
        if (owner != null && process != null) {
            fields.put("run", owner.run().value());
            fields.put("host", process.host());
            fields.put("process", process.number());
            fields.put("machine", process.machine());
            fields.put("started", process.started());
            fields.put("since", owner.since().toString());
            fields.put("until", owner.until().toString());
        }
        return JSON.write(fields);
    }

    /**
     * What that line says.
     *
     * @throws RuntimeException of any kind if it is not such a line
     */
    static LeaseEntry fromJson(String line) {
        if (!(JSON.read(line) instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException("not an object");
        }
        if (number(fields, "format") != FORMAT) {
            throw new IllegalArgumentException("format " + fields.get("format") + " is not known here, only " + FORMAT);
        }
        String target = text(fields, "target");
        long fence = number(fields, "fence");
        if (!fields.containsKey("run")) {
            return free(target, fence);
        }
        LeaseProcess process = new LeaseProcess(
                text(fields, "host"), text(fields, "machine"), number(fields, "process"), text(fields, "started"));
        return held(
                target,
                new Owner(
                        RunId.of(text(fields, "run")),
                        process.host(),
                        process.number(),
                        Instant.parse(text(fields, "since")),
                        Instant.parse(text(fields, "until")),
                        fence),
                process);
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("no text '" + name + "'");
    }

    private static long number(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new IllegalArgumentException("no number '" + name + "'");
    }
}
