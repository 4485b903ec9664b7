// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Change sets over the API. */
final class ChangeSetActions {

    private static final Duration COMPUTING = Duration.ofSeconds(2);

    private ChangeSetActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateChangeSet", ChangeSetActions::create);
        actions.put("DescribeChangeSet", (region, params, answer) -> write(answer, get(region, params)));
        actions.put("ListChangeSets", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            answer.each("Summaries", stack.changeSets.values(), ChangeSetActions::head);
        });
        actions.put("ExecuteChangeSet", ChangeSetActions::execute);
        actions.put("DeleteChangeSet", (region, params, answer) -> {
            var name = params.get("ChangeSetName");
            stacks(region, params)
                    .forEach(stack ->
                            stack.changeSets.values().removeIf(set -> set.name.equals(name) || set.id.equals(name)));
        });
    }

    private static void create(Region region, Params params, Xml answer) {
        var name = params.get("ChangeSetName");
        var creating = params.find("ChangeSetType").orElse("UPDATE").equals("CREATE");
        var stack = creating ? review(region, params) : region.stacks.get(params.get("StackName"));
        if (!creating) {
            StackActions.checkUpdatable(stack);
        }
        if (stack.changeSets.containsKey(name)) {
            throw AwsError.of("AlreadyExistsException", "ChangeSet %s already exists", name);
        }
        var input = creating ? stack.input : StackActions.changed(params, stack);
        var set = new ChangeSet(
                region.arn("cloudformation", "changeSet/" + name + "/" + region.ids.uuid()),
                name,
                stack,
                input,
                creating,
                region.clock.instant());
        stack.changeSets.put(name, set);
        region.clock.after(COMPUTING, () -> compute(region, set));
        answer.put("Id", set.id).put("StackId", stack.id);
    }

    /** The stack that a change set of type CREATE is for: a new one, or one that is still only looked at. */
    private static Stack review(Region region, Params params) {
        var input = StackActions.input(params, Template.of(params.get("TemplateBody")), Map.of());
        var present =
                region.stacks.find(params.get("StackName")).filter(stack -> stack.status.equals("REVIEW_IN_PROGRESS"));
        if (present.isPresent()) {
            present.get().input = input;
            return present.get();
        }
        var onFailure = params.find("OnStackFailure").orElse("ROLLBACK");
        var stack = region.stacks.prepare(params.get("StackName"), input, onFailure);
        stack.capabilities = params.list("Capabilities");
        stack.turn("REVIEW_IN_PROGRESS", "User Initiated");
        return stack;
    }

    private static void compute(Region region, ChangeSet set) {
        synchronized (region) {
            set.changes = Changes.between(set.stack, set.input);
            if (set.changes.isEmpty()) {
                set.status = "FAILED";
                set.reason =
                        "The submitted information didn't contain changes. Submit different information to create a"
                                + " change set.";
                return;
            }
            set.status = "CREATE_COMPLETE";
            set.execution = "AVAILABLE";
        }
    }

    private static void execute(Region region, Params params, Xml answer) {
        var set = get(region, params);
        if (!set.execution.equals("AVAILABLE")) {
            throw AwsError.of(
                    "InvalidChangeSetStatus",
                    "ChangeSet [%s] cannot be executed in its current execution status of [%s]",
                    set.id,
                    set.execution);
        }
        var token = params.find("ClientRequestToken").orElse("");
        if (set.creating) {
            region.stacks.create(set.stack, token);
        } else {
            StackActions.checkUpdatable(set.stack);
            region.stacks.update(set.stack, set.input, token);
        }
        // the sets that were computed against the old state are of no use any more
        set.stack.changeSets.values().forEach(other -> other.execution = "OBSOLETE");
        set.execution = "EXECUTE_COMPLETE";
    }

    private static ChangeSet get(Region region, Params params) {
        var name = params.get("ChangeSetName");
        params.find("StackName").ifPresent(region.stacks::get);
        return stacks(region, params).stream()
                .flatMap(stack -> stack.changeSets.values().stream())
                .filter(set -> set.name.equals(name) || set.id.equals(name))
                .findFirst()
                .orElseThrow(() -> AwsError.of("ChangeSetNotFound", "ChangeSet [%s] does not exist", name));
    }

    private static List<Stack> stacks(Region region, Params params) {
        return params.find("StackName")
                .map(name -> region.stacks.find(name).stream().toList())
                .orElseGet(region.stacks::all);
    }

    /** A change set as it is now. Guarded by the monitor of its region. */
    static final class ChangeSet {
        final String id;
        final String name;
        final Stack stack;
        final Stack.Input input;
        final boolean creating;
        final Instant created;
        String status = "CREATE_IN_PROGRESS";
        String reason = "";
        String execution = "UNAVAILABLE";
        List<Changes.Change> changes = List.of();

        ChangeSet(String id, String name, Stack stack, Stack.Input input, boolean creating, Instant created) {
            this.id = id;
            this.name = name;
            this.stack = stack;
            this.input = input;
            this.creating = creating;
            this.created = created;
        }
    }

    private static void head(Xml xml, ChangeSet set) {
        xml.put("ChangeSetId", set.id)
                .put("ChangeSetName", set.name)
                .put("StackId", set.stack.id)
                .put("StackName", set.stack.name)
                .put("CreationTime", set.created)
                .put("ExecutionStatus", set.execution)
                .put("Status", set.status)
                .putIf("StatusReason", set.reason);
    }

    private static void write(Xml xml, ChangeSet set) {
        head(xml, set);
        StackActions.parameters(xml, set.input);
        StackActions.tags(xml, set.input.tags());
        var resources = set.changes.stream().filter(Changes.Change::ofResource).toList();
        xml.each("Changes", resources, (one, change) -> one.put("Type", "Resource")
                .in("ResourceChange", inner -> inner.put("Action", change.action())
                        .put("LogicalResourceId", change.logicalId())
                        .putIf("PhysicalResourceId", change.physicalId())
                        .put("ResourceType", change.type())));
    }
}
