// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings the resources of a stack to what its input says, each as soon as those it needs are there: makes what is missing,
 * changes or replaces what differs, leaves the rest alone. Guarded by the monitor of its region.
 */
final class Deployment {

    private static final Duration STEP = Duration.ofSeconds(1);

    /** How long a resource may take to become stable: our choice, far beyond what anything here needs. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(20);

    /** What comes after; called while the region's monitor is held. */
    interface End {
        void succeeded();

        /** {@code why} is a sentence with its full stop and a blank. */
        void failed(String why);
    }

    /** What deployments did to the resources of a stack: all that going back, or cleaning up, has to know. */
    static final class Trace {
        /** What was there before, by name, of the resources that were replaced. */
        final Map<String, Stack.Resource> replaced = new LinkedHashMap<>();
        /** The names that were not there before. */
        final Set<String> added = new LinkedHashSet<>();
        /** Made and replaced again before anything was cleaned up. */
        final List<Stack.Resource> abandoned = new ArrayList<>();

        void replace(String name, Stack.Resource old) {
            if (added.contains(name) || replaced.containsKey(name)) {
                abandoned.add(old);
            } else {
                replaced.put(name, old);
            }
        }
    }

    private final Region region;
    private final Stack stack;
    private final Trace trace;
    private final boolean cancelSiblings;
    private final End end;
    private final Map<String, Template.Resource> wanted = new LinkedHashMap<>();
    private final Evaluator evaluator;
    private final Set<String> started = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private final List<Stack.Resource> failed = new ArrayList<>();
    private boolean stopped;

    /**
     * @param skipped names of resources that are taken for done as they are
     * @param cancelSiblings whether the first failure ends everything; else all that does not need the failed one is still made
     */
    Deployment(Region region, Stack stack, Trace trace, Set<String> skipped, boolean cancelSiblings, End end) {
        this.region = region;
        this.stack = stack;
        this.trace = trace;
        this.cancelSiblings = cancelSiblings;
        this.end = end;
        this.evaluator = stack.evaluator(stack.input);
        stack.input.template().resources.forEach((name, resource) -> {
            if (evaluator.included(resource)) {
                wanted.put(name, resource);
            }
        });
        skipped.stream().filter(wanted::containsKey).forEach(name -> {
            started.add(name);
            done.add(name);
        });
        stack.stop = () -> stopped = true;
    }

    /** Starts, if what is outside of the stack is as its input says; what rolls back does not look at that again. */
    Deployment startChecked() {
        return begin(() -> stack.checkOutside(stack.input));
    }

    Deployment start() {
        return begin(() -> {});
    }

    private Deployment begin(Runnable check) {
        region.clock.after(STEP, () -> {
            synchronized (region) {
                try {
                    check.run();
                } catch (RuntimeException e) {
                    cancel(AwsError.from(e).text() + " ");
                }
                go();
            }
        });
        return this;
    }

    /** Ends it before it is done: what is in progress counts as cancelled. */
    void cancel(String why) {
        if (!stopped) {
            stopped = true;
            cancelRest();
            end.failed(why);
        }
    }

    private void go() {
        if (stopped) {
            return;
        }
        var before = -1;
        while (before != started.size() && !stopped) {
            before = started.size();
            wanted.values().stream()
                    .filter(resource -> !started.contains(resource.name()))
                    .filter(resource -> resource.needs().stream()
                            .filter(wanted::containsKey)
                            .allMatch(done::contains))
                    .toList()
                    .forEach(this::begin);
        }
        if (!stopped && done.size() + failed.size() == started.size()) {
            stopped = true;
            if (failed.isEmpty()) {
                end.succeeded();
            } else {
                end.failed(Reasons.whichFailed(failed));
            }
        }
    }

    private void begin(Template.Resource definition) {
        if (stopped) {
            return;
        }
        started.add(definition.name());
        var present = stack.existing(definition.name());
        try {
            var props = new Props(evaluator.properties(definition));
            var kept = present.filter(
                    resource -> resource.type.equals(definition.type()) && !resource.status.equals("CREATE_FAILED"));
            if (kept.isPresent()) {
                kept.get().definition = definition;
                beginUpdate(kept.get(), props);
                return;
            }
            present.ifPresentOrElse(
                    old -> trace.replace(definition.name(), old), () -> trace.added.add(definition.name()));
            var resource = new Stack.Resource(definition);
            resource.properties = props;
            stack.resources.put(definition.name(), resource);
            stack.turn(resource, "CREATE_IN_PROGRESS", "");
            later(resource, () -> create(resource));
        } catch (RuntimeException e) {
            var resource = present.orElseGet(() -> new Stack.Resource(definition));
            stack.resources.put(definition.name(), resource);
            resource.status = present.isPresent() ? "UPDATE_IN_PROGRESS" : "CREATE_IN_PROGRESS";
            fail(resource, AwsError.from(e));
        }
    }

