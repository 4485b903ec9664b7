// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Operations.Running;
import io.hybridpipe.sim.azure.template.Plan;
import io.hybridpipe.sim.azure.template.PlannedResource;
import io.hybridpipe.sim.azure.template.Scope;
import io.hybridpipe.sim.azure.template.TemplateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be done with the deployments of templates to resource groups. Guarded by the estate's monitor. */
final class Deployments {

    static final String NAMESPACE = "Microsoft.Resources";
    static final String TYPE = "deployments";

    private static final Pattern NAME = Pattern.compile("[-\\w._()]+");
    private static final int LONGEST_NAME = 64;
    /** After this time the service gives a deployment up, as its message about an active one says. */
    private static final Duration EXPIRY = Duration.ofDays(7);

    /**
     * An accepted deployment.
     *
     * @param created whether there was none of this name
     */
    record Accepted(boolean created, Deployment deployment) {}

    private final Estate estate;
    private final Operations operations;
    private final DeploymentRun.Calls calls;

    /**
     * @param calls how a deployment calls Resource Manager for its resources
     */
    Deployments(Estate estate, Operations operations, DeploymentRun.Calls calls) {
        this.estate = estate;
        this.operations = operations;
        this.calls = calls;
    }

    Optional<Deployment> find(ArmId id) {
        return Optional.ofNullable(estate.deployments().get(id.key()));
    }

    Deployment get(ArmId id) {
        group(id);
        return find(id).orElseThrow(() ->
                ArmError.notFound("DeploymentNotFound", "Deployment '%s' could not be found.", id.name()));
    }

    /** The deployments of a group, which must be there. */
    List<Deployment> list(ArmId any) {
        group(any);
        return estate.deployments().values().stream()
                .filter(deployment -> deployment.isIn(any.subscription(), any.group()))
                .toList();
    }

    /** Begins a deployment in place of an earlier one of the same name, which must have ended. */
    Accepted put(ArmId id, ObjectNode sent) {
        checkName(id.name());
        var before = find(id);
        before.filter(Deployment::isActive).ifPresent(active -> {
            throw ArmError.conflict(
                    "DeploymentActive",
                    "Unable to edit or replace deployment '%s': previous deployment from '%s' is still active (expiration time"
                            + " is '%s'). Please see https://aka.ms/arm-deploy for usage details.",
                    id.name(),
                    active.started(),
                    active.started().plus(EXPIRY));
        });
        var deployment = planned(id, sent);
        estate.deployments().put(id.key(), deployment);
        new DeploymentRun(estate, operations, calls, deployment).start();
        return new Accepted(before.isEmpty(), deployment);
    }

    /** Makes the same checks as {@link #put} and changes nothing. */
    ObjectNode validate(ArmId id, ObjectNode sent) {
        checkName(id.name());
        return planned(id, sent).validated();
    }

    private static void checkName(String name) {
        if (name.length() > LONGEST_NAME) {
            throw ArmError.badRequest(
                    "InvalidDeploymentName",
                    "The provided deployment name '%s' has a length of '%d' which exceeds the maximum length of '%d'. Please"
                            + " see https://aka.ms/arm-deploy for usage details.",
                    name,
                    name.length(),
                    LONGEST_NAME);
        }
        if (!NAME.matcher(name).matches()) {
            throw ArmError.badRequest(
                    "InvalidDeploymentName",
                    "The provided deployment name '%s' has invalid characters: it has letters, digits and '-', '.', '(', ')' or"
                            + " '_'. Please see https://aka.ms/arm-deploy for usage details.",
                    name);
        }
    }

