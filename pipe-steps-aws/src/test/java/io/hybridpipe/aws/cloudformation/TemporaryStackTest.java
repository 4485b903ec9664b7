// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Owner;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.cloudformation.model.Tag;

class TemporaryStackTest {
    private static final Key<String> KEY_NAME = Key.of("key-name", String.class);
    private static final String TEMPLATE = """
            Resources: {Key: {Type: AWS::EC2::KeyPair, Properties: {KeyName: bootstrap, KeyType: ed25519}}}
            Outputs: {KeyName: {Value: !Ref Key}}
            """;

    private final TestContext context = TestContext.at("fednet/bootstrap").withRunId("run-1");
    private TestAws aws;
    private TemporaryStack scope;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        scope = TemporaryStack.in(aws.account())
                .named("orders-bootstrap")
                .template(TEMPLATE)
                .output("KeyName", KEY_NAME)
                .expiry(Duration.ofMinutes(40))
                .pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void theStackIsThereInsideAndGoneAfterwards() {
        AtomicReference<Set<String>> inside = new AtomicReference<>();
        RunReport report =
                settle(Step.using(KEY_NAME, name -> inside.set(aws.inventory().ids("stack"))));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(inside.get()).containsExactly("orders-bootstrap");
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void theStackIsGoneWhenTheWorkInsideFails() {
        RunReport report = settle(Step.using(KEY_NAME, name -> {
            throw new IllegalStateException("no luck with " + name);
        }));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(report.failure().orElseThrow().message()).contains("no luck with bootstrap");
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void theStackIsGoneWhenTheRunIsCancelledWhileItOpens() {
        Fault held = aws.faults().on("CreateStack").holdAfter();
        Run run = pipe(Step.using(KEY_NAME, name -> {}))
                .start(State.empty(), RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        held.reached().orTimeout(60, SECONDS).join();
        run.cancel("enough");
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void aLostAnswerToTheDeletionDoesNotLeaveIt() {
        aws.faults().on("DeleteStack").dropAfter();
        assertThat(settle(Step.using(KEY_NAME, name -> {})).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void aTagSaysUntilWhenItIsWanted() {
        Instant start = Instant.now();
        scope.open(State.empty(), context).block(SOON);
        Owner owner = new Owner(aws
                .account()
                .cloudFormation()
                .describeStacks(r -> r.stackName("orders-bootstrap"))
                .join()
                .stacks()
                .get(0)
                .tags()
                .stream()
                .collect(Collectors.toMap(t -> t.key(), t -> t.value())));
        assertThat(owner.expires().orElseThrow())
                .isBetween(start.plus(Duration.ofMinutes(40)), Instant.now().plus(Duration.ofMinutes(40)));
        assertThat(owner).hasToString("made by fednet/bootstrap of run run-1");
    }

    @Test
    void anExpiryThatLeavesNoTimeForWorkIsRefused() {
        assertThatThrownBy(() -> scope.expiry(Duration.ofMinutes(30)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expiry is PT30M, it must be longer than PT30M, which is kept for the close");
    }

    @Test
    void closeMayBeCalledAgainAndOpenAfterIt() {
        scope.open(State.empty(), context).block(SOON);
        assertThat(scope.reconcile(State.empty(), context).block(SOON))
                .isEqualTo(Found.done(Outputs.of(KEY_NAME, "bootstrap")));
        scope.close(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        scope.close(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(aws.inventory().isEmpty()).isTrue();
        scope.open(State.empty(), context.withNextToken()).block(SOON);
        assertThat(aws.inventory().ids("stack")).containsExactly("orders-bootstrap");
    }

    @Test
    void whatADeadRunLeftIsSweptWhenItHasExpiredAndNothingElse() {
        scope.open(State.empty(), context).block(SOON);
        DeployStack.in(aws.account())
                .named("orders-vpc")
                .template(TEMPLATE.replace("bootstrap", "vpc"))
                .pollEvery(POLL)
                .run(State.empty(), TestContext.at("fednet/vpc"))
                .block(SOON);
        create("by-hand", Map.of(Owner.EXPIRES, "2020-01-01T00:00:00Z"));
        Inventory opened = aws.inventory();
        assertThat(sweepIn(Duration.ofMinutes(39)).collectList().block(SOON)).isEmpty();
        assertThat(aws.inventory()).isEqualTo(opened);
        assertThat(sweepIn(Duration.ofMinutes(41)).collectList().block(SOON)).isEqualTo(context.made());
        assertThat(aws.inventory().ids("stack")).containsExactlyInAnyOrder("orders-vpc", "by-hand");
        assertThat(TemporaryStack.sweep(aws.account()).collectList().block(SOON))
                .isEmpty();
    }

    @Test
    void aStackThatCannotBeSweptDoesNotStopTheSweepOfOthers() {
        scope.open(State.empty(), context).block(SOON);
        TestContext other = context.withRunId("run-2");
        scope.named("other-bootstrap")
                .template(TEMPLATE.replace("bootstrap", "other"))
                .open(State.empty(), other)
                .block(SOON);
        aws.faults().on("DeleteStack").nth(1).error("AccessDenied", "not you");
        StepVerifier.create(sweepIn(Duration.ofMinutes(41)))
                .expectNextSequence(other.made())
                .expectErrorSatisfies(
                        failure -> assertThat(failure).hasMessageContaining("DeleteStack orders-bootstrap"))
                .verify(SOON);
        assertThat(aws.inventory().ids("stack")).containsExactly("orders-bootstrap");
    }

    @Test
    void aStackThatWasSweptIsAbsentForItsRunWhichMakesItAgain() {
        scope.open(State.empty(), context).block(SOON);
        sweepIn(Duration.ofMinutes(41)).blockLast(SOON);
        assertThat(scope.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        TestContext resumed = context.withAttempt(2);
        assertThat(scope.open(State.empty(), resumed).block(SOON)).isEqualTo(Outputs.of(KEY_NAME, "bootstrap"));
        assertThat(aws.inventory().ids("stack")).containsExactly("orders-bootstrap");
        assertThat(resumed.made()).singleElement().isNotEqualTo(context.made().get(0));
    }

    private Flux<Resource> sweepIn(Duration time) {
        return TemporaryStack.sweep(
                StackPlan.in(aws.account(), Manner.ofScope()).withPollEvery(POLL),
                Clock.offset(Clock.systemUTC(), time));
    }

    private void create(String name, Map<String, String> tags) {
        aws.account()
                .cloudFormation()
                .createStack(r -> r.stackName(name)
                        .templateBody(TEMPLATE.replace("bootstrap", name))
                        .tags(tags.entrySet().stream()
                                .map(tag -> Tag.builder()
                                        .key(tag.getKey())
                                        .value(tag.getValue())
                                        .build())
                                .toList()))
                .join();
        aws.account()
                .cloudFormation()
                .waiter()
                .waitUntilStackCreateComplete(
                        r -> r.stackName(name), w -> w.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL)))
                .join();
    }

    private RunReport settle(Step inside) {
        return pipe(inside)
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    private Pipe pipe(Step inside) {
        return Pipe.named("p")
                .holding("bootstrap", scope)
                .step("inside", inside)
                .build();
    }
}
