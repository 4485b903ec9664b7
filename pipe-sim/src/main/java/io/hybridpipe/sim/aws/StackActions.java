// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What changes stacks, over the API. */
final class StackActions {

    private StackActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateStack", StackActions::create);
        actions.put("UpdateStack", StackActions::update);
        actions.put("CancelUpdateStack", StackActions::cancel);
        actions.put("ContinueUpdateRollback", StackActions::continueRollBack);
        actions.put("RollbackStack", StackActions::rollBack);
        actions.put("DeleteStack", StackActions::delete);
        actions.put("UpdateTerminationProtection", (region, params, answer) -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            stack.protectedFromDeletion = params.flag("EnableTerminationProtection");
            answer.put("StackId", stack.id);
        });
    }

    private static void create(Region region, Params params, Xml answer) {
        var id = once(region, "CreateStack", params, () -> {
            var onFailure = StackInputs.onFailure(params, "OnFailure").orElse(Stack.OnFailure.ROLLBACK);
            var stack = region.stacks.prepare(params.get("StackName"), StackInputs.of(region, params));
            stack.onFailure = onFailure;
            stack.retainExceptOnCreate = params.flag("RetainExceptOnCreate");
            stack.protectedFromDeletion = params.flag("EnableTerminationProtection");
            stack.timeLimit = params.number("TimeoutInMinutes").map(Duration::ofMinutes);
            StackCreation.start(region, stack, token(params));
            return stack.id;
        });
        answer.put("StackId", id);
    }

    private static void update(Region region, Params params, Xml answer) {
        var id = once(region, "UpdateStack", params, () -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            var keep = params.flag("DisableRollback");
            checkUpdatable(stack, keep);
            var wanted = StackInputs.changed(region, params, stack);
            if (Changes.between(stack, wanted).isEmpty()) {
                throw AwsError.of("ValidationError", "No updates are to be performed.");
            }
            stack.retainExceptOnCreate = params.flag("RetainExceptOnCreate");
            StackUpdate.start(region, stack, wanted, keep, token(params));
            stack.changeSets.values().forEach(ChangeSet::outdate);
            return stack.id;
        });
        answer.put("StackId", id);
    }

    private static void cancel(Region region, Params params, Xml answer) {
        once(region, "CancelUpdateStack", params, () -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            check(stack, "CancelUpdateStack cannot be called from current stack status", "UPDATE_IN_PROGRESS");
            stack.update.orElseThrow().cancel();
            return stack.id;
        });
    }

    private static void continueRollBack(Region region, Params params, Xml answer) {
        once(region, "ContinueUpdateRollback", params, () -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            check(
                    stack,
                    "Stack:" + stack.id + " is in " + stack.status
                            + " state and can not continue rolling back. ContinueUpdateRollback can only be called from"
                            + " UPDATE_ROLLBACK_FAILED state.",
                    "UPDATE_ROLLBACK_FAILED");
            stack.token = token(params);
            stack.update.orElseThrow().continueRollBack(params.list("ResourcesToSkip"));
            return stack.id;
        });
    }

    private static void rollBack(Region region, Params params, Xml answer) {
        var id = once(region, "RollbackStack", params, () -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            check(
                    stack,
                    "Stack [" + stack.name + "] is in state " + stack.status + " and can not be rolled back",
                    "CREATE_FAILED",
                    "UPDATE_FAILED");
            stack.retainExceptOnCreate = params.flag("RetainExceptOnCreate");
            if (stack.status.equals("CREATE_FAILED")) {
                StackCreation.rollBack(region, stack, token(params));
            } else {
                stack.token = token(params);
                stack.update.orElseThrow().rollBack("User Initiated");
            }
            return stack.id;
        });
        answer.put("StackId", id);
    }

    private static void delete(Region region, Params params, Xml answer) {
        once(region, "DeleteStack", params, () -> {
            var name = params.get("StackName");
            var force = params.find("DeletionMode")
                    .filter("FORCE_DELETE_STACK"::equals)
                    .isPresent();
            region.stacks
                    .find(name)
                    .ifPresent(stack ->
                            StackDeletion.start(region, stack, params.list("RetainResources"), force, token(params)));
            return name;
        });
    }

    private static void check(Stack stack, String refusal, String... statuses) {
        if (!List.of(statuses).contains(stack.status)) {
            throw AwsError.of("ValidationError", "%s", refusal);
        }
    }

    private static String token(Params params) {
        return params.find("ClientRequestToken").orElse("");
    }

    static String once(Region region, String action, Params params, Supplier<String> make) {
        try {
            return region.tokens.once(
                    action,
                    params.find("ClientRequestToken"),
                    params.fingerprint("ClientRequestToken"),
                    String.class,
                    make);
        } catch (AwsError e) {
            throw e.code().equals("IdempotentParameterMismatch")
                    ? AwsError.of(
                            "TokenAlreadyExistsException",
                            "A client request token %s already exists",
                            params.get("ClientRequestToken"))
                    : e;
        }
    }

    /** Refuses to update a stack whose status does not allow it; failed ones can be if they are left as they are again. */
    static void checkUpdatable(Stack stack, boolean disableRollback) {
        if (stack.status.matches("(CREATE|UPDATE)_FAILED")) {
            if (!disableRollback) {
                throw AwsError.of(
                        "ValidationError",
                        "This stack is currently in a non-terminal [%s] state. To update the stack from this state, please"
                                + " use the disable-rollback parameter with update-stack API. To rollback to the last known"
                                + " good state, use the rollback-stack API",
                        stack.status);
            }
        } else if (!stack.status.matches("(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE")) {
            throw AwsError.of(
                    "ValidationError", "Stack:%s is in %s state and can not be updated.", stack.id, stack.status);
        }
    }
}
