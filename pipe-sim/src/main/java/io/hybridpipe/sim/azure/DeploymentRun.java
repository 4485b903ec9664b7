// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.azure.Deployment.Step;
import io.hybridpipe.sim.azure.template.PlannedResource;
import io.hybridpipe.sim.azure.template.TemplateException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Carries a deployment out. It is a client of Resource Manager like any other: it puts each resource when those that it waits for
 * are done, asks how that goes, and tries again where it is told to. Thus a resource passes the same checks whichever way it
 * comes.
 *
 * <p>Runs on the clock's agenda under the estate's monitor.
 */
final class DeploymentRun {

    /** How long to wait before what was refused for the moment is tried again, and for how long to go on so. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final Set<String> PASSING =
            Set.of("AnotherOperationInProgress", "RetryableError", "TooManyRequests");

    private final Estate estate;
    private final Operations operations;
    private final SimClock clock;
    private final Calls calls;
    private final Deployment deployment;

    /** The way to Resource Manager from inside. */
    @FunctionalInterface
    interface Calls {
        SimResponse answer(SimRequest request);
    }

    DeploymentRun(Estate estate, Operations operations, Calls calls, Deployment deployment) {
        this.estate = estate;
        this.operations = operations;
        this.clock = operations.clock();
        this.calls = calls;
        this.deployment = deployment;
    }

    void start() {
        var injected = operations.takeFailure(Deployments.NAMESPACE + "/" + Deployments.TYPE + "/write");
        after(Duration.ZERO, () -> {
            deployment.run(clock.instant());
            if (injected.isPresent()) {
                after(
                        operations.duration(),
                        () -> deployment.fail(injected.get().toJson(), clock.instant()));
            } else {
                goOn();
            }
        });
    }

    /** Puts something on the agenda, to be done unless the deployment has ended or is gone by then. */
    private void after(Duration delay, Runnable task) {
        clock.after(delay, () -> {
            synchronized (estate) {
                if (isUnderWay()) {
                    task.run();
                }
            }
        });
    }

    /** Whether it has neither ended nor gone, with its group or otherwise. */
    private boolean isUnderWay() {
        return deployment.isActive() && estate.deployments().get(deployment.id().key()) == deployment;
    }

    /** Starts what can start; ends the deployment when nothing can and nothing is under way. */
    private void goOn() {
        var resources = deployment.plan().resources();
        // again and again, since what is done at once may be what an earlier one in the list waits for
        for (var ready = next(resources); ready.isPresent(); ready = next(resources)) {
            var now = clock.instant();
            put(ready.get(), deployment.begin(newId(), ready.get(), now), now);
        }
        var steps = deployment.steps();
        if (steps.stream().anyMatch(step -> step.is("Running"))) {
            return;
        }
        var failed = steps.stream().filter(step -> step.is("Failed")).toList();
        if (failed.isEmpty()) {
            finish();
        } else {
            deployment.fail(DeploymentErrors.of(failed), clock.instant());
        }
    }

    private Optional<PlannedResource> next(List<PlannedResource> resources) {
        return resources.stream()
                .filter(resource -> deployment.step(resource.id()) == null && isReady(resource))
                .findFirst();
    }

    private boolean isReady(PlannedResource resource) {
        return resource.dependencies().stream().allMatch(id -> {
            var step = deployment.step(id);
            return step != null && step.is("Succeeded");
        });
    }

    private void put(PlannedResource resource, Step step, Instant since) {
        SimResponse answer;
        try {
            var body = Json.write(resource.body(this::read));
            answer = calls.answer(request("PUT", resource.id(), "api-version=" + resource.apiVersion(), body));
        } catch (TemplateException e) {
            end(step, "BadRequest", Json.object().set("error", DeploymentErrors.of(e.code(), e.text())));
            return;
        } catch (RuntimeException e) {
            broke(step, e);
            return;
        }
        if (answer.status() < 300) {
            var operation = answer.headers().get("Azure-AsyncOperation");
            if (operation == null) {
                step.end("Succeeded", statusName(answer.status()), null, clock.instant());
            } else {
                look(operation.get(0), answer.status(), step, operations.duration());
            }
            return;
        }
        var body = Json.parse(answer.body());
        var code = body.path("error").path("code").asText();
        if (PASSING.contains(code) && clock.instant().isBefore(since.plus(PATIENCE))) {
            again(resource, step, since);
        } else {
            end(step, statusName(answer.status()), body);
        }
    }

    private void again(PlannedResource resource, Step step, Instant since) {
        clock.after(AGAIN, () -> {
            synchronized (estate) {
                if (isUnderWay()) {
                    put(resource, step, since);
                    goOn();
                } else {
                    step.end("Canceled", "Conflict", null, clock.instant());
                }
            }
        });
    }

    /** Asks after a while how the change of a resource goes, again and again until it has ended. */
    private void look(String uri, int accepted, Step step, Duration delay) {
        clock.after(delay, () -> {
            synchronized (estate) {
                try {
                    look(uri, accepted, step);
                } catch (RuntimeException e) {
                    broke(step, e);
                }
                if (step.is("Running")) {
                    look(uri, accepted, step, AGAIN);
                } else {
                    after(Duration.ZERO, this::goOn);
                }
            }
        });
    }

    private void look(String uri, int accepted, Step step) {
        var answer = call("GET", uri);
        var status = Json.parse(answer.body());
        if (answer.status() >= 400) {
            end(step, statusName(answer.status()), status);
            return;
        }
        var how = status.path("status").asText();
        if (how.equals("Succeeded")) {
            step.end("Succeeded", statusName(accepted), null, clock.instant());
        } else if (how.equals("Failed") || how.equals("Canceled")) {
            end(step, "Conflict", DeploymentErrors.ofOperation(status));
        }
    }

    /** A step that nobody ends would keep its deployment, and one around it, running for ever. */
    private void broke(Step step, RuntimeException why) {
        end(
                step,
                "InternalServerError",
                Json.object().set("error", DeploymentErrors.of("InternalServerError", why.toString())));
    }

    private void end(Step step, String code, ObjectNode message) {
        step.end("Failed", code, deployment.plan().masked(message), clock.instant());
    }

    private void finish() {
        if (!deployment.plan().hasOutputs()) {
            deployment.succeed(null, clock.instant());
            return;
        }
        try {
            var outputs = deployment.plan().outputs(this::read);
            deployment.evaluated(newId(), "Succeeded", "OK", null, clock.instant());
            deployment.succeed(outputs, clock.instant());
        } catch (TemplateException e) {
            var error = DeploymentErrors.of(e.code(), e.text());
            deployment.evaluated(newId(), "Failed", "BadRequest", Json.object().set("error", error), clock.instant());
            deployment.fail(DeploymentErrors.ofOutputs(error), clock.instant());
        }
    }

    /** What the template function {@code reference} reads. */
    private ObjectNode read(String id, String apiVersion) {
        var answer = calls.answer(request("GET", id, "api-version=" + apiVersion, ""));
        var body = Json.parse(answer.body());
        if (answer.status() != 200) {
            var error = body.path("error");
            throw new TemplateException(
                    error.path("code").asText(), error.path("message").asText());
        }
        return body;
    }

    private SimResponse call(String method, String uri) {
        var parsed = URI.create(uri);
        return calls.answer(request(method, parsed.getPath(), parsed.getRawQuery(), ""));
    }

    static SimRequest request(String method, String path, String query, String body) {
        return new SimRequest(method, path, query, Map.of(), body);
    }

    private String newId() {
        return estate.newIdentity().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    private static String statusName(int status) {
        return DeploymentErrors.statusName(status);
    }
}
