// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.test.RecordingListener;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import software.amazon.awssdk.services.ec2.model.CreateVpcResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

@Timeout(180)
class AwsCallsTest {
    private static final String LIMIT = "Request limit exceeded.";

    private final TestContext context = TestContext.at("orders/step").withRunId("run-1");
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private TestAws aws;
    private AwsAccount account;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        account = aws.account().pacedBy(() -> time);
    }

    @AfterEach
    void stop() {
        account.close();
        aws.close();
    }

    @Test
    void nobodyWaitsBeforeAwsRefuses() {
        look(context).block(SOON);
        make(context).block(SOON);
        assertThat(context.waits()).isEmpty();
    }

    @Test
    void afterARefusalCallsWaitForTheirTurnAndSayWhy() {
        aws.faults().on("DescribeVpcs").error("RequestLimitExceeded", LIMIT);
        assertThatThrownBy(() -> look(context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.THROTTLED);
        assertThat(account.pace().perSecond()).isEqualTo(2);

        CompletableFuture<CreateVpcResponse> waiting = make(context).toFuture();
        assertThat(context.waits()).containsExactly("a turn to call account-a/eu-central-1");
        assertThat(aws.calls("CreateVpc")).isEmpty();
        assertThat(context.mutations()).isZero();
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(waiting.orTimeout(60, TimeUnit.SECONDS).join().vpc().cidrBlock())
                .isEqualTo("10.1.0.0/16");
    }

    @Test
    void aChangeThatIsRefusedAfterItsStepHasGoneSlowsDownAllTheSame() {
        CompletableFuture<CreateVpcResponse> answer = new CompletableFuture<>();
        account.calls(context).changing("CreateVpc", () -> answer).subscribe().dispose();
        assertThat(account.pace().perSecond()).isInfinite();
        answer.completeExceptionally(Ec2Exception.builder().statusCode(429).build());
        assertThat(account.pace().perSecond()).isEqualTo(2);
    }

    @Test
    void aStepThatIsToldToStopWhileItWaitsSendsNothingAndTakesNoTurn() {
        AwsAccount slow = account.requestsPerSecond(1);
        look(slow, context).block(SOON);
        Disposable change = make(slow, context).subscribe();
        CompletableFuture<DescribeVpcsResponse> next = look(slow, context).toFuture();
        change.dispose();
        assertThat(slow.pace().lanes()).isOne();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(slow.pace().lanes()).isZero();
        next.orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(aws.calls("CreateVpc")).isEmpty();
        slow.close();
    }

    @Test
    void eachPageTakesATurn() {
        List<String> asked = new ArrayList<>();
        Function<String, CompletableFuture<String>> page = token -> {
            asked.add(String.valueOf(token));
            return CompletableFuture.completedFuture(token == null ? "1" : token.equals("1") ? "2" : "");
        };
        AwsAccount slow = account.requestsPerSecond(1);
        CompletableFuture<List<String>> all = slow.calls(context)
                .readingAll("DescribeVpcs", page, token -> List.of("item before " + token), token -> token)
                .collectList()
                .toFuture();
        assertThat(asked).containsExactly("null");
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(asked).containsExactly("null", "1");
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(asked).containsExactly("null", "1", "2");
        assertThat(all.join()).hasSize(3);
        assertThat(context.waits()).hasSize(2);
    }

    @Test
    void copiesForTheSameAccountShareThePaceAndOthersDoNot() {
        aws.faults().on("DescribeVpcs").error("RequestLimitExceeded", LIMIT);
        assertThatThrownBy(() -> look(context).block(SOON)).isInstanceOf(RuntimeException.class);
        assertThat(account.named("other name").pace()).isSameAs(account.pace());
        assertThat(account.endpoint(aws.endpoint()).pace().perSecond()).isInfinite();
        AwsAccount role = account.requestsPerSecond(7).assumeRole("arn:aws:iam::444455556666:role/network", "fednet");
        assertThat(role.pace().perSecond()).isEqualTo(7);
        assertThat(account.pace().perSecond()).isEqualTo(2);
    }

    @Test
    void aServiceThatIsAlwaysDownSeesAsManyChangesAsTheEngineMakesAttempts() {
        assertThat(callsOf("CreateVpc", rule -> rule.status(503))).hasSize(3);
        assertThat(callsOf("CreateVpc", rule -> rule.error("ServiceUnavailable", "down")))
                .hasSize(3);
    }

    @Test
    void aServiceThatAlwaysRefusesSeesAsManyChangesAsTheEngineMakesAttempts() {
        assertThat(callsOf("CreateVpc", rule -> rule.error("RequestLimitExceeded", LIMIT)))
                .hasSize(3);
    }

    @Test
    void aServiceThatAlwaysRefusesSeesAPreflightsQuestionAsOftenAsTheEngineMakesAttempts() {
        assertThat(callsOf("GetCallerIdentity", rule -> rule.error("Throttling", "Rate exceeded")))
                .hasSize(3);
        assertThat(callsOf("GetCallerIdentity", rule -> rule.status(503))).hasSize(3);
    }

    /** The calls of one action that a run of one step makes, which then fails, when each of them meets the fault. */
    private List<Call> callsOf(String action, Function<Faults.Rule, Fault> fault) {
        HastyTime hasty = new HastyTime(10);
        // the hasty minute of a preflight is short for a client that is used for the first time
        aws.account().identity().block(SOON);
        aws.sim().calls().clear();
        Fault rule = fault.apply(aws.faults()
                .on(call -> call.action().equals(action) && (call.changing() || !action.equals("CreateVpc")))
                .always());
        RecordingListener events = new RecordingListener();
        try (AwsAccount handle = aws.newHandle().pacedBy(() -> hasty)) {
            RunReport report = Pipe.named("lone")
                    .step(
                            "vpc",
                            CreateVpc.in(handle).cidr(Cidr.of("10.1.0.0/16")).pollEvery(POLL),
                            options -> options.withMaxAttempts(3))
                    .build()
                    .start(
                            State.empty(),
                            RunOptions.ofDefaults().scheduler(hasty).listener(events))
                    .settled()
                    .block(SOON);
            assertThat(report.failure()).isPresent();
            assertThat(report.leftovers()).isEmpty();
        } finally {
            rule.remove();
        }
        assertThat(events.of(PipeEvent.StepRetrying.class).size()).isIn(0, 2);
        return aws.sim()
                .calls()
                .where(call -> call.action().equals(action) && (call.changing() || !action.equals("CreateVpc")));
    }

    private Mono<DescribeVpcsResponse> look(TestContext context) {
        return look(account, context);
    }

    private static Mono<DescribeVpcsResponse> look(AwsAccount account, TestContext context) {
        return account.calls(context)
                .reading("DescribeVpcs", () -> account.ec2().describeVpcs());
    }

    private Mono<CreateVpcResponse> make(TestContext context) {
        return make(account, context);
    }

    private static Mono<CreateVpcResponse> make(AwsAccount account, TestContext context) {
        return account.calls(context)
                .changing("CreateVpc", () -> account.ec2().createVpc(r -> r.cidrBlock("10.1.0.0/16")));
    }
}
