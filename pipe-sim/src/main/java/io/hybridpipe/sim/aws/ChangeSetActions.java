// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Change sets over the API. */
final class ChangeSetActions {

    /** Smaller pages than the service's, so that clients that forget to ask for the next one are found out. */
    static final int CHANGES_A_PAGE = 20;

    private static final Duration COMPUTING = Duration.ofSeconds(1);

    private ChangeSetActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateChangeSet", ChangeSetActions::create);
        actions.put("DescribeChangeSet", ChangeSetActions::describe);
        actions.put("ListChangeSets", (region, params, answer) -> {
            var stack = region.stacks.toChange(params.get("StackName"));
            Pages.write(
                    region,
                    answer,
                    "Summaries",
                    params,
                    List.copyOf(stack.changeSets.values()),
                    set -> set.id,
                    100,
                    ChangeSetActions::head);
        });
        actions.put(
                "ExecuteChangeSet",
                (region, params, answer) ->
                        StackActions.once(region, "ExecuteChangeSet", params, () -> execute(region, params)));
        actions.put("DeleteChangeSet", ChangeSetActions::delete);
    }

    private static void create(Region region, Params params, Xml answer) {
        var type = params.find("ChangeSetType").orElse("UPDATE");
        if (!type.matches("CREATE|UPDATE")) {
            throw AwsError.of("ValidationError", "ChangeSetType %s is not supported by this stand-in", type);
        }
        var name = params.get("ChangeSetName");
        if (!name.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
            throw AwsError.of(
                    "ValidationError",
                    "1 validation error detected: Value '%s' at 'changeSetName' failed to satisfy constraint: Member must"
                            + " satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
                    name);
        }
        var set = type.equals("CREATE") ? forNew(region, params, name) : forPresent(region, params, name);
        answer.put("Id", set.id).put("StackId", set.stack.id);
    }

    /** The change set of a stack that is not there yet, or that is still only looked at. */
    private static ChangeSet forNew(Region region, Params params, String name) {
        var present = region.stacks.find(params.get("StackName"));
        var request = request(params, name, true, StackInputs.of(region, params));
        if (present.isPresent()) {
            var same = same(present.get(), request);
            if (same.isPresent()) {
                return same.get();
            }
            if (!present.get().status.equals("REVIEW_IN_PROGRESS")) {
                throw AwsError.of(
                        "ValidationError",
                        "Stack [%s] already exists and cannot be created again with the changeSet [%s].",
                        present.get().name,
                        name);
            }
            present.get().evaluator(request.input()).check();
            return add(region, present.get(), request);
        }
        var stack = region.stacks.prepare(params.get("StackName"), request.input());
        stack.turn("REVIEW_IN_PROGRESS", "User Initiated");
        return add(region, stack, request);
    }

    private static ChangeSet forPresent(Region region, Params params, String name) {
        var stack = region.stacks.toChange(params.get("StackName"));
        if (stack.status.equals("REVIEW_IN_PROGRESS")) {
            throw AwsError.of("ValidationError", "Stack [%s] does not exist", stack.name);
        }
        var request = request(params, name, false, StackInputs.changed(region, params, stack));
        var same = same(stack, request);
        if (same.isPresent()) {
            return same.get();
        }
        // whether rolling back is off is said only when the set is executed
        StackActions.checkUpdatable(stack, true);
        return add(region, stack, request);
    }

    private static ChangeSet.Request request(Params params, String name, boolean creating, Stack.Input input) {
        var onFailure = StackInputs.onFailure(params, "OnStackFailure");
        if (!creating && onFailure.filter(Stack.OnFailure.DELETE::equals).isPresent()) {
            throw AwsError.of("ValidationError", "OnStackFailure DELETE is only valid for change sets of type CREATE");
        }
        return new ChangeSet.Request(
                name,
                creating,
                input,
                onFailure,
                params.find("Description").orElse(""),
                params.find("ClientToken").orElse(""));
    }

    /** The change set that an equal request made before; the name taken by another one is a refusal. */
    private static Optional<ChangeSet> same(Stack stack, ChangeSet.Request request) {
        var present = Optional.ofNullable(stack.changeSets.get(request.name()));
        present.flatMap(set -> set.request.difference(request)).ifPresent(attribute -> {
            throw AwsError.of(
                    "AlreadyExistsException",
                    "ChangeSet %s cannot be created due to a mismatch with existing attribute %s",
                    request.name(),
                    attribute);
        });
        return present;
    }

    private static ChangeSet add(Region region, Stack stack, ChangeSet.Request request) {
        var id = region.arn("cloudformation", "changeSet/" + request.name() + "/" + region.ids.uuid());
        var set = new ChangeSet(id, request, stack, region.clock.instant());
        stack.changeSets.put(request.name(), set);
        region.clock.after(COMPUTING, () -> {
            synchronized (region) {
                set.status = "CREATE_IN_PROGRESS";
                region.clock.after(COMPUTING, () -> compute(region, set));
            }
        });
        return set;
    }

    private static void compute(Region region, ChangeSet set) {
        synchronized (region) {
            try {
                set.stack.checkOutside(set.request.input());
                set.changes = Changes.between(set.stack, set.request.input());
            } catch (AwsError e) {
                set.fail(e.text());
                return;
            }
            if (set.changes.isEmpty()) {
                set.fail("The submitted information didn't contain changes. Submit different information to create a"
                        + " change set.");
                return;
            }
            set.status = "CREATE_COMPLETE";
            if (!set.execution.equals("OBSOLETE")) {
                set.execution = "AVAILABLE";
            }
        }
    }

    private static String execute(Region region, Params params) {
        var set = get(region, params);
        if (!set.execution.equals("AVAILABLE")) {
            var computed = set.status.equals("CREATE_COMPLETE");
            throw AwsError.of(
                    "InvalidChangeSetStatus",
                    "ChangeSet [%s] cannot be executed in its current %s of [%s]",
                    set.id,
                    computed ? "execution status" : "status",
                    computed ? set.execution : set.status);
        }
        if (set.request.onFailure().isPresent()
                && params.find("DisableRollback").isPresent()) {
            throw AwsError.of(
                    "ValidationError",
                    "DisableRollback cannot be specified: the change set was created with OnStackFailure");
        }
        var stack = set.stack;
        var onFailure = params.flag("DisableRollback")
                ? Stack.OnFailure.DO_NOTHING
                : set.request.onFailure().orElse(Stack.OnFailure.ROLLBACK);
        var keep = onFailure == Stack.OnFailure.DO_NOTHING;
        if (!set.request.creating()) {
            StackActions.checkUpdatable(stack, keep);
        }
        // the other sets were computed against the old state, and the service deletes them
        stack.changeSets.values().removeIf(other -> other != set);
        set.execution = "EXECUTE_IN_PROGRESS";
        stack.changeSet = set.id;
        stack.retainExceptOnCreate = params.flag("RetainExceptOnCreate");
        var token = params.find("ClientRequestToken").orElse("");
        if (set.request.creating()) {
            stack.input = set.request.input();
            stack.onFailure = onFailure;
            StackCreation.start(region, stack, token);
        } else {
            StackUpdate.start(region, stack, set.request.input(), keep, token);
        }
        return set.id;
    }

    private static void delete(Region region, Params params, Xml answer) {
        var name = params.get("ChangeSetName");
        for (var stack : stacks(region, params)) {
            stack.changeSets.values().stream()
                    .filter(set -> set.called(name))
                    .filter(set -> set.status.matches("CREATE_PENDING|CREATE_IN_PROGRESS")
                            || set.execution.equals("EXECUTE_IN_PROGRESS"))
                    .findFirst()
                    .ifPresent(busy -> {
                        throw AwsError.of(
                                "InvalidChangeSetStatus",
                                "Cannot delete ChangeSet in status %s",
                                busy.execution.equals("EXECUTE_IN_PROGRESS") ? busy.execution : busy.status);
                    });
            stack.changeSets.values().removeIf(set -> set.called(name));
        }
    }

    static ChangeSet get(Region region, Params params) {
        var name = params.get("ChangeSetName");
        return stacks(region, params).stream()
                .flatMap(stack -> stack.changeSets.values().stream())
                .filter(set -> set.called(name))
                .findFirst()
                .orElseThrow(() -> AwsError.of("ChangeSetNotFound", "ChangeSet [%s] does not exist", name));
    }

    private static List<Stack> stacks(Region region, Params params) {
        return params.find("StackName")
                .map(name -> List.of(region.stacks.toChange(name)))
                .orElseGet(region.stacks::live);
    }

    private static Xml head(Xml xml, ChangeSet set) {
        return xml.put("ChangeSetId", set.id)
                .put("ChangeSetName", set.request.name())
                .put("StackId", set.stack.id)
                .put("StackName", set.stack.name)
                .putIf("Description", set.request.description())
                .put("CreationTime", set.created)
                .put("ExecutionStatus", set.execution)
                .put("Status", set.status)
                .putIf("StatusReason", set.reason)
                .put("IncludeNestedStacks", false);
    }

    private static void describe(Region region, Params params, Xml answer) {
        var set = get(region, params);
        head(answer, set);
        StackQueries.parameters(answer, set.request.input());
        StackQueries.settings(answer, set.request.input());
        set.request.onFailure().ifPresent(onFailure -> answer.put("OnStackFailure", onFailure));
        var resources = set.changes.stream().filter(Changes.Change::ofResource).toList();
        Pages.write(
                region,
                answer,
                "Changes",
                params,
                resources,
                Changes.Change::logicalId,
                CHANGES_A_PAGE,
                (one, change) -> one.put("Type", "Resource").in("ResourceChange", inner -> write(inner, change)));
    }

    private static void write(Xml xml, Changes.Change change) {
        xml.put("Action", change.action())
                .putIf("PolicyAction", change.policyAction())
                .put("LogicalResourceId", change.logicalId())
                .putIf("PhysicalResourceId", change.physicalId())
                .put("ResourceType", change.type())
                .putIf("Replacement", change.replacement())
                .texts("Scope", change.scope())
                .each("Details", change.details(), (one, detail) -> one.in("Target", target -> {
                            target.put("Attribute", detail.attribute());
                            if (detail.attribute().equals("Properties")) {
                                target.put("Name", detail.property());
                            }
                            target.put("RequiresRecreation", detail.always() ? "Always" : "Never");
                        })
                        .put("Evaluation", detail.direct() ? "Static" : "Dynamic")
                        .put("ChangeSource", detail.source())
                        .putIf("CausingEntity", detail.cause()));
    }
}
