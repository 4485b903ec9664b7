// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Updates a stack, and takes that back if it fails: what is replaced or dropped goes only when all the rest is there.
 * Guarded by the monitor of its region.
 */
final class StackUpdate {

    private final Region region;
    private final Stack stack;
    /** What the stack was before; empty if it was never made to its end. */
    private final Optional<Stack.Input> before;

    private final Deployment.Trace trace;
    private final Deployment.Trace back = new Deployment.Trace();
    private final List<Stack.Resource> doomed = new ArrayList<>();
    private boolean keepOnFailure;
    private Optional<Deployment> running = Optional.empty();

    private StackUpdate(Region region, Stack stack) {
        this.region = region;
        this.stack = stack;
        var failed = stack.update.filter(update -> stack.status.equals("UPDATE_FAILED"));
        // an update that goes on where a failed one stopped goes back to what was before both
        this.before = failed.map(update -> update.before)
                .orElseGet(() -> stack.status.equals("CREATE_FAILED") ? Optional.empty() : Optional.of(stack.input));
        this.trace = failed.map(update -> update.trace).orElseGet(Deployment.Trace::new);
    }

    /** Starts to update; the input has been found to differ. */
    static void start(Region region, Stack stack, Stack.Input wanted, boolean keepOnFailure, String token) {
        var update = new StackUpdate(region, stack);
        stack.update = Optional.of(update);
        stack.onFailure = keepOnFailure ? Stack.OnFailure.DO_NOTHING : Stack.OnFailure.ROLLBACK;
        stack.input = wanted;
        stack.token = token;
        stack.updated = Optional.of(region.clock.instant());
        stack.turn("UPDATE_IN_PROGRESS", "User Initiated");
        update.keepOnFailure = keepOnFailure;
        update.deploy();
    }

    private void deploy() {
        running = Optional.of(new Deployment(region, stack, trace, Set.of(), !keepOnFailure, new Deployment.End() {
                    @Override
                    public void succeeded() {
                        try {
                            stack.computeOutputs();
                        } catch (AwsError e) {
                            failed(e.text() + " ");
                            return;
                        }
                        cleanUp();
                    }

                    @Override
                    public void failed(String why) {
                        if (keepOnFailure) {
                            stack.turn("UPDATE_FAILED", why);
                        } else {
                            rollBack(why);
                        }
                    }
                })
                .startChecked());
    }

    /** Stops an update that runs and takes it back. */
    void cancel() {
        keepOnFailure = false;
        running.ifPresent(deployment -> deployment.cancel("User Initiated"));
    }

    /** What it replaced or made and has not cleaned up. */
    List<Stack.Resource> unfinished() {
        var left = new ArrayList<>(doomed);
        left.addAll(trace.replaced.values());
        left.addAll(trace.abandoned);
        left.addAll(back.replaced.values());
        left.addAll(back.abandoned);
        left.removeAll(stack.resources.values());
        return left;
    }

    private void cleanUp() {
        stack.update = Optional.empty();
        var evaluator = stack.evaluator(stack.input);
        var dropped = stack.resources.values().stream()
                .filter(resource -> Optional.ofNullable(
                                stack.input.template().resources.get(resource.logicalId))
                        .filter(evaluator::included)
                        .isEmpty())
                .toList();
        dropped.forEach(resource -> stack.resources.remove(resource.logicalId));
        var gone = stack.releasing(
                trace.replaced.values(),
                resource -> resource.definition.replacePolicy().keeps());
        gone.addAll(stack.releasing(
                dropped, resource -> resource.definition.deletionPolicy().keeps()));
        gone.addAll(trace.abandoned);
        finish("UPDATE_COMPLETE", "Update successful. One or more resources could not be deleted.", gone);
    }

    /** Takes back an update that failed and was left as it was; a stack that was never made to its end goes. */
    void rollBack(String why) {
        if (before.isEmpty()) {
            StackCreation.rollBack(region, stack, stack.token);
            return;
        }
        stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", why);
        var made = new ArrayList<Stack.Resource>();
        trace.added.forEach(
                name -> Optional.ofNullable(stack.resources.remove(name)).ifPresent(made::add));
        trace.replaced.forEach((name, old) ->
                Optional.ofNullable(stack.resources.put(name, old)).ifPresent(made::add));
        doomed.addAll(stack.releasing(
                made, resource -> resource.definition.deletionPolicy().keepsWhatFailed(stack.retainExceptOnCreate)));
        doomed.addAll(trace.abandoned);
        stack.input = before.get();
        deployBack(Set.of());
    }

    /** Goes on with a roll-back that failed; the named resources are taken for rolled back as they are. */
    void continueRollBack(List<String> skipped) {
        var resources = skipped.stream()
                .map(name -> stack.existing(name)
                        .filter(resource -> resource.status.equals("UPDATE_FAILED"))
                        .orElseThrow(() -> AwsError.of(
                                "ValidationError",
                                "ResourcesToSkip may only name resources in UPDATE_FAILED state; %s is not one",
                                name)))
                .toList();
        stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated");
        resources.forEach(resource -> stack.turn(resource, "UPDATE_COMPLETE", ""));
        deployBack(Set.copyOf(skipped));
    }

    private void deployBack(Set<String> skipped) {
        new Deployment(region, stack, back, skipped, true, new Deployment.End() {
                    @Override
                    public void succeeded() {
                        try {
                            stack.computeOutputs();
                        } catch (AwsError e) {
                            failed(e.text() + " ");
                            return;
                        }
                        doomed.addAll(back.replaced.values());
                        doomed.addAll(back.abandoned);
                        stack.update = Optional.empty();
                        finish("UPDATE_ROLLBACK_COMPLETE", "", doomed);
                    }

                    @Override
                    public void failed(String why) {
                        stack.turn("UPDATE_ROLLBACK_FAILED", why);
                    }
                })
                .start();
    }

    private void finish(String status, String otherwise, List<Stack.Resource> gone) {
        stack.turn(status + "_CLEANUP_IN_PROGRESS", "");
        // what cannot be deleted now is the stack's no more and stays, as with the service
        new Removal(region, stack, gone, false, failed -> stack.turn(status, failed.isEmpty() ? "" : otherwise))
                .start();
    }
}
