// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The Security Token Service: who am I, and becoming somebody else for a while. */
final class StsActions {

    static final Set<String> NAMES = Set.of("GetCallerIdentity", "AssumeRole");

    private StsActions() {}

    /** An action that needs to know its caller. */
    @FunctionalInterface
    interface ForCaller {
        void run(Identities.Principal caller, Params params, Xml answer);
    }

    static Map<String, ForCaller> of(Identities identities) {
        return Map.of(
                "GetCallerIdentity",
                (caller, params, answer) -> answer.put("Arn", caller.arn())
                        .put("UserId", caller.userId())
                        .put("Account", caller.account()),
                "AssumeRole",
                (caller, params, answer) -> assumeRole(identities, caller, params, answer));
    }

    private static void assumeRole(Identities identities, Identities.Principal caller, Params params, Xml answer) {
        var seconds = params.number("DurationSeconds").orElse(3600);
        if (seconds < 900 || seconds > 43200) {
            throw AwsError.of(
                    "ValidationError",
                    "1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: Member must"
                            + " have value between 900 and 43200",
                    seconds);
        }
        var name = params.get("RoleSessionName");
        if (!name.matches("[\\w+=,.@-]{2,64}")) {
            throw AwsError.of(
                    "ValidationError",
                    "1 validation error detected: Value '%s' at 'roleSessionName' failed to satisfy constraint: Member must"
                            + " satisfy regular expression pattern: [\\w+=,.@-]*",
                    name);
        }
        if (!caller.token().isEmpty() && seconds > 3600) {
            throw AwsError.of(
                    "ValidationError",
                    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
        }
        var session = identities.assume(caller, params.get("RoleArn"), name, Duration.ofSeconds(seconds));
        var principal = session.principal();
        answer.in("Credentials", xml -> xml.put("AccessKeyId", session.accessKey())
                .put("SecretAccessKey", principal.secretKey())
                .put("SessionToken", principal.token())
                .put("Expiration", principal.expires()));
        answer.in("AssumedRoleUser", xml -> xml.put("AssumedRoleId", principal.userId())
                .put("Arn", principal.arn()));
    }
}
