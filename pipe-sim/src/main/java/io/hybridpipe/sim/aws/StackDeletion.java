// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Deletes a stack. Guarded by the monitor of its region. */
final class StackDeletion {

    private StackDeletion() {}

    /** Starts to delete; without effect on a stack that is gone or going. */
    static void start(Region region, Stack stack, List<String> retain, boolean force, String token) {
        if (!stack.live() || stack.status.equals("DELETE_IN_PROGRESS")) {
            return;
        }
        check(stack, retain, force);
        var retained = retained(stack, retain);
        stack.stop.run();
        stack.token = token;
        var before = stack.status;
        stack.turn("DELETE_IN_PROGRESS", "User Initiated");
        try {
            stack.outputs.stream()
                    .filter(output -> !output.export().isEmpty())
                    .forEach(output -> region.stacks.exports().refuseIfImported(output.export(), "deleted"));
        } catch (AwsError e) {
            // the call succeeds all the same: the stack goes back to what it was, with the reason
            stack.turn(before, e.text());
            return;
        }
        retained.forEach(stack::release);
        remove(
                region,
                stack,
                stack.releasing(
                        stack.everything(),
                        resource -> resource.definition.deletionPolicy().keeps()),
                force);
    }

    private static void check(Stack stack, List<String> retain, boolean force) {
        if (stack.protectedFromDeletion) {
            throw AwsError.of(
                    "ValidationError",
                    "Stack [%s] cannot be deleted while TerminationProtection is enabled",
                    stack.name);
        }
        if (stack.status.startsWith("UPDATE_") && stack.status.endsWith("_IN_PROGRESS")) {
            throw AwsError.of(
                    "ValidationError", "Stack [%s] cannot be deleted while in status %s", stack.id, stack.status);
        }
        if ((force || !retain.isEmpty()) && !stack.status.equals("DELETE_FAILED")) {
            throw AwsError.of(
                    "ValidationError",
                    "Invalid operation on stack [%s]. %s can only be used when a stack is in DELETE_FAILED state",
                    stack.id,
                    force ? "FORCE_DELETE_STACK" : "RetainResources");
        }
    }

    private static List<Stack.Resource> retained(Stack stack, List<String> names) {
        return names.stream()
                .map(name -> stack.existing(name)
                        .filter(resource -> resource.status.equals("DELETE_FAILED"))
                        .orElseThrow(() -> AwsError.of(
                                "ValidationError",
                                "The specified resources to retain must be in a valid state: %s is not in DELETE_FAILED"
                                        + " state",
                                name)))
                .toList();
    }

    /** Deletes resources and then the stack; {@code force} leaves to themselves those that cannot be deleted. */
    static void remove(Region region, Stack stack, Collection<Stack.Resource> doomed, boolean force) {
        new Removal(region, stack, doomed, force, failed -> {
                    if (!failed.isEmpty() && !force) {
                        stack.turn("DELETE_FAILED", Reasons.whichFailed(failed));
                        return;
                    }
                    failed.forEach(stack::release);
                    stack.deleted = Optional.of(region.clock.instant());
                    stack.outputs = List.of();
                    stack.turn("DELETE_COMPLETE", "");
                    stack.changeSets.clear();
                })
                .start();
    }
}
