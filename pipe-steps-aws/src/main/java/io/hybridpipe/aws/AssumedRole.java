// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;

/**
 * Credentials of a role, fetched by AssumeRole without blocking, and renewed while the old ones still are good.
 *
 * <p>The SDK's own provider of this kind needs its blocking client, and so a blocking HTTP client. Whoever asks in a session's
 * last five minutes gets its credentials and has new ones fetched beside it; whoever asks later waits for them. Nobody starts
 * a second fetch while one is under way. One that fails is forgiven as long as the old credentials are good.
 *
 * <p>How long a session has left is counted from its request by the local clock alone, so a clock that goes wrong does not
 * matter; credentials that the service calls expired all the same are not used again. Thread-safe.
 */
final class AssumedRole implements IdentityProvider<AwsCredentialsIdentity>, ExecutionInterceptor {
    private static final Duration RENEW_BEFORE = Duration.ofMinutes(5);
    /** From one renewal to the next one, if it fails. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final AwsAccount from;
    private final RoleSession role;
    private final Clock clock;
    private @Nullable Fetched latest;
    private @Nullable CompletableFuture<Fetched> underWay;
    private Instant notBefore = Instant.MIN;

    AssumedRole(AwsAccount from, RoleSession role, Clock clock) {
        this.from = from;
        this.role = role;
        this.clock = clock;
    }

    /** What a fetch gave. */
    private record Fetched(AwsSessionCredentials credentials, Instant end) {}

    @Override
    public Class<AwsCredentialsIdentity> identityType() {
        return AwsCredentialsIdentity.class;
    }

    @Override
    public synchronized CompletableFuture<AwsSessionCredentials> resolveIdentity(ResolveIdentityRequest request) {
        Instant now = clock.instant();
        Fetched good = latest != null && now.isBefore(latest.end) ? latest : null;
        if (good != null) {
            if (!now.isBefore(good.end.minus(RENEW_BEFORE)) && !now.isBefore(notBefore)) {
                fetch();
            }
            return CompletableFuture.completedFuture(good.credentials);
        }
        // a dependent: the caller's cancel must not end a fetch that others wait for
        return fetch().thenApply(Fetched::credentials);
    }

    /** A call that was refused because its session has expired: the next one gets another session. */
    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        if (AwsFailures.saysExpired(context.exception())) {
            context.httpRequest()
                    .flatMap(signed -> signed.firstMatchingHeader("X-Amz-Security-Token"))
                    .ifPresent(this::forget);
        }
    }

    private synchronized void forget(String token) {
        // many calls may have been under way with the old session: theirs must not end the new one
        if (latest != null && latest.credentials.sessionToken().equals(token)) {
            latest = null;
        }
    }

    private synchronized CompletableFuture<Fetched> fetch() {
        CompletableFuture<Fetched> there = underWay;
        if (there != null) {
            return there;
        }
        notBefore = clock.instant().plus(PAUSE);
        // who waits is told after this handle knows, or a caller that asks again at once would get the same failure
        CompletableFuture<Fetched> asked = requestRole().whenComplete(this::end);
        underWay = asked.isDone() ? null : asked;
        return asked;
    }

    private synchronized void end(@Nullable Fetched fetched, @Nullable Throwable failure) {
        underWay = null;
        if (fetched != null) {
            latest = fetched;
        }
    }

    private CompletableFuture<Fetched> requestRole() {
        Instant end = clock.instant().plus(role.duration());
        return from.calls()
                .reading("AssumeRole " + role.roleArn(), () -> from.sts().assumeRole(role.toRequest()))
                .onErrorMap(AwsFailures.hasCode("AccessDenied"), this::toRefusal)
                .map(answer -> new Fetched(toCredentials(answer), end))
                .toFuture();
    }

    private StepFailure toRefusal(Throwable refused) {
        String withId = role.externalId().isPresent() ? " with this external id" : "";
        return StepFailure.of(
                FailureClass.PERMANENT,
                refused.getMessage() + " (" + from.alias()
                        + " needs the permission sts:AssumeRole, and the role's trust policy must admit it" + withId
                        + ")",
                refused);
    }

    private static AwsSessionCredentials toCredentials(AssumeRoleResponse response) {
        return AwsSessionCredentials.builder()
                .accessKeyId(response.credentials().accessKeyId())
                .secretAccessKey(response.credentials().secretAccessKey())
                .sessionToken(response.credentials().sessionToken())
                .expirationTime(response.credentials().expiration())
                .build();
    }
}
