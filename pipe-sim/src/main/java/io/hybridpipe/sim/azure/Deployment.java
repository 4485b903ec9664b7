// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.template.Plan;
import io.hybridpipe.sim.azure.template.PlannedResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The record of one deployment: what was asked for, how it goes, what came of it. Guarded by its estate. */
final class Deployment {

    /** One line in the list of a deployment's operations. */
    static final class Step {
        private final String id;
        private final String operation;
        private final @Nullable PlannedResource resource;
        private final Instant started;
        private Instant changed;
        private String state = "Running";
        private String statusCode = "Created";
        private @Nullable ObjectNode statusMessage;

        private Step(String id, String operation, @Nullable PlannedResource resource, Instant started) {
            this.id = id;
            this.operation = operation;
            this.resource = resource;
            this.started = started;
            this.changed = started;
        }

        /** Ends it with the name of an HTTP status. */
        void end(String endState, String code, @Nullable ObjectNode message, Instant now) {
            state = endState;
            statusCode = code;
            statusMessage = message;
            changed = now;
        }

        boolean is(String wanted) {
            return state.equals(wanted);
        }

        String statusCode() {
            return statusCode;
        }

        @Nullable
        ObjectNode statusMessage() {
            return statusMessage;
        }

        private ObjectNode toJson(ArmId deployment) {
            var json = Json.object().put("id", deployment + "/operations/" + id).put("operationId", id);
            var properties = json.putObject("properties")
                    .put("provisioningOperation", operation)
                    .put("provisioningState", state)
                    .put("timestamp", changed.toString())
                    .put("duration", Duration.between(started, changed).toString())
                    .put("trackingId", id)
                    .put("statusCode", statusCode);
            if (statusMessage != null) {
                properties.set("statusMessage", statusMessage.deepCopy());
            }
            if (resource != null) {
                properties.set("targetResource", described(resource));
            }
            return json;
        }
    }

    private final ArmId id;
    private final ObjectNode template;
    private final Plan plan;
    private final @Nullable ObjectNode tags;
    private final String correlation;
    private final String operation;
    private final Instant started;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private Instant changed;
    private String state = "Accepted";
    private @Nullable ObjectNode error;
    private @Nullable ObjectNode outputs;

    /**
     * @param correlation what all that belongs to this deployment bears
     * @param operation under which id to ask how it goes
     */
    Deployment(
            ArmId id,
            ObjectNode template,
            Plan plan,
            @Nullable ObjectNode tags,
            String correlation,
            String operation,
            Instant started) {
        this.id = id;
        this.template = template;
        this.plan = plan;
        this.tags = tags;
        this.correlation = correlation;
        this.operation = operation;
        this.started = started;
        this.changed = started;
    }

    ArmId id() {
        return id;
    }

    boolean isIn(String subscription, String group) {
        return id.subscription().equalsIgnoreCase(subscription) && id.group().equalsIgnoreCase(group);
    }

    ObjectNode template() {
        return template;
    }

    Plan plan() {
        return plan;
    }

    String operation() {
        return operation;
    }

    Instant started() {
        return started;
    }

    String state() {
        return state;
    }

    boolean isActive() {
        return state.equals("Accepted") || state.equals("Running");
    }

    void run(Instant now) {
        state = "Running";
        changed = now;
    }

    void succeed(@Nullable ObjectNode results, Instant now) {
        outputs = results;
        state = "Succeeded";
        changed = now;
    }

    void fail(ObjectNode why, Instant now) {
        error = why;
        state = "Failed";
        changed = now;
    }

    void cancel(Instant now) {
        state = "Canceled";
        changed = now;
    }

    /** Begins a line in the list of operations. */
    Step begin(String stepId, PlannedResource resource, Instant now) {
        var step = new Step(stepId, "Create", resource, now);
        steps.put(resource.id(), step);
        return step;
    }

    /** Writes the last line, which is about the outputs. */
    void evaluated(String stepId, String endState, String code, @Nullable ObjectNode message, Instant now) {
        var step = new Step(stepId, "EvaluateDeploymentOutput", null, now);
        step.end(endState, code, message, now);
        steps.put("", step);
    }

    /** The line of the resource with this id, if it has begun. */
    @Nullable
    Step step(String resource) {
        return steps.get(resource);
    }

    List<Step> steps() {
        return List.copyOf(steps.values());
    }

    List<ObjectNode> operations() {
        return steps.values().stream().map(step -> step.toJson(id)).toList();
    }

    /** What is answered to the question how it goes. */
    ObjectNode status() {
        var status = Json.object().put("status", state);
        if (error != null) {
            status.set("error", error.deepCopy());
        }
        return status;
    }

    ObjectNode toJson() {
        var json = Json.object()
                .put("id", id.toString())
                .put("name", id.name())
                .put("type", Deployments.NAMESPACE + "/" + Deployments.TYPE);
        if (tags != null) {
            json.set("tags", tags.deepCopy());
        }
        var properties = json.putObject("properties").put("templateHash", plan.templateHash());
        properties.set("parameters", plan.parameters());
        properties
                .put("mode", "Incremental")
                .put("provisioningState", state)
                .put("timestamp", changed.toString())
                .put("duration", Duration.between(started, changed).toString())
                .put("correlationId", correlation);
        properties.set("providers", providers());
        properties.set("dependencies", dependencies());
        if (outputs != null) {
            properties.set("outputs", outputs.deepCopy());
        }
        if (state.equals("Succeeded")) {
            properties.set("outputResources", ids());
        }
        if (error != null) {
            properties.set("error", error.deepCopy());
        }
        return json;
    }

    /** The same for a deployment that is only looked at. */
    ObjectNode validated() {
        var json = toJson();
        Json.objectIn(json, "properties").put("provisioningState", "Succeeded").set("validatedResources", ids());
        return json;
    }

    private ArrayNode ids() {
        var list = Json.object().putArray("ids");
        plan.resources().forEach(resource -> list.addObject().put("id", resource.id()));
        return list;
    }

    private ArrayNode providers() {
        var byNamespace = new LinkedHashMap<String, List<PlannedResource>>();
        plan.resources().forEach(resource -> byNamespace
                .computeIfAbsent(resource.type().split("/")[0], namespace -> new ArrayList<>())
                .add(resource));
        var list = Json.object().putArray("providers");
        byNamespace.forEach((namespace, resources) -> {
            var types = list.addObject().put("namespace", namespace).putArray("resourceTypes");
            resources.stream()
                    .map(resource -> resource.type().substring(namespace.length() + 1))
                    .distinct()
                    .forEach(type -> types.addObject().put("resourceType", type));
        });
        return list;
    }

    private ArrayNode dependencies() {
        var all = plan.resources();
        var list = Json.object().putArray("dependencies");
        for (var resource : all) {
            if (!resource.dependencies().isEmpty()) {
                var entry = list.addObject();
                var on = entry.putArray("dependsOn");
                all.stream()
                        .filter(other -> resource.dependencies().contains(other.id()))
                        .forEach(other -> on.add(described(other)));
                entry.setAll(described(resource));
            }
        }
        return list;
    }

    private static ObjectNode described(PlannedResource resource) {
        return Json.object()
                .put("id", resource.id())
                .put("resourceType", resource.type())
                .put("resourceName", resource.name());
    }
}
