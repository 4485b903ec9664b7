// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The reasons that the events of stacks give, in the words of the service. */
final class Reasons {

    private Reasons() {}

    /** A refusal by the service that a resource belongs to, as the resource handlers of CloudFormation word it. */
    static String ofHandler(Region region, String type, AwsError e) {
        if (e.code().equals("InvalidRequest") || e.code().equals("ValidationError")) {
            return e.text();
        }
        if (e.code().equals("NotStabilized") || e.code().equals("InternalFailure")) {
            return "Resource handler returned message: \"%s\" (RequestToken: %s, HandlerErrorCode: %s)"
                    .formatted(e.text(), region.ids.uuid(), e.code());
        }
        return ("Resource handler returned message: \"%s (Service: %s, Status Code: %d, Request ID: %s) (SDK Attempt"
                        + " Count: 1)\" (RequestToken: %s, HandlerErrorCode: %s)")
                .formatted(
                        e.text(),
                        type.startsWith("AWS::SSM") ? "Ssm" : "Ec2",
                        AwsError.status(e.code()),
                        region.ids.uuid(),
                        region.ids.uuid(),
                        handlerCode(e.code()));
    }

    private static String handlerCode(String code) {
        if (code.endsWith("NotFound")) {
            return "NotFound";
        }
        if (code.endsWith(".Duplicate") || code.endsWith("AlreadyExists")) {
            return "AlreadyExists";
        }
        return code.endsWith("LimitExceeded") ? "ServiceLimitExceeded" : "InvalidRequest";
    }

    /** Names those that failed, by what failed: the reason of the stack itself. */
    static String whichFailed(Collection<Stack.Resource> resources) {
        return whichFailed("create", resources, resource -> resource.status.startsWith("CREATE"))
                + whichFailed("update", resources, resource -> resource.status.startsWith("UPDATE"))
                + whichFailed("delete", resources, resource -> resource.status.startsWith("DELETE"));
    }

    private static String whichFailed(
            String what, Collection<Stack.Resource> resources, Predicate<Stack.Resource> which) {
        var names = resources.stream()
                .filter(which)
                .map(resource -> resource.logicalId)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : "The following resource(s) failed to " + what + ": [" + names + "]. ";
    }
}
