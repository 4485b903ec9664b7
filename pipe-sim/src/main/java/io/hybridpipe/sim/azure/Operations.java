// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The long-running operations: what was accepted, and how it ended. They end on the clock's agenda.
 *
 * <p>Guarded by the estate's monitor, which each ending takes.
 */
final class Operations {

    /** One operation. */
    static final class Running {
        private final String id;
        private final String path;
        private final Instant started;
        private @Nullable Instant ended;
        private @Nullable ArmError error;
        private @Nullable Supplier<ObjectNode> made;

        Running(String id, String path, Instant started) {
            this.id = id;
            this.path = path;
            this.started = started;
        }

        String id() {
            return id;
        }

        /** Where it is asked for, up to the last segment but one, such as {@code /subscriptions/S/.../locations/eastus}. */
        String path() {
            return path;
        }

        boolean isRunning() {
            return ended == null;
        }

        Optional<ArmError> error() {
            return Optional.ofNullable(error);
        }

        /** Says what is answered to the question what it came to; without, that answer is empty. */
        void makes(Supplier<ObjectNode> result) {
            made = result;
        }

        Optional<ObjectNode> made() {
            return Optional.ofNullable(made).map(Supplier::get);
        }

        /** How it ended. */
        private String outcome() {
            return error == null ? "Succeeded" : error.code().startsWith("Canceled") ? "Canceled" : "Failed";
        }

        /** What is answered to the question how it goes. */
        ObjectNode status() {
            var status = Json.object().put("status", isRunning() ? "InProgress" : outcome());
            status.put("name", id).put("startTime", started.toString());
            if (ended != null) {
                status.put("endTime", ended.toString());
            }
            if (error != null) {
                status.set("error", error.toJson());
            }
            return status;
        }
    }

    /** What an operation that was set to fail ends with. */
    private record Failure(String action, ArmError error) {}

    private final SimClock clock;
    private final Duration duration;
    private final Estate estate;
    private final Map<String, Running> all = new HashMap<>();
    private final List<Failure> failures = new ArrayList<>();

    Operations(SimClock clock, Duration duration, Estate estate) {
        this.clock = clock;
        this.duration = duration;
        this.estate = estate;
    }

    /** Lets the next operation that is accepted for an action fail. */
    void failNext(String action, ArmError error) {
        failures.add(new Failure(action, error));
    }

    /** The failure that was set for the next operation of an action, which is then no longer set. */
    Optional<ArmError> takeFailure(String action) {
        var next = failures.stream()
                .filter(failure -> failure.action().equals(action))
                .findFirst();
        next.ifPresent(failures::remove);
        return next.map(Failure::error);
    }

    /** When operations end. */
    SimClock clock() {
        return clock;
    }

    /** How long an operation runs. */
    Duration duration() {
        return duration;
    }

    /**
     * Begins an operation.
     *
     * @param path see {@link Running#path()}
     * @param succeed runs at the end; what it throws makes the operation fail
     * @param fail runs at the end in place of {@code succeed}, or after it has thrown
     */
    Running start(String action, String path, Runnable succeed, Consumer<ArmError> fail) {
        var running = new Running(estate.newIdentity(), path, clock.instant());
        all.put(running.id(), running);
        var injected = takeFailure(action);
        clock.after(duration, () -> {
            synchronized (estate) {
                running.ended = clock.instant();
                try {
                    injected.ifPresent(failure -> {
                        throw failure;
                    });
                    succeed.run();
                } catch (ArmError error) {
                    running.error = error;
                    fail.accept(error);
                }
            }
        });
        return running;
    }

    Running get(String id) {
        var known = all.get(id);
        if (known == null) {
            throw ArmError.notFound("NotFound", "The operation '%s' was not found.", id);
        }
        return known;
    }
}