    private void beginUpdate(Stack.Resource present, Props props) {
        // one that a failed update left behind is looked at again even if it seems to be as wanted
        var clean = !present.status.equals("UPDATE_FAILED");
        if (clean && present.properties.equals(props) && !stack.tagsDiffer(present)) {
            done.add(present.logicalId);
            return;
        }
        stack.turn(present, "UPDATE_IN_PROGRESS", "");
        later(present, () -> update(present, props));
    }

    private void create(Stack.Resource resource) {
        var type = ResourceTypes.get(resource.type);
        type.check(resource.logicalId, resource.properties);
        var name = stack.name + "-" + resource.logicalId + "-" + region.ids.capitals(12);
        region.allOrNothing.run(() -> resource.physicalId = type.create.make(region, resource.properties, name));
        stack.tag(resource);
        stack.turn(resource, resource.status, "Resource creation Initiated");
        later(resource, () -> awaitStable(resource, deadline()));
    }

    private void update(Stack.Resource present, Props props) {
        var type = ResourceTypes.get(present.type);
        type.check(present.logicalId, props);
        if (type.replacedBy(present.properties, props)) {
            type.checkName(present.properties, props);
            trace.replace(present.logicalId, present);
            var successor = new Stack.Resource(present.definition);
            successor.properties = props;
            stack.resources.put(present.logicalId, successor);
            stack.turn(
                    successor,
                    "UPDATE_IN_PROGRESS",
                    "Requested update requires the creation of a new physical resource; hence creating one.");
            later(successor, () -> create(successor));
            return;
        }
        region.allOrNothing.run(
                () -> present.physicalId = type.update.apply(region, present.physicalId, present.properties, props));
        present.properties = props;
        stack.tag(present);
        later(present, () -> awaitStable(present, deadline()));
    }

    private Instant deadline() {
        return region.clock.instant().plus(LONGEST_WAIT);
    }

    private void awaitStable(Stack.Resource resource, Instant deadline) {
        if (!ResourceTypes.get(resource.type).stable.test(region, resource.physicalId)) {
            if (!region.clock.instant().isBefore(deadline)) {
                throw AwsError.notStabilized(resource.type, resource.physicalId);
            }
            later(resource, () -> awaitStable(resource, deadline));
            return;
        }
        stack.turn(resource, resource.status.replace("_IN_PROGRESS", "_COMPLETE"), "");
        done.add(resource.logicalId);
        go();
    }

    /** Does the next thing for a resource, unless all has ended by then; a refusal makes the resource fail. */
    private void later(Stack.Resource resource, Runnable next) {
        region.clock.after(STEP, () -> {
            synchronized (region) {
                if (!stopped) {
                    try {
                        next.run();
                    } catch (RuntimeException e) {
                        if (stopped) {
                            throw e;
                        }
                        fail(resource, AwsError.from(e));
                    }
                }
            }
        });
    }

    private void fail(Stack.Resource resource, AwsError e) {
        stack.turn(
                resource,
                resource.status.replace("_IN_PROGRESS", "_FAILED"),
                Reasons.ofHandler(region, resource.type, e));
        failed.add(resource);
        if (cancelSiblings) {
            stopped = true;
            cancelRest();
            end.failed(Reasons.whichFailed(failed));
        } else {
            go();
        }
    }

    private void cancelRest() {
        stack.resources.values().stream()
                .filter(other -> other.status.matches("(CREATE|UPDATE)_IN_PROGRESS"))
                .forEach(other -> {
                    var what = other.status.startsWith("CREATE") ? "creation" : "update";
                    stack.turn(
                            other, other.status.replace("_IN_PROGRESS", "_FAILED"), "Resource " + what + " cancelled");
                    failed.add(other);
                });
    }
}
