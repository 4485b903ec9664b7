// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Input;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Sessions by a stand-in whose time stands still until the test moves it. */
@Timeout(180)
class AssumedRoleTest {
    private static final String A = "111122223333";
    private static final String B = "444455556666";
    private static final RoleSession NETWORK = RoleSession.of("arn:aws:iam::" + B + ":role/network", "fednet");

    private final SimClock clock = SimClock.manual(Instant.now());
    private TestAws aws;
    private AssumedRole role;

    @BeforeEach
    void start() {
        aws = TestAws.start(settings -> settings.clock(clock)
                .account(A, "AKIATEST000000000001", "canary-of-" + A)
                .account(B, "AKIATEST000000000004", "canary-of-" + B)
                .role(B, "network", A)
                .role(A, "back", B));
        role = new AssumedRole(aws.account(), NETWORK, clock);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void aSessionIsKeptUntilItsLastFiveMinutesAndThenRenewedBesideTheCalls() {
        AwsCredentialsIdentity first = resolve();
        clock.advance(Duration.ofMinutes(54));
        assertThat(resolve()).isEqualTo(first);
        assertThat(aws.calls("AssumeRole")).hasSize(1);

        clock.advance(Duration.ofMinutes(2));
        Fault held = aws.faults().on("AssumeRole").holdBefore();
        assertThat(resolve()).as("nobody waits for the renewal").isEqualTo(first);
        held.reached().orTimeout(60, SECONDS).join();
        assertThat(resolve()).isEqualTo(first);
        held.release();
        untilResolvedToAnotherThan(first);
        assertThat(aws.calls("AssumeRole")).hasSize(2);
    }

    @Test
    void manyCallsThatComeAtOnceShareOneFetch() {
        Fault held = aws.faults().on("AssumeRole").holdAfter();
        List<CompletableFuture<AwsSessionCredentials>> all =
                IntStream.range(0, 50).mapToObj(i -> ask()).toList();
        held.reached().orTimeout(60, SECONDS).join();
        all.get(0).cancel(true);
        held.release();
        assertThat(all.subList(1, 50).stream().map(AssumedRoleTest::join).distinct())
                .hasSize(1);
        clock.advance(Duration.ofHours(2));
        assertThat(IntStream.range(0, 50).mapToObj(i -> ask()).toList().stream()
                        .map(AssumedRoleTest::join)
                        .distinct())
                .hasSize(1);
        assertThat(aws.calls("AssumeRole")).hasSize(2);
    }

    @Test
    void aRenewalThatFailsIsForgivenUntilTheOldSessionEnds() {
        AwsCredentialsIdentity first = resolve();
        aws.faults().on("AssumeRole").always().status(503);
        clock.advance(Duration.ofMinutes(56));
        assertThat(resolve()).isEqualTo(first);
        untilCalls("AssumeRole", 2);
        clock.advance(Duration.ofSeconds(29));
        IntStream.range(0, 20).forEach(i -> assertThat(resolve()).isEqualTo(first));
        assertThat(aws.calls("AssumeRole")).as("no burst").hasSize(2);

        clock.advance(Duration.ofMinutes(1));
        assertThat(resolve()).isEqualTo(first);
        untilCalls("AssumeRole", 3);
        clock.advance(Duration.ofMinutes(4));
        assertThatThrownBy(this::resolve)
                .hasMessageContaining("AssumeRole " + NETWORK.roleArn() + " in account-a/eu-central-1: HTTP 503")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        aws.faults().clear();
        assertThat(resolve()).isNotEqualTo(first);
    }

    @Test
    void whileARoleIsBeingAssumedTheCallingThreadIsFree() {
        Fault held = aws.faults().on("AssumeRole").holdAfter();
        Scheduler caller = Schedulers.newSingle("caller");
        try (AwsAccount network = aws.account().assumeRole(NETWORK, clock)) {
            CompletableFuture<CallerIdentity> identity =
                    network.identity().subscribeOn(caller).toFuture();
            held.reached().orTimeout(60, SECONDS).join();

            assertThat(Mono.fromCallable(() -> "free").subscribeOn(caller).block(SOON))
                    .isEqualTo("free");
            assertThat(aws.calls("GetCallerIdentity")).isEmpty();
            held.release();
            assertThat(identity.orTimeout(60, SECONDS).join().account()).isEqualTo(B);
        } finally {
            held.release();
            caller.dispose();
        }
    }

    @Test
    void aCallThatIsCancelledWhileARoleIsBeingAssumedIsNotSentAndOthersGetTheRole() {
        Fault held = aws.faults().on("AssumeRole").holdAfter();
        try (AwsAccount network = aws.account().assumeRole(NETWORK, clock)) {
            Disposable cancelled = network.identity().subscribe();
            CompletableFuture<CallerIdentity> other = network.identity().toFuture();
            held.reached().orTimeout(60, SECONDS).join();
            cancelled.dispose();
            held.release();

            assertThat(other.orTimeout(60, SECONDS).join().account()).isEqualTo(B);
        }
        assertThat(aws.calls("GetCallerIdentity")).hasSize(1);
        assertThat(aws.calls("AssumeRole")).hasSize(1);
    }

    @Test
    void aFetchThatFailedIsForgotten() {
        aws.faults().on("AssumeRole").error("AccessDenied", "not yet");
        assertThatThrownBy(this::resolve).isInstanceOf(CompletionException.class);
        assertThat(resolve().accessKeyId()).startsWith("ASIA");
    }

    @Test
    void aRunLivesLongerThanItsSession() {
        try (AwsAccount network = aws.account().assumeRole(NETWORK.withDuration(Duration.ofMinutes(15)), clock)) {
            RunReport report = runOverThreeHours(network);
            assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
            assertThat(report.failure()).isEmpty();
        }
        assertThat(aws.sim().inventory(B, TestAws.REGION).ids("vpc")).hasSize(3);
        assertThat(aws.calls("AssumeRole")).hasSize(3);
        assertThat(aws.calls("CreateVpc")).as("with the dry runs").hasSize(6);
    }

    @Test
    void aSessionThatEndsUnexpectedlyIsFetchedAnewByTheNextAttempt() {
        // this handle's clock does not move: it believes in its session for ever
        Clock still = Clock.fixed(clock.instant(), clock.getZone());
        try (AwsAccount network = aws.account().assumeRole(NETWORK, still)) {
            assertThat(runOverThreeHours(network).outcome()).isEqualTo(RunReport.Outcome.DONE);
        }
        assertThat(aws.sim().inventory(B, TestAws.REGION).ids("vpc")).hasSize(3);
        assertThat(aws.calls("AssumeRole")).hasSize(3);
    }

    /** Makes a VPC, lets an hour and a half go by, makes a VPC, ... */
    private RunReport runOverThreeHours(AwsAccount account) {
        Pipe pipe = Pipe.named("long")
                .step("first", CreateVpc.in(account).cidr(Cidr.of("10.1.0.0/16")))
                .step("lunch", Step.using(Input.value(Duration.ofMinutes(90)), clock::advance))
                .step("second", CreateVpc.in(account).cidr(Cidr.of("10.2.0.0/16")))
                .step("supper", Step.using(Input.value(Duration.ofMinutes(90)), clock::advance))
                .step("third", CreateVpc.in(account).cidr(Cidr.of("10.3.0.0/16")))
                .build();
        return pipe.start(State.empty(), RunOptions.ofDefaults()).settled().block(SOON);
    }

    @Test
    void manyCallsOfAnExpiredSessionLeadToOneOther() {
        Clock still = Clock.fixed(clock.instant(), clock.getZone());
        try (AwsAccount network = aws.account().assumeRole(NETWORK, still)) {
            network.identity().block(SOON);
            clock.advance(Duration.ofHours(2));
            Fault held = aws.faults().on("GetCallerIdentity").holdAfter();
            CompletableFuture<CallerIdentity> late = network.identity().toFuture();
            held.reached().orTimeout(60, SECONDS).join();
            assertThatThrownBy(() -> network.identity().block(SOON))
                    .hasMessageStartingWith("GetCallerIdentity in account-a/eu-central-1: the role's session has"
                            + " expired, the next attempt has another one: ExpiredToken")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.TRANSIENT);
            assertThat(network.identity().block(SOON).account()).isEqualTo(B);
            held.release();
            assertThatThrownBy(() -> late.orTimeout(60, SECONDS).join()).hasMessageContaining("ExpiredToken");
            assertThat(network.identity().block(SOON).account()).isEqualTo(B);
        }
        assertThat(aws.calls("AssumeRole")).hasSize(2);
    }

