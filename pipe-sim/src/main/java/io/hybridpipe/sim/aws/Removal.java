// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Deletes resources of a stack, each once nothing that needs it is left; tries again for a while when something else still
 * holds on to it. Guarded by the monitor of its region.
 */
final class Removal {

    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int TRIES = 6;

    private final Region region;
    private final Stack stack;
    private final boolean pastFailures;
    private final Consumer<List<Stack.Resource>> end;
    private final List<Stack.Resource> left = new ArrayList<>();
    private final Set<Stack.Resource> started = new HashSet<>();
    private final Map<Stack.Resource, Integer> tries = new HashMap<>();
    private final List<Stack.Resource> failed = new ArrayList<>();
    private boolean stopped;

    /**
     * @param pastFailures whether what a resource that cannot be deleted needs is tried too
     * @param end gets what could not be deleted; it is called while the region's monitor is held
     */
    Removal(
            Region region,
            Stack stack,
            Collection<Stack.Resource> doomed,
            boolean pastFailures,
            Consumer<List<Stack.Resource>> end) {
        this.region = region;
        this.stack = stack;
        this.pastFailures = pastFailures;
        this.end = end;
        doomed.stream().filter(Stack.Resource::exists).forEach(left::add);
        stack.stop = () -> stopped = true;
    }

    void start() {
        region.clock.after(STEP, this::go);
    }

    private void go() {
        synchronized (region) {
            if (stopped) {
                return;
            }
            left.stream()
                    .filter(resource -> !started.contains(resource))
                    .filter(resource -> left.stream()
                            .filter(other -> !pastFailures || !failed.contains(other))
                            .noneMatch(other -> other.needs().contains(resource.logicalId)))
                    .toList()
                    .forEach(this::begin);
            var running = left.stream().anyMatch(resource -> started.contains(resource) && !failed.contains(resource));
            if (!running) {
                stopped = true;
                end.accept(failed);
            }
        }
    }

    private void begin(Stack.Resource resource) {
        started.add(resource);
        stack.turn(resource, "DELETE_IN_PROGRESS", "");
        region.clock.after(STEP, () -> delete(resource));
    }

    private void delete(Stack.Resource resource) {
        synchronized (region) {
            if (stopped) {
                return;
            }
            try {
                ResourceTypes.get(resource.type).delete.take(region, resource.physicalId, resource.properties);
            } catch (RuntimeException thrown) {
                var e = AwsError.from(thrown);
                var attempt = tries.merge(resource, 1, Integer::sum);
                if (e.code().equals("DependencyViolation") && attempt < TRIES) {
                    region.clock.after(PAUSE, () -> delete(resource));
                    return;
                }
                // what somebody else deleted already is as good as deleted
                if (!e.code().endsWith("NotFound") && !e.code().equals("Gateway.NotAttached")) {
                    fail(resource, e);
                    return;
                }
            }
            awaitGone(resource, region.clock.instant().plus(Deployment.LONGEST_WAIT));
        }
    }

    private void fail(Stack.Resource resource, AwsError e) {
        stack.turn(resource, "DELETE_FAILED", Reasons.ofHandler(region, resource.type, e));
        failed.add(resource);
        go();
    }

    private void awaitGone(Stack.Resource resource, Instant deadline) {
        synchronized (region) {
            if (stopped) {
                return;
            }
            try {
                if (!ResourceTypes.get(resource.type).gone.test(region, resource.physicalId)) {
                    if (!region.clock.instant().isBefore(deadline)) {
                        throw AwsError.notStabilized(resource.type, resource.physicalId);
                    }
                    region.clock.after(STEP, () -> awaitGone(resource, deadline));
                    return;
                }
            } catch (RuntimeException e) {
                fail(resource, AwsError.from(e));
                return;
            }
            stack.turn(resource, "DELETE_COMPLETE", "");
            left.remove(resource);
            go();
        }
    }
}
