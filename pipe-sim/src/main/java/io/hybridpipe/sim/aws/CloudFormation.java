// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stacks of a region and what happens to them over time. Guarded by the monitor of its region. */
final class CloudFormation {

    private final Region region;
    private final Map<String, Stack> byId = new LinkedHashMap<>();

    CloudFormation(Region region) {
        this.region = region;
    }

    List<Stack> all() {
        return List.copyOf(byId.values());
    }

    List<Stack> live() {
        return byId.values().stream().filter(Stack::live).toList();
    }

    /** A live stack by name, or any stack by id. */
    Optional<Stack> find(String nameOrId) {
        return Optional.ofNullable(byId.get(nameOrId)).or(() -> live().stream()
                .filter(stack -> stack.name.equals(nameOrId))
                .findFirst());
    }

    Stack get(String nameOrId) {
        return find(nameOrId)
                .orElseThrow(() -> AwsError.of("ValidationError", "Stack with id %s does not exist", nameOrId));
    }

    /** A stack that is not started yet. */
    Stack prepare(String name, Stack.Input input, String onFailure) {
        if (!name.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
            throw AwsError.of(
                    "ValidationError",
                    "1 validation error detected: Value '%s' at 'stackName' failed to satisfy constraint: Member must"
                            + " satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
                    name);
        }
        if (find(name).isPresent()) {
            throw AwsError.of("AlreadyExistsException", "Stack [%s] already exists", name);
        }
        var stack = new Stack(region, name, input, onFailure);
        stack.evaluator(input).checkConditions();
        byId.put(stack.id, stack);
        return stack;
    }

    void create(Stack stack, String token) {
        stack.token = token;
        stack.turn("CREATE_IN_PROGRESS", "User Initiated");
        new Deployment(region, stack, new Deployment.End() {
                    @Override
                    public void succeeded() {
                        complete(stack, "CREATE_COMPLETE");
                    }

                    @Override
                    public void failed(List<String> resources) {
                        createFailed(stack, whichFailed("create", resources));
                    }
                })
                .start();
    }

    private void complete(Stack stack, String status) {
        try {
            stack.computeOutputs();
            stack.turn(status, "");
        } catch (AwsError e) {
            createFailed(stack, e.text() + ". ");
        }
    }

    private void createFailed(Stack stack, String why) {
        switch (stack.onFailure) {
            case "DO_NOTHING" -> stack.turn("CREATE_FAILED", why);
            case "DELETE" -> {
                stack.turn("DELETE_IN_PROGRESS", why + "Delete requested by user.");
                remove(stack);
            }
            default -> {
                stack.turn("ROLLBACK_IN_PROGRESS", why + "Rollback requested by user.");
                var removal = new Removal(
                        region,
                        stack,
                        stack.resources.values(),
                        failed -> stack.turn(
                                failed.isEmpty() ? "ROLLBACK_COMPLETE" : "ROLLBACK_FAILED",
                                failed.isEmpty() ? "" : whichFailed("delete", failed)));
                removal.start();
            }
        }
    }

    /** Starts to update; the input has been found to differ. */
    void update(Stack stack, Stack.Input wanted, String token) {
        stack.evaluator(wanted).checkConditions();
        var before = stack.input;
        var resourcesBefore = new LinkedHashMap<>(stack.resources);
        stack.input = wanted;
        stack.token = token;
        stack.updated = Optional.of(region.clock.instant());
        stack.turn("UPDATE_IN_PROGRESS", "User Initiated");
        var deployments = new ArrayList<Deployment>();
        deployments.add(new Deployment(region, stack, new Deployment.End() {
            @Override
            public void succeeded() {
                try {
                    stack.computeOutputs();
                } catch (AwsError e) {
                    rollBackUpdate(stack, before, e.text() + ". ", deployments.get(0));
                    return;
                }
                var gone = new ArrayList<>(deployments.get(0).replaced.values());
                var evaluator = stack.evaluator(wanted);
                resourcesBefore.values().stream()
                        .filter(resource -> !kept(wanted, evaluator, resource.logicalId))
                        .forEach(resource -> {
                            gone.add(resource);
                            stack.resources.remove(resource.logicalId);
                        });
                cleanUp(stack, "UPDATE_COMPLETE", gone);
            }

            @Override
            public void failed(List<String> resources) {
                rollBackUpdate(stack, before, whichFailed("update", resources), deployments.get(0));
            }
        }));
        deployments.get(0).start();
    }

    private static boolean kept(Stack.Input wanted, Evaluator evaluator, String logicalId) {
        var definition = wanted.template().resources.get(logicalId);
        return definition != null
                && definition.condition().map(evaluator::condition).orElse(true);
    }

    private void rollBackUpdate(Stack stack, Stack.Input before, String why, Deployment deployment) {
        stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", why);
        var gone = new ArrayList<Stack.Resource>();
        deployment.replaced.forEach((name, old) -> {
            var successor = stack.resources.put(name, old);
            if (successor != null) {
                gone.add(successor);
            }
        });
        deployment.added.forEach(name -> {
            var made = stack.resources.remove(name);
            if (made != null) {
                gone.add(made);
            }
        });
        stack.input = before;
        new Deployment(region, stack, new Deployment.End() {
                    @Override
                    public void succeeded() {
                        stack.computeOutputs();
                        cleanUp(stack, "UPDATE_ROLLBACK_COMPLETE", gone);
                    }

                    @Override
                    public void failed(List<String> resources) {
                        stack.turn("UPDATE_ROLLBACK_FAILED", whichFailed("update", resources));
                    }
                })
                .start();
    }

    private void cleanUp(Stack stack, String status, List<Stack.Resource> gone) {
        stack.turn(status + "_CLEANUP_IN_PROGRESS", "");
        // what cannot be deleted here is left alone, as the service does
        new Removal(region, stack, gone, failed -> stack.turn(status, "")).start();
    }

    void delete(Stack stack, List<String> retain, String token) {
        if (!stack.live() || stack.status.equals("DELETE_IN_PROGRESS")) {
            return;
        }
        if (!retain.isEmpty() && !stack.status.equals("DELETE_FAILED")) {
            throw AwsError.of(
                    "ValidationError",
                    "Invalid operation on stack [%s]. RetainResources can only be used when a stack is in DELETE_FAILED"
                            + " state",
                    stack.id);
        }
        stack.stop.run();
        stack.token = token;
        stack.turn("DELETE_IN_PROGRESS", "User Initiated");
        retain.forEach(name -> Optional.ofNullable(stack.resources.get(name)).ifPresent(resource -> {
            stack.turn(resource, "DELETE_SKIPPED", "");
            resource.physicalId = "";
        }));
        remove(stack);
    }

    private void remove(Stack stack) {
        var removal = new Removal(region, stack, stack.resources.values(), failed -> {
            if (failed.isEmpty()) {
                stack.deleted = Optional.of(region.clock.instant());
                stack.turn("DELETE_COMPLETE", "");
            } else {
                stack.turn("DELETE_FAILED", whichFailed("delete", failed));
            }
        });
        removal.start();
    }

    private static String whichFailed(String what, List<String> resources) {
        return "The following resource(s) failed to " + what + ": " + Deployment.names(resources) + ". ";
    }
}