    @Test
    void expiredCredentialsThatNobodyRenewsArePermanent() {
        Credentials fixed =
                aws.account().sts().assumeRole(NETWORK.toRequest()).join().credentials();
        clock.advance(Duration.ofHours(2));
        try (AwsAccount expired = aws.account()
                .credentials(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                        fixed.accessKeyId(), fixed.secretAccessKey(), fixed.sessionToken())))) {
            assertThatThrownBy(() -> expired.identity().block(SOON))
                    .hasMessageStartingWith("GetCallerIdentity in account-a/eu-central-1: the credentials have expired,"
                            + " renew them: ExpiredToken")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
    }

    @Test
    void aClockThatIsHoursAheadDoesNotMatter() {
        Clock ahead = Clock.offset(clock, Duration.ofHours(5));
        role = new AssumedRole(aws.account(), NETWORK, ahead);
        assertThat(resolve()).isEqualTo(resolve());
        assertThat(aws.calls("AssumeRole")).hasSize(1);
    }

    @Test
    void rolesAreChainedAndEachIsRenewed() {
        AwsAccount network = aws.account().assumeRole(NETWORK, clock);
        try (AwsAccount back =
                network.assumeRole(RoleSession.of("arn:aws:iam::" + A + ":role/back", "fednet"), clock)) {
            assertThat(back.identity().block(SOON).arn()).isEqualTo("arn:aws:sts::" + A + ":assumed-role/back/fednet");
            clock.advance(Duration.ofHours(3));
            assertThat(back.identity().block(SOON).account()).isEqualTo(A);
        }
        network.close();
        assertThat(aws.calls("AssumeRole")).hasSize(4);
    }

    @Test
    void aChainedRoleThatShallLastLongerThanAnHourIsRefusedAtOnce() {
        try (AwsAccount network = aws.account().assumeRole(NETWORK.withDuration(Duration.ofHours(12)))) {
            assertThatThrownBy(() -> network.assumeRole(NETWORK.withDuration(Duration.ofHours(2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a session of " + NETWORK.roleArn()
                            + " cannot last PT2H: account-a/eu-central-1 acts in a role itself, and then an hour is the"
                            + " most");
        }
    }

    @Test
    void oneSessionServesAllRegions() {
        try (AwsAccount here = aws.account().assumeRole(NETWORK, clock).named("network");
                AwsAccount there = here.region("us-east-1")) {
            assertThat(there).hasToString("network/us-east-1");
            here.ec2().createVpc(r -> r.cidrBlock("10.1.0.0/16")).join();
            there.ec2().createVpc(r -> r.cidrBlock("10.2.0.0/16")).join();
        }
        assertThat(aws.sim().inventory(B, TestAws.REGION).ids("vpc")).hasSize(1);
        assertThat(aws.sim().inventory(B, "us-east-1").ids("vpc")).hasSize(1);
        assertThat(aws.calls("AssumeRole")).hasSize(1);
    }

    @Test
    void aRoleThatMayNotBeAssumedRefusesTheRunAndSaysWhatItTakes() {
        RoleSession other =
                RoleSession.of("arn:aws:iam::" + B + ":role/other", "fednet").withExternalId("of-our-customer");
        try (AwsAccount denied = aws.account().assumeRole(other)) {
            RunReport report = Pipe.named("p")
                    .step("vpc", CreateVpc.in(denied).cidr(Cidr.of("10.1.0.0/16")))
                    .build()
                    .start(State.empty(), RunOptions.ofDefaults())
                    .settled()
                    .block(SOON);
            assertThat(report.outcome()).isEqualTo(RunReport.Outcome.REFUSED);
            assertThat(report.failure().orElseThrow().message())
                    .contains("AssumeRole arn:aws:iam::444455556666:role/other in account-a/eu-central-1: the"
                            + " credentials lack the permission: AccessDenied: ")
                    .endsWith(
                            "(account-a needs the permission sts:AssumeRole, and the role's trust policy must admit it"
                                    + " with this external id)")
                    .doesNotContain("canary", "of-our-customer");
        }
    }

    @Test
    void aRequestSaysDurationExternalIdTagsAndPolicy() {
        AssumeRoleRequest request = NETWORK.withDuration(Duration.ofHours(2))
                .withExternalId("e-1")
                .withTag("team", "network")
                .withPolicy("{}")
                .toRequest();
        assertThat(request.durationSeconds()).isEqualTo(7200);
        assertThat(request.externalId()).isEqualTo("e-1");
        assertThat(request.tags()).singleElement().satisfies(tag -> assertThat(tag.key() + "=" + tag.value())
                .isEqualTo("team=network"));
        assertThat(request.policy()).isEqualTo("{}");
        AssumeRoleRequest plain = NETWORK.toRequest();
        assertThat(plain.durationSeconds()).isEqualTo(3600);
        assertThat(plain.hasTags()).isFalse();
        assertThat(plain.externalId()).isNull();
    }

    @Test
    void whatStsWouldRefuseIsRefusedAtOnce() {
        assertThatThrownBy(() -> NETWORK.withDuration(Duration.ofMinutes(14)))
                .hasMessage("session duration is PT14M, it must be from 15 minutes to 12 hours");
        assertThatThrownBy(() -> NETWORK.withDuration(Duration.ofHours(13)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RoleSession.of("network", "fednet"))
                .hasMessageStartingWith("'network' is not a role's ARN");
        assertThatThrownBy(() -> RoleSession.of(NETWORK.roleArn(), "a run"))
                .hasMessageStartingWith("session name 'a run' must have 2 to 64 characters");
    }

    /** What was asked for beside the calls comes at its own time. */
    private void untilResolvedToAnotherThan(AwsCredentialsIdentity old) {
        Looks.until(
                        Mono.fromCallable(this::resolve)
                                .subscribeOn(Schedulers.boundedElastic())
                                .filter(now -> !now.equals(old)),
                        TestAws.POLL,
                        SOON,
                        Mono::empty)
                .blockOptional()
                .orElseThrow();
    }

    private void untilCalls(String action, int count) {
        Mono<Integer> calls = Mono.fromRunnable(this::resolve)
                .subscribeOn(Schedulers.boundedElastic())
                .then(Mono.fromCallable(() -> aws.calls(action).size()));
        Looks.until(calls.filter(size -> size == count), TestAws.POLL, SOON, Mono::empty)
                .blockOptional()
                .orElseThrow();
    }

    private CompletableFuture<AwsSessionCredentials> ask() {
        return role.resolveIdentity(ResolveIdentityRequest.builder().build());
    }

    private AwsCredentialsIdentity resolve() {
        return join(ask());
    }

    private static AwsCredentialsIdentity join(CompletableFuture<AwsSessionCredentials> asked) {
        return asked.orTimeout(60, SECONDS).join();
    }
}
