// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.retry.FailureClass.NOT_YET_VISIBLE;
import static io.hybridpipe.retry.FailureClass.PERMANENT;
import static io.hybridpipe.retry.FailureClass.THROTTLED;
import static io.hybridpipe.retry.FailureClass.TRANSIENT;
import static io.hybridpipe.retry.FailureClass.UNKNOWN_OUTCOME;
import static java.util.Map.entry;

import io.hybridpipe.retry.FailureClass;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What AWS's error codes mean: to the engine as a class, to people as a hint.
 *
 * <p>The codes are those of "Error codes for the Amazon EC2 API" and of the CloudFormation, STS and SSM references. A code that is
 * not listed and no server error is {@link FailureClass#PERMANENT}: the same request would be refused again. So are all that say
 * that a value is wrong ({@code InvalidParameterValue}, {@code InvalidVpc.Range}), taken ({@code InvalidSubnet.Conflict}, {@code
 * InvalidGroup.Duplicate}, {@code InvalidIPAddress.InUse}) or beyond a quota ({@code VpcLimitExceeded}).
 */
final class ErrorCodes {
    private static final Pattern QUOTA = Pattern.compile(".*LimitExceeded(Exception)?");
    private static final String UNKNOWN_KEYS = "AWS does not know these credentials";
    private static final String NO_PERMISSION = "the credentials lack the permission";

    private static final Map<String, FailureClass> CLASSES = Map.ofEntries(
            entry("RequestLimitExceeded", THROTTLED),
            entry("Throttling", THROTTLED),
            entry("ThrottlingException", THROTTLED),
            entry("ThrottledException", THROTTLED),
            entry("RequestThrottled", THROTTLED),
            entry("RequestThrottledException", THROTTLED),
            entry("TooManyRequestsException", THROTTLED),
            entry("BandwidthLimitExceeded", THROTTLED),
            entry("ProvisionedThroughputExceededException", THROTTLED),
            entry("SlowDown", THROTTLED),
            entry("EC2ThrottledException", THROTTLED),
            entry("ServiceUnavailable", TRANSIENT),
            entry("Unavailable", TRANSIENT),
            // what uses it is on its way out, as in an undo; what stays is told when the attempts are used up
            entry("DependencyViolation", TRANSIENT),
            entry("IncorrectState", TRANSIENT),
            entry("IncorrectInstanceState", TRANSIENT),
            // two steps mark the same thing at once
            entry("ConcurrentTagAccess", TRANSIENT),
            entry("OperationInProgressException", TRANSIENT),
            entry("TooManyUpdates", TRANSIENT),
            entry("InsufficientAddressCapacity", TRANSIENT),
            entry("InsufficientCapacity", TRANSIENT),
            entry("InsufficientHostCapacity", TRANSIENT),
            entry("InsufficientInstanceCapacity", TRANSIENT),
            entry("RequestTimeout", UNKNOWN_OUTCOME),
            entry("RequestTimeoutException", UNKNOWN_OUTCOME),
            // names that end as if something was not visible yet, but that waiting does not mend
            entry("InvalidAMIID.NotFound", PERMANENT),
            entry("InvalidKeyPair.NotFound", PERMANENT),
            entry("InvalidZone.NotFound", PERMANENT));

    private static final Map<String, String> HINTS = Map.ofEntries(
            entry("AuthFailure", UNKNOWN_KEYS),
            entry("InvalidClientTokenId", UNKNOWN_KEYS),
            entry("UnrecognizedClientException", UNKNOWN_KEYS),
            entry("SignatureDoesNotMatch", "the secret key does not belong to the key id"),
            entry("UnauthorizedOperation", NO_PERMISSION),
            entry("AccessDenied", NO_PERMISSION),
            entry("AccessDeniedException", NO_PERMISSION),
            entry(
                    "OptInRequired",
                    "the account has not signed up for this; for a Marketplace product, accept its terms"),
            entry("PendingVerification", "AWS is still verifying the account"),
            entry("Blocked", "AWS has blocked the account, ask its support"),
            entry("DependencyViolation", "something still uses it"),
            entry("IdempotentParameterMismatch", "the client token came with other parameters before"),
            entry("InvalidAMIID.NotFound", "an image's id holds in one region only"),
            entry("InvalidKeyPair.NotFound", "a key pair is in one region only"),
            entry("InsufficientFreeAddressesInSubnet", "all addresses of the subnet are taken"),
            entry("InsufficientInstanceCapacity", "the zone has no room for this instance type right now"),
            entry("TagLimitExceeded", "it has as many tags as it may"));

    private ErrorCodes() {}

    /**
     * The class of an answer.
     *
     * @param code the error code
     * @param status the HTTP status
     * @param onTheWay the class of a call of which it is not known whether it took effect
     */
    static FailureClass toClass(String code, int status, FailureClass onTheWay) {
        FailureClass listed = CLASSES.get(code);
        if (listed != null) {
            return listed == UNKNOWN_OUTCOME ? onTheWay : listed;
        }
        if (code.endsWith(".NotFound")) {
            return NOT_YET_VISIBLE;
        }
        if (status == 429) {
            return THROTTLED;
        }
        return status >= 500 ? onTheWay : PERMANENT;
    }

    /** What the code says to people, where it does not say it itself. */
    static Optional<String> toHint(String code) {
        boolean quota = QUOTA.matcher(code).matches() && !CLASSES.containsKey(code);
        return Optional.ofNullable(HINTS.get(code))
                .or(() -> Optional.of("a quota is used up, ask AWS for a larger one (Service Quotas)")
                        .filter(hint -> quota));
    }
}
