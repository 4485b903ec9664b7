// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings the resources of a stack to what its input says, each as soon as those it needs are there: makes what is missing,
 * changes or replaces what differs, leaves the rest alone. Guarded by the monitor of its region.
 */
final class Deployment {

    private static final Duration STEP = Duration.ofSeconds(1);

    /** What comes after; called while the region's monitor is held. */
    interface End {
        void succeeded();

        void failed(List<String> resources);
    }

    private final Region region;
    private final Stack stack;
    private final End end;
    private final Map<String, Template.Resource> wanted = new LinkedHashMap<>();
    private final Evaluator evaluator;
    private final Set<String> started = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    /** What has to go once everything is there: resources that were replaced, by name. */
    final Map<String, Stack.Resource> replaced = new LinkedHashMap<>();

    final Set<String> added = new LinkedHashSet<>();
    private boolean stopped;

    Deployment(Region region, Stack stack, End end) {
        this.region = region;
        this.stack = stack;
        this.end = end;
        this.evaluator = stack.evaluator(stack.input);
        stack.input.template().resources.forEach((name, resource) -> {
            if (resource.condition().map(evaluator::condition).orElse(true)) {
                wanted.put(name, resource);
            }
        });
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
            if (!stopped && done.size() == wanted.size()) {
                stopped = true;
                end.succeeded();
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
            var same = present.filter(resource -> resource.type.equals(definition.type()));
            if (same.isPresent()) {
                beginUpdate(definition, same.get(), props);
                return;
            }
            present.ifPresentOrElse(old -> replaced.put(definition.name(), old), () -> added.add(definition.name()));
            var resource = new Stack.Resource(definition);
            resource.properties = props;
            stack.resources.put(definition.name(), resource);
            stack.turn(resource, "CREATE_IN_PROGRESS", "");
            region.clock.after(STEP, () -> create(resource, ResourceTypes.get(definition.type())));
        } catch (AwsError e) {
            var resource = present.orElseGet(() -> new Stack.Resource(definition));
            stack.resources.put(definition.name(), resource);
            fail(resource, present.isPresent() ? "UPDATE_FAILED" : "CREATE_FAILED", e.text());
        }
    }

    private void beginUpdate(Template.Resource definition, Stack.Resource present, Props props) {
        if (present.properties.equals(props)) {
            done.add(definition.name());
            return;
        }
        stack.turn(present, "UPDATE_IN_PROGRESS", "");
        region.clock.after(STEP, () -> update(definition, present, ResourceTypes.get(present.type), props));
    }

    private void create(Stack.Resource resource, ResourceType type) {
        synchronized (region) {
            if (stopped) {
                return;
            }
            try {
                type.check(resource.logicalId, resource.properties);
                var name = stack.name + "-" + resource.logicalId + "-" + region.ids.capitals(12);
                resource.physicalId = type.create.make(region, resource.properties, name);
                if (type.taggable()) {
                    region.tags.put(type.tagId.apply(region, resource.physicalId), stack.tagsFor(resource));
                }
                var status = resource.status;
                stack.turn(resource, status, "Resource creation Initiated");
                region.clock.after(STEP, () -> awaitStable(resource, type, "CREATE_COMPLETE"));
            } catch (AwsError e) {
                fail(resource, "CREATE_FAILED", handlerMessage(region, e));
            }
        }
    }

    private void update(Template.Resource definition, Stack.Resource present, ResourceType type, Props props) {
        synchronized (region) {
            if (stopped) {
                return;
            }
            try {
                type.check(present.logicalId, props);
                if (type.update.apply(region, present.physicalId, present.properties, props)) {
                    if (type.taggable()) {
                        var id = type.tagId.apply(region, present.physicalId);
                        present.properties.tags().keySet().forEach(key -> region.tags.remove(id, key));
                        present.properties = props;
                        region.tags.put(id, stack.tagsFor(present));
                    }
                    present.properties = props;
                    region.clock.after(STEP, () -> awaitStable(present, type, "UPDATE_COMPLETE"));
                    return;
                }
                replaced.put(definition.name(), present);
                var successor = new Stack.Resource(definition);
                successor.properties = props;
                stack.resources.put(definition.name(), successor);
                stack.turn(
                        successor,
                        "UPDATE_IN_PROGRESS",
                        "Requested update requires the creation of a new physical resource; hence creating one.");
                region.clock.after(STEP, () -> create(successor, type));
            } catch (AwsError e) {
                fail(present, "UPDATE_FAILED", handlerMessage(region, e));
            }
        }
    }

    private void awaitStable(Stack.Resource resource, ResourceType type, String status) {
        synchronized (region) {
            if (stopped) {
                return;
            }
            try {
                if (!type.stable.test(region, resource.physicalId)) {
                    region.clock.after(STEP, () -> awaitStable(resource, type, status));
                    return;
                }
            } catch (AwsError e) {
                fail(resource, "CREATE_FAILED", handlerMessage(region, e));
                return;
            }
            var replacing = resource.status.equals("UPDATE_IN_PROGRESS");
            stack.turn(resource, replacing ? "UPDATE_COMPLETE" : status, "");
            done.add(resource.logicalId);
            go();
        }
    }

    private void fail(Stack.Resource resource, String status, String reason) {
        stopped = true;
        stack.turn(resource, status, reason);
        var failed = new ArrayList<>(List.of(resource.logicalId));
        for (var other : stack.resources.values()) {
            if (other.status.equals("CREATE_IN_PROGRESS") || other.status.equals("UPDATE_IN_PROGRESS")) {
                var creating = other.status.startsWith("CREATE");
                stack.turn(
                        other,
                        creating ? "CREATE_FAILED" : "UPDATE_FAILED",
                        creating ? "Resource creation cancelled" : "Resource update cancelled");
                failed.add(other.logicalId);
            }
        }
        end.failed(failed);
    }

    /** An EC2 refusal as the resource handlers of CloudFormation word it. */
    static String handlerMessage(Region region, AwsError e) {
        if (e.code().equals("InvalidRequest")) {
            return e.text();
        }
        return "Resource handler returned message: \"%s (Service: Ec2, Status Code: %d, Request ID: %s)\" (HandlerErrorCode: %s)"
                .formatted(e.text(), AwsError.status(e.code()), region.ids.uuid(), handlerCode(e.code()));
    }

    private static String handlerCode(String code) {
        if (code.endsWith(".NotFound")) {
            return "NotFound";
        }
        if (code.endsWith(".Duplicate") || code.endsWith("AlreadyExists")) {
            return "AlreadyExists";
        }
        return code.endsWith("LimitExceeded") ? "ServiceLimitExceeded" : "InvalidRequest";
    }

    static String names(List<String> resources) {
        return resources.stream().collect(Collectors.joining(", ", "[", "]"));
    }
}
