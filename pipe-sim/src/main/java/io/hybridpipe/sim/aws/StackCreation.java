// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.List;
import java.util.Set;

/** Makes a stack, and takes it back if that fails. Guarded by the monitor of its region. */
final class StackCreation {

    private final Region region;
    private final Stack stack;

    private StackCreation(Region region, Stack stack) {
        this.region = region;
        this.stack = stack;
    }

    static void start(Region region, Stack stack, String token) {
        stack.token = token;
        stack.turn("CREATE_IN_PROGRESS", "User Initiated");
        new StackCreation(region, stack).deploy();
    }

    /** Takes back what a creation made that failed and was left as it was. */
    static void rollBack(Region region, Stack stack, String token) {
        stack.token = token;
        new StackCreation(region, stack).rollBack("User Initiated");
    }

    private void deploy() {
        var deployment = new Deployment(
                        region,
                        stack,
                        new Deployment.Trace(),
                        Set.of(),
                        stack.onFailure != Stack.OnFailure.DO_NOTHING,
                        new Deployment.End() {
                            @Override
                            public void succeeded() {
                                try {
                                    stack.computeOutputs();
                                    stack.turn("CREATE_COMPLETE", "");
                                } catch (AwsError e) {
                                    creationFailed(e.text() + ". ");
                                }
                            }

                            @Override
                            public void failed(String why) {
                                creationFailed(why);
                            }
                        })
                .startChecked();
        stack.timeLimit.ifPresent(limit -> region.clock.after(limit, () -> {
            synchronized (region) {
                deployment.cancel("Stack creation time exceeded the specified timeout. ");
            }
        }));
    }

    private void creationFailed(String why) {
        switch (stack.onFailure) {
            case DO_NOTHING -> stack.turn("CREATE_FAILED", why);
            case DELETE -> {
                stack.turn("DELETE_IN_PROGRESS", why + "Delete requested by user.");
                StackDeletion.remove(region, stack, made(), false);
            }
            case ROLLBACK -> rollBack(why + "Rollback requested by user.");
        }
    }

    private void rollBack(String why) {
        stack.turn("ROLLBACK_IN_PROGRESS", why);
        new Removal(
                        region,
                        stack,
                        made(),
                        false,
                        failed -> stack.turn(
                                failed.isEmpty() ? "ROLLBACK_COMPLETE" : "ROLLBACK_FAILED",
                                Reasons.whichFailed(failed)))
                .start();
    }

    /** All that was made, but what is to be retained even then. */
    private List<Stack.Resource> made() {
        return stack.releasing(
                stack.everything(),
                resource -> resource.definition.deletionPolicy().keepsWhatFailed(stack.retainExceptOnCreate));
    }
}
