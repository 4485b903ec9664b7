// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What tells about stacks, over the API. */
final class StackQueries {

    /** Smaller pages than the service's, so that clients that forget to ask for the next one are found out. */
    static final int EVENTS_A_PAGE = 20;

    private StackQueries() {}

    static void register(Map<String, Action> actions) {
        actions.put("DescribeStacks", (region, params, answer) -> {
            var stacks = params.find("StackName")
                    .map(name -> List.of(region.stacks.get(name)))
                    .orElseGet(region.stacks::live);
            Pages.write(region, answer, "Stacks", params, stacks, stack -> stack.id, 100, StackQueries::write);
        });
        actions.put("ListStacks", (region, params, answer) -> {
            var statuses = params.list("StackStatusFilter");
            var stacks = region.stacks.all().stream()
                    .filter(stack -> statuses.isEmpty() || statuses.contains(stack.status))
                    .toList();
            Pages.write(
                    region, answer, "StackSummaries", params, stacks, stack -> stack.id, 100, StackQueries::summary);
        });
        actions.put("DescribeStackEvents", (region, params, answer) -> {
            var stack = region.stacks
                    .find(params.get("StackName"))
                    .orElseThrow(
                            () -> AwsError.of("ValidationError", "Stack [%s] does not exist", params.get("StackName")));
            var newestFirst = new ArrayList<>(stack.events);
            Collections.reverse(newestFirst);
            Pages.write(
                    region,
                    answer,
                    "StackEvents",
                    params,
                    newestFirst,
                    Stack.Event::id,
                    EVENTS_A_PAGE,
                    (xml, event) -> write(xml, stack, event));
        });
        actions.put("DescribeStackResources", StackQueries::resources);
        actions.put("DescribeStackResource", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            var name = params.get("LogicalResourceId");
            var resource = stack.resources.get(name);
            if (resource == null) {
                throw AwsError.of("ValidationError", "Resource %s does not exist for stack %s", name, stack.name);
            }
            answer.in("StackResourceDetail", xml -> head(
                            xml.put("StackId", stack.id).put("StackName", stack.name), resource)
                    .put("LastUpdatedTimestamp", resource.changed));
        });
        actions.put("ListStackResources", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            Pages.write(
                    region,
                    answer,
                    "StackResourceSummaries",
                    params,
                    List.copyOf(stack.resources.values()),
                    resource -> resource.logicalId,
                    100,
                    (xml, resource) -> head(xml, resource).put("LastUpdatedTimestamp", resource.changed));
        });
        actions.put("ListExports", (region, params, answer) -> {
            var exports = List.copyOf(region.stacks.exports().all().values());
            Pages.write(region, answer, "Exports", params, exports, Exports.Export::name, 100, (xml, export) -> xml.put(
                            "ExportingStackId", export.stack().id)
                    .put("Name", export.name())
                    .put("Value", export.value()));
        });
        actions.put("ListImports", (region, params, answer) -> {
            var name = params.get("ExportName");
            region.stacks.exports().value(name);
            var importers = region.stacks.exports().importers(name);
            if (importers.isEmpty()) {
                throw AwsError.of("ValidationError", "Export '%s' is not imported by any stack.", name);
            }
            answer.texts("Imports", importers);
        });
    }

    /** By stack, or by the physical id of one of its resources; at most 100, as with the service. */
    private static void resources(Region region, Params params, Xml answer) {
        var physicalId = params.find("PhysicalResourceId");
        var stack = params.find("StackName")
                .map(region.stacks::get)
                .or(() -> physicalId.flatMap(id -> region.stacks.live().stream()
                        .filter(one ->
                                one.resources.values().stream().anyMatch(resource -> resource.physicalId.equals(id)))
                        .findFirst()))
                .orElseThrow(() -> AwsError.of(
                        "ValidationError", "Stack for %s does not exist", physicalId.orElse("no name and no id")));
        var logicalId = params.find("LogicalResourceId");
        var resources = stack.resources.values().stream()
                .filter(resource -> logicalId.map(resource.logicalId::equals).orElse(true))
                .limit(100)
                .toList();
        BiConsumer<Xml, Stack.Resource> each =
                (xml, resource) -> head(xml.put("StackId", stack.id).put("StackName", stack.name), resource)
                        .put("Timestamp", resource.changed);
        answer.each("StackResources", resources, each);
    }

    private static Xml head(Xml xml, Stack.Resource resource) {
        return xml.put("LogicalResourceId", resource.logicalId)
                .putIf("PhysicalResourceId", resource.physicalId)
                .put("ResourceType", resource.type)
                .put("ResourceStatus", resource.status)
                .putIf("ResourceStatusReason", resource.reason)
                .in("DriftInformation", drift -> drift.put("StackResourceDriftStatus", "NOT_CHECKED"));
    }

    static void parameters(Xml xml, Stack.Input input) {
        xml.each("Parameters", input.parameters().entrySet(), (one, parameter) -> {
            var declared = input.template().parameters.get(parameter.getKey());
            var masked = declared != null && declared.noEcho();
            one.put("ParameterKey", parameter.getKey()).put("ParameterValue", masked ? "****" : parameter.getValue());
            Optional.ofNullable(input.stored().get(parameter.getKey()))
                    .ifPresent(value -> one.put("ResolvedValue", masked ? "****" : value));
        });
    }

    /** What a stack and a change set show of their settings. */
    static void settings(Xml xml, Stack.Input input) {
        xml.texts("Capabilities", input.settings().capabilities())
                .texts("NotificationARNs", input.settings().notifications())
                .each("Tags", input.tags().entrySet(), (one, tag) -> one.put("Key", tag.getKey())
                        .put("Value", tag.getValue()));
    }

    private static void write(Xml xml, Stack stack) {
        xml.put("StackId", stack.id)
                .put("StackName", stack.name)
                .putIf("ChangeSetId", stack.changeSet)
                .putIf("Description", stack.input.template().description);
        // one that only waits for its first change set has nothing put in yet, no tags either
        if (!stack.status.equals("REVIEW_IN_PROGRESS")) {
            parameters(xml, stack.input);
            settings(xml, stack.input);
        }
        xml.putIf("RoleARN", stack.input.settings().role());
        times(xml, stack);
        xml.put("DisableRollback", stack.onFailure == Stack.OnFailure.DO_NOTHING)
                .put("RetainExceptOnCreate", stack.retainExceptOnCreate)
                .put("EnableTerminationProtection", stack.protectedFromDeletion);
        stack.timeLimit.ifPresent(limit -> xml.put("TimeoutInMinutes", limit.toMinutes()));
        xml.each("Outputs", stack.outputs, (one, output) -> one.put("OutputKey", output.key())
                .put("OutputValue", output.value())
                .putIf("Description", output.description())
                .putIf("ExportName", output.export()));
    }

    private static void summary(Xml xml, Stack stack) {
        times(
                xml.put("StackId", stack.id)
                        .put("StackName", stack.name)
                        .putIf("TemplateDescription", stack.input.template().description),
                stack);
    }

    private static void times(Xml xml, Stack stack) {
        xml.put("CreationTime", stack.created);
        stack.updated.ifPresent(at -> xml.put("LastUpdatedTime", at));
        stack.deleted.ifPresent(at -> xml.put("DeletionTime", at));
        xml.put("StackStatus", stack.status)
                .putIf("StackStatusReason", stack.reason)
                .in("DriftInformation", drift -> drift.put("StackDriftStatus", "NOT_CHECKED"));
    }

    private static void write(Xml xml, Stack stack, Stack.Event event) {
        xml.put("EventId", event.id())
                .put("StackId", stack.id)
                .put("StackName", stack.name)
                .put("LogicalResourceId", event.logicalId())
                .putIf("PhysicalResourceId", event.physicalId())
                .put("ResourceType", event.type())
                .put("Timestamp", event.at())
                .put("ResourceStatus", event.status())
                .putIf("ResourceStatusReason", event.reason())
                .putIf("ClientRequestToken", event.token());
    }
}
