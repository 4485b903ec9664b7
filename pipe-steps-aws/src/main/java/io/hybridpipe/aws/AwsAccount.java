// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.sts.StsAsyncClient;

/**
 * The handle of one AWS account in one region: credentials, endpoint, HTTP client, and the SDK's clients made of them.
 *
 * <p>The SDK's clients are made when they are first needed, and {@link #close()} closes them. The settings, each a copy, come
 * before the first use.
 *
 * <p><b>Who retries:</b> the engine alone, by class of failure: a step's attempts, twelve by default ({@link #stepOptions()}), and
 * a preflight's questions, four. The SDK's clients never do (they would send each request three times), since a lost answer may
 * hide a change that took effect, and since attempts multiply. A loop that waits forgives looks that fail in passing, for it looks
 * again anyway.
 *
 * <p><b>Pace:</b> all steps and runs that use this handle, or copies of it with another name or HTTP client, share one pace: their
 * {@linkplain #calls(StepContext) calls} take turns, round the runs, and within a run in the order in which they came. There is no
 * limit (or that of {@link #requestsPerSecond}) until AWS refuses a request ({@code RequestLimitExceeded}, {@code Throttling} and their
 * kin). Then the rate falls at once to 0.6 of what was sent in the last two seconds, though not below two requests a
 * second, and rises by a tenth of what was refused each second, so that after four seconds that is tried again; a minute without a refusal
 * ends it. What was under way when the rate fell does not lower it again. A {@code Retry-After} holds up the step that got it
 * as long as it says, everybody else for a minute at most. Handles of another region, with other credentials or another
 * endpoint, and those of {@link #assumeRole(RoleSession)}, begin with a pace of their own, under the same ceiling.
 *
 * <pre>{@code
 * AwsAccount accountA = AwsAccount.of("account-a", "eu-central-1").credentials(provider);
 * AwsAccount network = accountA.assumeRole("arn:aws:iam::111122223333:role/network", "fednet");
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class AwsAccount implements AutoCloseable {
    private static final StepOptions STEP_OPTIONS = StepOptions.ofDefaults()
            .withVisibility(Duration.ofSeconds(5))
            .withRetry(RetryPolicy.ofAll(
                            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(20), 12, Duration.ofMinutes(10)))
                    .with(
                            FailureClass.NOT_YET_VISIBLE,
                            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5), 8, Duration.ofMinutes(10))));

    private static final ResolveIdentityRequest RESOLVE =
            ResolveIdentityRequest.builder().build();

    private final Settings settings;
    private final Clients clients = new Clients();
    private final Supplier<SdkAsyncHttpClient> http;

    private AwsAccount(Settings settings) {
        this.settings = settings;
        Supplier<SdkAsyncHttpClient> given = settings.http;
        http = given != null
                ? given
                : clients.lazily(() -> NettyNioAsyncHttpClient.builder().build());
    }

    private record Settings(
            String alias,
            String region,
            IdentityProvider<? extends AwsCredentialsIdentity> credentials,
            @Nullable URI endpoint,
            @Nullable Supplier<SdkAsyncHttpClient> http,
            Pace pace) {
        Settings withAlias(String alias) {
            return new Settings(alias, region, credentials, endpoint, http, pace);
        }

        Settings withRegion(String region) {
            return new Settings(alias, region, credentials, endpoint, http, pace.afresh());
        }

        Settings withCredentials(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
            return new Settings(alias, region, provider, endpoint, http, pace.afresh());
        }

        Settings withEndpoint(URI endpoint) {
            return new Settings(alias, region, credentials, endpoint, http, pace.afresh());
        }

        Settings withHttp(Supplier<SdkAsyncHttpClient> http) {
            return new Settings(alias, region, credentials, endpoint, http, pace);
        }

        Settings withPace(Pace pace) {
            return new Settings(alias, region, credentials, endpoint, http, pace);
        }
    }

    /**
     * The handle of the account that the SDK's default chain of credentials belongs to (environment, profile, container or
     * instance role), at AWS's own endpoints.
     *
     * @param alias the account's name in messages and reports
     * @param region for instance {@code eu-central-1}
     */
    public static AwsAccount of(String alias, String region) {
        return new AwsAccount(new Settings(
                Objects.requireNonNull(alias, "alias"),
                Objects.requireNonNull(region, "region"),
                DefaultCredentialsProvider.builder().build(),
                null,
                null,
                Pace.unlimited()));
    }

    /** A handle that signs with these credentials; they are never closed here. */
    public AwsAccount credentials(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        return new AwsAccount(settings.withCredentials(provider));
    }

    /** A handle that sends every call, STS's too, to this address: a stand-in, a proxy, a private endpoint. */
    public AwsAccount endpoint(URI endpoint) {
        return new AwsAccount(settings.withEndpoint(endpoint));
    }

    /** A handle that sends through the caller's HTTP client, which is never closed here; defaults to a Netty client of its own. */
    public AwsAccount httpClient(SdkAsyncHttpClient client) {
        Objects.requireNonNull(client, "client");
        return new AwsAccount(settings.withHttp(() -> client));
    }

    /**
     * A handle that sends at most so many requests a second, at once no more than a quarter of that (one at least); defaults to no
     * limit before AWS refuses a request.
     *
     * <p>For a limit that is known beforehand. EC2 has one for each action, by account and region, of which all users of the account
     * have a share; DescribeHosts for instance may be called 20 times a second, or 100 times at once after a while without calls
     * ("Request throttling for the Amazon EC2 API").
     *
     * @throws IllegalArgumentException if it is not positive and finite
     */
    public AwsAccount requestsPerSecond(double most) {
        return new AwsAccount(settings.withPace(settings.pace.atMost(most)));
    }

    /**
     * A handle that acts in a role, as {@link #assumeRole(RoleSession)} says, by sessions of an hour each.
     *
     * @param roleArn the role
     * @param sessionName who acts, as CloudTrail shows it: 2 to 64 letters, digits and {@code _ = , . @ + -}
     */
    public AwsAccount assumeRole(String roleArn, String sessionName) {
        return assumeRole(RoleSession.of(roleArn, sessionName));
    }

    /**
     * A handle that acts in a role, of this account or another one.
     *
     * <p>The role's credentials are fetched when they are first needed. Calls of a session's last five minutes have them
     * renewed without waiting for that; a renewal that fails is tried again while they are good. A call that the service
     * refuses because its session has expired all the same, is {@code TRANSIENT}: the next attempt has new credentials. With
     * other credentials such a call is permanent.
     *
     * <p>It uses this handle's HTTP client and credentials: close this one last. Copies of it share the credentials. Roles may
     * be chained, by sessions of at most an hour. Needs {@code sts:AssumeRole}.
     *
     * @throws IllegalArgumentException if this handle acts in a role itself and the session is to last longer than an hour
     */
    public AwsAccount assumeRole(RoleSession session) {
        return assumeRole(session, Clock.systemUTC());
    }

    /** As {@link #assumeRole(RoleSession)}, with the time by which sessions end. */
    AwsAccount assumeRole(RoleSession session, Clock clock) {
        if (renewsCredentials() && session.duration().compareTo(RoleSession.LONGEST_CHAINED) > 0) {
            throw new IllegalArgumentException("a session of " + session.roleArn() + " cannot last "
                    + session.duration() + ": " + where() + " acts in a role itself, and then an hour is the most");
        }
        var role = new AssumedRole(this, session, clock);
        return new AwsAccount(settings.withCredentials(role).withHttp(http));
    }

    /** Whether the next call after one that was refused with expired credentials has others. */
    boolean renewsCredentials() {
        return settings.credentials instanceof AssumedRole;
    }

    /** A handle of the same account in another region, with clients of its own. */
    public AwsAccount region(String region) {
        return new AwsAccount(settings.withRegion(Objects.requireNonNull(region, "region")));
    }

    /** A handle with another name in messages and reports, for instance after {@link #assumeRole}. */
    public AwsAccount named(String alias) {
        return new AwsAccount(settings.withAlias(alias));
    }

    /**
     * The options that the steps ask for: a visibility window of five seconds; twelve attempts within ten minutes, the first
     * delay up to 500 ms and none over 20 s, so that an account that is being throttled is outlasted, in undo too; eight attempts,
     * none more than five seconds after the last one, for something that EC2 does not show yet.
     */
    public static StepOptions stepOptions() {
        return STEP_OPTIONS;
    }

    /** The account's name in messages and reports. */
    public String alias() {
        return settings.alias;
    }

    /** The region's name. */
    public String region() {
        return settings.region;
    }

    /** Account and region as messages say them: {@code account-a/eu-central-1}. */
    public String where() {
        return settings.alias + "/" + settings.region;
    }

    /** For messages: where calls go when it is not AWS itself. */
    String toEndpoint() {
        return settings.endpoint == null ? "" : " to " + settings.endpoint;
    }

    /** A handle whose pace goes by another time than that of {@code Schedulers.parallel()}. */
    AwsAccount pacedBy(Supplier<Scheduler> time) {
        return new AwsAccount(settings.withPace(settings.pace.by(time)));
    }

    /** When the next request may be sent. */
    Pace pace() {
        return settings.pace;
    }

    /** The EC2 client. */
    public Ec2AsyncClient ec2() {
        return clients.get("ec2", () -> build(Ec2AsyncClient.builder()));
    }

    /** The CloudFormation client. */
    public CloudFormationAsyncClient cloudFormation() {
        return clients.get("cloudformation", () -> build(CloudFormationAsyncClient.builder()));
    }

    /** The STS client. */
    public StsAsyncClient sts() {
        return clients.get("sts", () -> build(StsAsyncClient.builder()));
    }

    /** The client of the Systems Manager, which keeps parameters. */
    public SsmAsyncClient ssm() {
        return clients.get("ssm", () -> build(SsmAsyncClient.builder()));
    }

    /** The calls of a step to this account. */
    public AwsCalls calls(StepContext context) {
        return new AwsCalls(this, Objects.requireNonNull(context, "context"));
    }

    /** Calls to this account from outside of every run, as in a sweep. */
    public AwsCalls calls() {
        return new AwsCalls(this, null);
    }

    /**
     * Asks STS whose credentials these are; needs no permission.
     *
     * <p>The steps' preflight: fails with one clear line when there are none, when they have expired or are unknown.
     */
    public Mono<CallerIdentity> identity() {
        return identity(calls());
    }

    /** As {@link #identity()}, as one of these calls. */
    public Mono<CallerIdentity> identity(AwsCalls calls) {
        return calls.reading("GetCallerIdentity", () -> sts().getCallerIdentity())
                .map(answer -> new CallerIdentity(answer.account(), answer.arn()));
    }

    /**
     * Completes when there are credentials: the SDK's asynchronous clients wait for them on the thread that calls.
     *
     * <p>Providers other than ours may block in {@code resolveIdentity}, as the SDK's default chain does when it reads a file or asks
     * an instance's metadata. What they found they keep, so that the client finds it at once.
     */
    Mono<Void> readyToSign() {
        if (settings.credentials instanceof StaticCredentialsProvider) {
            return Mono.empty();
        }
        // others may wait for the same future: a cancel must not reach it
        Mono<Void> ready = Mono.fromFuture(() -> settings.credentials.resolveIdentity(RESOLVE), true)
                .then();
        return renewsCredentials() ? ready : ready.subscribeOn(Schedulers.boundedElastic());
    }

    /** A resource of this account, with the command that shows it: {@code aws}, the arguments, and the region. */
    public Resource resource(String kind, String id, String arguments) {
        return Resource.of(kind, id, where()).withShow("aws " + arguments + " --region " + settings.region);
    }

    private <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C build(B builder) {
        builder.region(Region.of(settings.region))
                .credentialsProvider(settings.credentials)
                .httpClient(http.get())
                .overrideConfiguration(config -> {
                    config.retryStrategy(AwsRetryStrategy.doNotRetry());
                    if (settings.credentials instanceof AssumedRole role) {
                        config.addExecutionInterceptor(role);
                    }
                });
        if (settings.endpoint != null) {
            builder.endpointOverride(settings.endpoint);
        }
        return builder.build();
    }

    /** Closes the SDK clients that this handle made; what the caller gave stays open. */
    @Override
    public void close() {
        clients.close();
    }

    @Override
    public String toString() {
        return where();
    }
}
