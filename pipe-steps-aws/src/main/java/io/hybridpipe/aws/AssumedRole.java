// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;

/**
 * Credentials of a role, fetched by AssumeRole without blocking and kept until shortly before they expire.
 *
 * <p>The SDK's own provider of this kind needs its blocking client, and so a blocking HTTP client. Callers that come while
 * a fetch is under way share it; a failed one is forgotten. Thread-safe.
 */
final class AssumedRole implements IdentityProvider<AwsCredentialsIdentity> {
    private static final Duration RENEW_BEFORE = Duration.ofMinutes(5);

    private final AwsAccount from;
    private final String roleArn;
    private final String sessionName;
    private final Clock clock;
    private @Nullable CompletableFuture<AwsSessionCredentials> latest;

    AssumedRole(AwsAccount from, String roleArn, String sessionName, Clock clock) {
        this.from = from;
        this.roleArn = roleArn;
        this.sessionName = sessionName;
        this.clock = clock;
    }

    @Override
    public Class<AwsCredentialsIdentity> identityType() {
        return AwsCredentialsIdentity.class;
    }

    @Override
    public synchronized CompletableFuture<? extends AwsCredentialsIdentity> resolveIdentity(
            ResolveIdentityRequest request) {
        CompletableFuture<AwsSessionCredentials> current = latest;
        if (current == null || isSpent(current)) {
            current = requestRole();
            latest = current;
        }
        // a copy: the caller's cancel must not end a fetch that others wait for
        return current.copy();
    }

    private boolean isSpent(CompletableFuture<AwsSessionCredentials> fetch) {
        if (!fetch.isDone()) {
            return false;
        }
        return fetch.isCompletedExceptionally()
                || fetch.join()
                        .expirationTime()
                        .map(end -> clock.instant().isAfter(end.minus(RENEW_BEFORE)))
                        .orElse(true);
    }

    private CompletableFuture<AwsSessionCredentials> requestRole() {
        return from.calls()
                .reading("AssumeRole " + roleArn, () -> from.sts()
                        .assumeRole(r -> r.roleArn(roleArn).roleSessionName(sessionName)))
                .map(AssumedRole::toCredentials)
                .toFuture();
    }

    private static AwsSessionCredentials toCredentials(AssumeRoleResponse response) {
        Instant end = response.credentials().expiration();
        return AwsSessionCredentials.builder()
                .accessKeyId(response.credentials().accessKeyId())
                .secretAccessKey(response.credentials().secretAccessKey())
                .sessionToken(response.credentials().sessionToken())
                .expirationTime(end)
                .build();
    }
}
