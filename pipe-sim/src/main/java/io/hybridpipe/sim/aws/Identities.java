// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.SimRequest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Who may call: access keys, roles, sessions. Thread-safe. */
final class Identities {

    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/,]+)/(\\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\\s*"
                    + "SignedHeaders=([^,]+),\\s*Signature=([0-9a-f]{64})");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** How far the date of a signature may be away, as all services say. */
    private static final Duration SKEW = Duration.ofMinutes(15);

    /** What the Authorization header claims. */
    record Claim(
            String accessKey,
            String date,
            String region,
            String service,
            List<String> signedHeaders,
            String signature) {
        String scope() {
            return date + "/" + region + "/" + service + "/aws4_request";
        }
    }

    /** Who a request turned out to come from; a session has a token and an end. */
    record Principal(String account, String arn, String userId, String secretKey, String token, Instant expires) {}

    /** A role and the accounts that may assume it. */
    record Role(String arn, Set<String> trusted) {}

    private final Map<String, Principal> byAccessKey = new ConcurrentHashMap<>();
    private final Map<String, Role> roles = new ConcurrentHashMap<>();
    private final Clock clock;
    private final Ids ids;

    Identities(Clock clock, Ids ids) {
        this.clock = clock;
        this.ids = ids;
    }

    void add(SimAws.Account account) {
        byAccessKey.put(
                account.accessKey(),
                new Principal(
                        account.id(),
                        "arn:aws:iam::" + account.id() + ":user/operator",
                        "AIDA" + account.id(),
                        account.secretKey(),
                        "",
                        Instant.MAX));
    }

    void add(Role role) {
        roles.put(role.arn(), role);
    }

    static Optional<Claim> claim(SimRequest request) {
        return request.header("Authorization")
                .map(AUTHORIZATION::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> new Claim(
                        matcher.group(1),
                        matcher.group(2),
                        matcher.group(3),
                        matcher.group(4),
                        List.of(matcher.group(5).split(";")),
                        matcher.group(6)));
    }

    /** The account behind an access key, without any check; empty if unknown. */
    String account(String accessKey) {
        return Optional.ofNullable(byAccessKey.get(accessKey))
                .map(Principal::account)
                .orElse("");
    }

    /** The caller of a signed request, or the refusal in the words of the service. */
    Principal authenticate(SimRequest request, Claim claim) {
        var dialect = Dialect.of(claim.service());
        var principal = byAccessKey.get(claim.accessKey());
        var token = request.header("X-Amz-Security-Token").orElse("");
        if (principal == null || !principal.token().equals(token)) {
            throw dialect.unknownKey();
        }
        var date = request.header("X-Amz-Date").orElse("");
        if (!date.startsWith(claim.date())
                || !Signature.of(request, claim, principal.secretKey()).equals(claim.signature())) {
            throw dialect.wrongSecret();
        }
        if (stale(date)) {
            throw dialect.stale(date);
        }
        if (!clock.instant().isBefore(principal.expires())) {
            throw dialect.expired();
        }
        return principal;
    }

    /** By the wall and not by the stand-in's clock, since that is what callers sign with. */
    private static boolean stale(String date) {
        try {
            var age = Duration.between(Instant.from(DATE.parse(date)), Instant.now());
            return age.abs().compareTo(SKEW) > 0;
        } catch (DateTimeException notADate) {
            return true;
        }
    }

    /** New session credentials and who they stand for. */
    record Session(String accessKey, Principal principal) {}

    Session assume(Principal caller, String roleArn, String sessionName, Duration duration) {
        var role = roles.get(roleArn);
        if (role == null || !role.trusted().contains(caller.account())) {
            throw AwsError.of(
                    "AccessDenied",
                    "User: %s is not authorized to perform: sts:AssumeRole on resource: %s",
                    caller.arn(),
                    roleArn);
        }
        var parts = roleArn.split(":", 6);
        var roleName = parts[5].substring(parts[5].indexOf('/') + 1);
        var accessKey = "ASIA" + ids.capitals(16);
        var principal = new Principal(
                parts[4],
                "arn:aws:sts::" + parts[4] + ":assumed-role/" + roleName + "/" + sessionName,
                "AROA" + ids.capitals(16) + ":" + sessionName,
                ids.capitals(40),
                "FwoG" + ids.capitals(120),
                clock.instant().plus(duration));
        byAccessKey.put(accessKey, principal);
        return new Session(accessKey, principal);
    }
}
