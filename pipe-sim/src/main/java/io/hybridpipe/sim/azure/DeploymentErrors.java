// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Deployment.Step;
import java.util.List;
import java.util.Map;

/** How a deployment reports what went wrong inside it: the answers that it got stand in the details as indented JSON text. */
final class DeploymentErrors {

    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\r\n");
    private static final ObjectMapper INDENTING = new ObjectMapper();
    private static final Map<Integer, String> STATUS_NAMES = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(201, "Created"),
            Map.entry(202, "Accepted"),
            Map.entry(400, "BadRequest"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "NotFound"),
            Map.entry(405, "MethodNotAllowed"),
            Map.entry(409, "Conflict"),
            Map.entry(412, "PreconditionFailed"),
            Map.entry(429, "TooManyRequests"),
            Map.entry(500, "InternalServerError"),
            Map.entry(503, "ServiceUnavailable"));

    private DeploymentErrors() {}

    /** The name of an HTTP status, as operations show it. */
    static String statusName(int status) {
        return STATUS_NAMES.getOrDefault(status, String.valueOf(status));
    }

    static ObjectNode of(String code, String message) {
        return Json.object().put("code", code).put("message", message);
    }

    /** The error of a deployment some of whose resources failed. */
    static ObjectNode of(List<Step> failed) {
        var error = of(
                "DeploymentFailed",
                "At least one resource deployment operation failed. Please list deployment operations for details. Please see"
                        + " https://aka.ms/arm-deployment-operations for usage details.");
        var details = error.putArray("details");
        for (var step : failed) {
            var message = step.statusMessage();
            details.add(of(step.statusCode(), message == null ? "" : indented(message)));
        }
        return error;
    }

    /** What is shown of a resource whose own operation failed, by what that operation's status said. */
    static ObjectNode ofOperation(ObjectNode status) {
        var error = of(
                "ResourceDeploymentFailure",
                "The resource operation completed with terminal provisioning state '%s'."
                        .formatted(status.path("status").asText()));
        if (status.get("error") instanceof ObjectNode inner) {
            error.putArray("details").add(inner);
        }
        return Json.object().put("status", status.path("status").asText()).set("error", error);
    }

    /** The error of a deployment that did all its work and then could not evaluate an output. */
    static ObjectNode ofOutputs(ObjectNode inner) {
        var error = of(
                "DeploymentOutputEvaluationFailed",
                "Unable to evaluate template outputs. Please see error details and deployment operations. Please see"
                        + " https://aka.ms/arm-common-errors for usage details.");
        error.putArray("details").add(inner);
        return error;
    }

    private static String indented(ObjectNode tree) {
        var printer = new DefaultPrettyPrinter(
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
        printer.indentObjectsWith(LINES);
        printer.indentArraysWith(LINES);
        try {
            return INDENTING.writer(printer).writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes cannot be written", e);
        }
    }
}
