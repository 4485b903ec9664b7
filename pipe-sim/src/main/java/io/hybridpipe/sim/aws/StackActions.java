// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Stacks over the API. */
final class StackActions {

    /** Smaller pages than the service's, so that clients that forget to ask for the next one are found out. */
    static final int EVENTS_A_PAGE = 20;

    private StackActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateStack", StackActions::create);
        actions.put("UpdateStack", StackActions::update);
        actions.put("DeleteStack", (region, params, answer) -> region.stacks
                .find(params.get("StackName"))
                .ifPresent(stack -> region.stacks.delete(
                        stack,
                        params.list("RetainResources"),
                        params.find("ClientRequestToken").orElse(""))));
        actions.put("DescribeStacks", (region, params, answer) -> {
            var stacks = params.find("StackName")
                    .map(name -> List.of(region.stacks.get(name)))
                    .orElseGet(region.stacks::live);
            page(answer, "Stacks", params, stacks, 100, StackActions::write);
        });
        actions.put("ListStacks", (region, params, answer) -> {
            var statuses = params.list("StackStatusFilter");
            var stacks = region.stacks.all().stream()
                    .filter(stack -> statuses.isEmpty() || statuses.contains(stack.status))
                    .toList();
            page(answer, "StackSummaries", params, stacks, 100, StackActions::summary);
        });
        actions.put("DescribeStackEvents", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            var newestFirst = new ArrayList<>(stack.events);
            Collections.reverse(newestFirst);
            page(answer, "StackEvents", params, newestFirst, EVENTS_A_PAGE, (xml, event) -> write(xml, stack, event));
        });
        actions.put("DescribeStackResources", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            var logicalId = params.find("LogicalResourceId");
            var resources = stack.resources.values().stream()
                    .filter(resource ->
                            logicalId.map(resource.logicalId::equals).orElse(true))
                    .toList();
            answer.each("StackResources", resources, (xml, resource) -> write(xml, stack, resource));
        });
        actions.put("ListStackResources", (region, params, answer) -> {
            var stack = region.stacks.get(params.get("StackName"));
            answer.each("StackResourceSummaries", stack.resources.values(), (xml, resource) -> xml.put(
                            "LogicalResourceId", resource.logicalId)
                    .putIf("PhysicalResourceId", resource.physicalId)
                    .put("ResourceType", resource.type)
                    .put("ResourceStatus", resource.status)
                    .putIf("ResourceStatusReason", resource.reason)
                    .put("LastUpdatedTimestamp", resource.changed));
        });
        actions.put("GetTemplate", (region, params, answer) -> answer.put(
                        "TemplateBody",
                        region.stacks.get(params.get("StackName")).input.template().body)
                .texts("StagesAvailable", List.of("Original", "Processed")));
        actions.put("ValidateTemplate", (region, params, answer) -> {
            var template = Template.of(params.get("TemplateBody"));
            answer.put("Description", template.description)
                    .each("Parameters", template.parameters.values(), (xml, parameter) -> xml.put(
                                    "ParameterKey", parameter.name())
                            .putIf("DefaultValue", parameter.fact("Default").orElse(""))
                            .put("NoEcho", parameter.noEcho())
                            .putIf("Description", parameter.fact("Description").orElse("")));
        });
    }

    private static void create(Region region, Params params, Xml answer) {
        var token = params.find("ClientRequestToken");
        var id = once(region, "CreateStack", params, () -> {
            var input = input(params, Template.of(params.get("TemplateBody")), Map.of());
            var onFailure = params.flag("DisableRollback")
                    ? "DO_NOTHING"
                    : params.find("OnFailure").orElse("ROLLBACK");
            var stack = region.stacks.prepare(params.get("StackName"), input, onFailure);
            stack.capabilities = params.list("Capabilities");
            region.stacks.create(stack, token.orElse(""));
            return stack.id;
        });
        answer.put("StackId", id);
    }

    private static void update(Region region, Params params, Xml answer) {
        var id = once(region, "UpdateStack", params, () -> {
            var stack = region.stacks.get(params.get("StackName"));
            checkUpdatable(stack);
            var wanted = changed(params, stack);
            if (Changes.between(stack, wanted).isEmpty()) {
                throw AwsError.of("ValidationError", "No updates are to be performed.");
            }
            region.stacks.update(
                    stack, wanted, params.find("ClientRequestToken").orElse(""));
            return stack.id;
        });
        answer.put("StackId", id);
    }

    private static String once(Region region, String action, Params params, Supplier<String> make) {
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

    static void checkUpdatable(Stack stack) {
        if (!stack.status.matches("(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE")) {
            throw AwsError.of(
                    "ValidationError", "Stack:%s is in %s state and can not be updated.", stack.id, stack.status);
        }
    }

    /** The input of an update: what is not given anew stays as it is. */
    static Stack.Input changed(Params params, Stack stack) {
        var template =
                params.flag("UsePreviousTemplate") ? stack.input.template() : Template.of(params.get("TemplateBody"));
        var input = input(params, template, stack.input.parameters());
        return params.structs("Tags").isEmpty()
                ? new Stack.Input(input.template(), input.parameters(), stack.input.tags())
                : input;
    }

    static Stack.Input input(Params params, Template template, Map<String, String> previous) {
        var given = new LinkedHashMap<String, String>();
        for (var parameter : params.structs("Parameters")) {
            var name = parameter.get("ParameterKey");
            if (!parameter.flag("UsePreviousValue")) {
                given.put(name, parameter.find("ParameterValue").orElse(""));
            } else if (previous.containsKey(name)) {
                given.put(name, previous.get(name));
            }
        }
        var tags = new LinkedHashMap<String, String>();
        params.structs("Tags")
                .forEach(tag -> tags.put(tag.get("Key"), tag.find("Value").orElse("")));
        return new Stack.Input(template, ParameterValues.resolve(template, given), tags);
    }

    static <T> void page(Xml answer, String set, Params params, List<T> all, int size, BiConsumer<Xml, T> write) {
        var from = params.number("NextToken").orElse(0);
        var page = all.stream().skip(from).limit(size).toList();
        answer.each(set, page, write);
        if (from + page.size() < all.size()) {
            answer.put("NextToken", from + page.size());
        }
    }

    static void parameters(Xml xml, Stack.Input input) {
        xml.each("Parameters", input.parameters().entrySet(), (one, parameter) -> {
            var declared = input.template().parameters.get(parameter.getKey());
            one.put("ParameterKey", parameter.getKey())
                    .put("ParameterValue", declared != null && declared.noEcho() ? "****" : parameter.getValue());
        });
    }

    static void tags(Xml xml, Map<String, String> tags) {
        xml.each("Tags", tags.entrySet(), (one, tag) -> one.put("Key", tag.getKey())
                .put("Value", tag.getValue()));
    }

    private static void write(Xml xml, Stack stack) {
        xml.put("StackId", stack.id)
                .put("StackName", stack.name)
                .putIf("Description", stack.input.template().description);
        parameters(xml, stack.input);
        xml.put("CreationTime", stack.created);
        stack.updated.ifPresent(at -> xml.put("LastUpdatedTime", at));
        stack.deleted.ifPresent(at -> xml.put("DeletionTime", at));
        xml.put("StackStatus", stack.status)
                .putIf("StackStatusReason", stack.reason)
                .put("DisableRollback", stack.onFailure.equals("DO_NOTHING"))
                .put("EnableTerminationProtection", false)
                .texts("Capabilities", stack.capabilities)
                .each("Outputs", stack.outputs, (one, output) -> one.put("OutputKey", output.key())
                        .put("OutputValue", output.value())
                        .putIf("Description", output.description())
                        .putIf("ExportName", output.export()));
        tags(xml, stack.input.tags());
    }

    private static void summary(Xml xml, Stack stack) {
        xml.put("StackId", stack.id).put("StackName", stack.name).put("CreationTime", stack.created);
        stack.deleted.ifPresent(at -> xml.put("DeletionTime", at));
        xml.put("StackStatus", stack.status).putIf("StackStatusReason", stack.reason);
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

    private static void write(Xml xml, Stack stack, Stack.Resource resource) {
        xml.put("StackId", stack.id)
                .put("StackName", stack.name)
                .put("LogicalResourceId", resource.logicalId)
                .putIf("PhysicalResourceId", resource.physicalId)
                .put("ResourceType", resource.type)
                .put("Timestamp", resource.changed)
                .put("ResourceStatus", resource.status)
                .putIf("ResourceStatusReason", resource.reason);
    }
}