    private Deployment planned(ArmId asked, ObjectNode sent) {
        var group = group(asked);
        if (Bodies.stateOf(group).equals("Deleting")) {
            throw ArmError.conflict(
                    "ResourceGroupBeingDeleted",
                    "The resource group '%s' is in deprovisioning state and cannot perform this operation.",
                    asked.group());
        }
        if (sent.hasNonNull("location")) {
            throw locationNotAllowed();
        }
        var properties = sent.path("properties");
        for (var unknown : List.of("templateLink", "parametersLink", "onErrorDeployment")) {
            if (properties.hasNonNull(unknown)) {
                throw unreadable("'properties.%s' is not supported by this stand-in".formatted(unknown));
            }
        }
        var mode = properties.path("mode").asText();
        if (mode.equalsIgnoreCase("Complete")) {
            throw unreadable("the mode 'Complete' is not supported by this stand-in");
        }
        if (!mode.equalsIgnoreCase("Incremental")) {
            throw unreadable("'properties.mode' must be one of 'Incremental,Complete', it is '%s'".formatted(mode));
        }
        if (!(properties.get("template") instanceof ObjectNode template)) {
            throw unreadable("'properties.template' must be an object");
        }
        var id = new ArmId(asked.subscription(), group.path("name").asText(), NAMESPACE, List.of(TYPE), asked.names());
        try {
            var scope = new Scope(Documents.subscription(id.subscription()), group.deepCopy(), id.name());
            var plan = Plan.of(template, properties.path("parameters"), scope);
            plan.resources().forEach(this::checkKnown);
            plan.resources().forEach(Deployments::checkLocation);
            return new Deployment(
                    id,
                    template,
                    plan,
                    tags(sent),
                    estate.newIdentity(),
                    estate.newIdentity(),
                    operations.clock().instant());
        } catch (TemplateException e) {
            throw new ArmError(400, e.code(), e.text());
        }
    }

    private static @Nullable ObjectNode tags(ObjectNode sent) {
        return sent.get("tags") instanceof ObjectNode tags ? tags.deepCopy() : null;
    }

    private static ArmError unreadable(String why) {
        return ArmError.badRequest(
                "InvalidRequestContent", "The request content was invalid and could not be deserialized: '%s'.", why);
    }

    /** Asks for a resource that is to be put: the answer tells whether its type and its version are known. */
    private void checkKnown(PlannedResource resource) {
        var answer =
                calls.answer(DeploymentRun.request("GET", resource.id(), "api-version=" + resource.apiVersion(), ""));
        if (answer.status() < 400) {
            return;
        }
        var error = Json.parse(answer.body()).path("error");
        var code = error.path("code").asText();
        if (answer.status() == 400 || code.startsWith("InvalidResource")) {
            throw new ArmError(400, code, error.path("message").asText());
        }
    }

    /** A resource that stands by itself needs a location, and a deployment at a resource group has none. */
    private static void checkLocation(PlannedResource resource) {
        var id = ArmId.parse(resource.id()).orElseThrow();
        if (id.isTop() && id.namespace().equalsIgnoreCase(NAMESPACE)) {
            if (resource.hasLocation()) {
                throw locationNotAllowed();
            }
        } else if (id.isTop() && (resource.location().isPresent() || !resource.hasLocation())) {
            var body = Json.object().put("location", resource.location().orElse(null));
            Bodies.location(id, body, null);
        }
    }

    private static ArmError locationNotAllowed() {
        return ArmError.badRequest(
                "InvalidDeployment",
                "The 'location' property is not allowed for a deployment at resource group scope. Please see"
                        + " https://aka.ms/deploy-to-subscription for usage details.");
    }

    /** Stops a deployment: what is under way ends by itself, nothing else begins. */
    void cancel(ArmId id) {
        var deployment = get(id);
        if (!deployment.isActive()) {
            throw ArmError.conflict(
                    "DeploymentCannotBeCancelled",
                    "The deployment '%s' cannot be cancelled because its provisioning state is '%s'. Please see"
                            + " https://aka.ms/arm-deploy for usage details.",
                    id.name(),
                    deployment.state());
        }
        deployment.cancel(now());
    }

    /** Begins to delete the record; what was deployed stays. Empty if there is no such deployment. */
    Optional<Running> delete(ArmId id) {
        group(id);
        var found = find(id);
        found.filter(Deployment::isActive).ifPresent(active -> {
            throw ArmError.conflict(
                    "DeploymentActive",
                    "Unable to delete deployment '%s': it is still active. Please see https://aka.ms/arm-deploy for usage"
                            + " details.",
                    id.name());
        });
        return found.map(deployment -> operations.start(
                NAMESPACE + "/" + TYPE + "/delete",
                deployment.id().toString(),
                () -> estate.deployments().remove(deployment.id().key(), deployment),
                error -> {}));
    }

    private ObjectNode group(ArmId id) {
        return estate.group(id.subscription(), id.group())
                .orElseThrow(() -> ArmError.notFound(
                        "ResourceGroupNotFound", "Resource group '%s' could not be found.", id.group()));
    }

    private Instant now() {
        return operations.clock().instant();
    }
}
