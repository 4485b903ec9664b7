// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class StepContextTest {
    private static final Resource VPC = Resource.of("AWS::EC2::VPC", "vpc-1", "eu-west-1");

    private static VirtualRun run(BiFunction<State, StepContext, Mono<Outputs>> body) {
        return run(body, UnaryOperator.identity());
    }

    private static VirtualRun run(
            BiFunction<State, StepContext, Mono<Outputs>> body, UnaryOperator<StepOptions> options) {
        Step step = Step.reading().undo((state, context) -> Mono.empty()).as(body);
        return VirtualRun.of(Pipe.named("net").step("make-vpc", step, options).build());
    }

    @Test
    void itNamesTheRunThePathAndTheAttemptsFromOne() {
        List<String> seen = new ArrayList<>();

        run((state, context) -> {
                    seen.add(context.runId() + " " + context.path() + " " + context.attempt());
                    return context.attempt() < 3
                            ? Mono.error(StepFailure.of(FailureClass.TRANSIENT, "refused"))
                            : Mono.empty();
                })
                .after(Duration.ofMinutes(1))
                .report();

        assertThat(seen).containsExactly("run-1 net/make-vpc 1", "run-1 net/make-vpc 2", "run-1 net/make-vpc 3");
    }

    @Test
    void theTagsNamePipeRunStepAndToken() {
        List<Map<String, String>> seen = new ArrayList<>();
        List<String> tokens = new ArrayList<>();

        run((state, context) -> {
            seen.add(context.tags());
            tokens.add(context.token());
            return Mono.empty();
        });

        assertThat(tokens.get(0)).matches("[0-9a-f]{32}");
        assertThat(seen.get(0))
                .containsExactly(
                        Map.entry("hybridpipe:pipe", "net"),
                        Map.entry("hybridpipe:run", "run-1"),
                        Map.entry("hybridpipe:step", "net/make-vpc"),
                        Map.entry("hybridpipe:token", tokens.get(0)));
    }

    @Test
    void aTagOfAnItemsStepHoldsOnlyCharactersThatAllCloudsAccept() {
        Map<String, String> tags = Tokens.tags("p", RunId.of("r"), Path.of("p/peer[fed-1]/tunnel"), "t");

        assertThat(tags).containsEntry("hybridpipe:step", "p/peer@fed-1/tunnel");
    }

    @Test
    void theTagOfALongPathIsAsLongAsCloudsTakeAndStillItsOwn() {
        String inner = "/peer[fed-1]".repeat(40) + "/tunnel";
        String one =
                Tokens.tags("p", RunId.of("r"), Path.of("p/a" + inner), "t").get("hybridpipe:step");
        String other =
                Tokens.tags("p", RunId.of("r"), Path.of("p/b" + inner), "t").get("hybridpipe:step");

        assertThat(one)
                .hasSize(256)
                .endsWith("/peer@fed-1/tunnel")
                .matches("[A-Za-z0-9._/@-]+")
                .isNotEqualTo(other);
    }

    @Test
    void anAttemptKnowsWhatEarlierOnesSaidThatTheyMadeAndNotThatItIsGone() {
        List<List<Resource>> seen = new ArrayList<>();
        Resource igw = Resource.of("AWS::EC2::InternetGateway", "igw-1", "eu-west-1");

        run((state, context) -> {
                    seen.add(context.madeBefore());
                    if (context.attempt() == 1) {
                        context.made(VPC);
                        context.made(igw);
                    } else if (context.attempt() == 2) {
                        context.gone(igw);
                    }
                    seen.add(context.madeBefore());
                    return context.attempt() < 3
                            ? Mono.error(StepFailure.of(FailureClass.TRANSIENT, "refused"))
                            : Mono.empty();
                })
                .after(Duration.ofMinutes(1));

        assertThat(seen)
                .containsExactly(
                        List.of(), List.of(), List.of(VPC, igw), List.of(VPC, igw), List.of(VPC), List.of(VPC));
    }

    @Test
    void whatIsGoneInOnePlaceIsStillThereInAnotherUnderTheSameId() {
        Resource here = Resource.of("VNS3::IpsecEndpoint", "1", "fed-1");
        Resource there = Resource.of("VNS3::IpsecEndpoint", "1", "fed-2");
        List<List<Resource>> seen = new ArrayList<>();

        run((state, context) -> {
                    seen.add(context.madeBefore());
                    context.made(here);
                    context.made(there);
                    context.gone(here);
                    return context.attempt() < 2
                            ? Mono.error(StepFailure.of(FailureClass.TRANSIENT, "refused"))
                            : Mono.empty();
                })
                .after(Duration.ofMinutes(1));

        assertThat(seen).containsExactly(List.of(), List.of(there));
    }

    @Test
    void theClockIsTheRuns() {
        List<Instant> seen = new ArrayList<>();

        run((state, context) -> {
                    seen.add(context.clock().instant());
                    return context.attempt() < 2
                            ? Mono.error(StepFailure.throttled(Duration.ofSeconds(30), "slow down", null))
                            : Mono.empty();
                })
                .after(Duration.ofMinutes(1));

        assertThat(seen).containsExactly(Instant.EPOCH, Instant.EPOCH.plusSeconds(30));
    }

    @Test
    void progressSaysHowFarTheStepHasCome() {
        VirtualRun run = run((state, context) -> Mono.fromRunnable(() -> context.progress(2, 5, "subnets")));

        assertThat(run.told(PipeEvent.StepProgressed.class))
                .singleElement()
                .satisfies(it -> assertThat(it.done() + "/" + it.total() + " " + it.text() + " " + it.path())
                        .isEqualTo("2/5 subnets net/make-vpc"))
                .satisfies(it -> assertThat(it.header().attempt()).isEqualTo(1));
    }

    @Test
    void waitingForAPermitShowsAsThrottledAndDoesNotUseUpTheAttemptTimeout() {
        Sinks.One<String> permit = Sinks.one();
        Sinks.One<Outputs> answer = Sinks.one();
        VirtualRun run = run(
                (state, context) ->
                        context.waiting("8 tunnels at once", permit.asMono()).then(answer.asMono()),
                options -> options.withAttemptTimeout(Duration.ofSeconds(10)).withMaxAttempts(1));

        run.after(Duration.ofMinutes(5));
        assertThat(run.told(PipeEvent.StepThrottled.class)).singleElement().satisfies(it -> assertThat(it.reason())
                .isEqualTo("8 tunnels at once"));
        assertThat(run.told(PipeEvent.StepFailed.class)).isEmpty();

        permit.tryEmitValue("go").orThrow();
        run.after(Duration.ofSeconds(9));
        assertThat(run.told(PipeEvent.StepReconciling.class)).isEmpty();
        run.after(Duration.ofSeconds(2));
        assertThat(run.told(PipeEvent.StepReconciling.class))
                .as("after the permit the timeout counts")
                .isNotEmpty();
    }

    @Test
    void whatIsMadeIsInTheReportAndWhatIsGoneIsNot() {
        Resource subnet = Resource.of("AWS::EC2::Subnet", "subnet-1", "eu-west-1");

        VirtualRun run = run((state, context) -> Mono.fromRunnable(() -> {
            context.made(VPC);
            context.made(subnet);
            context.gone(subnet);
        }));

        assertThat(run.report().made()).containsExactly(VPC);
        assertThat(run.told())
                .containsSubsequence(
                        "StepStarted net/make-vpc",
                        "ResourceMade net/make-vpc",
                        "ResourceMade net/make-vpc",
                        "ResourceGone net/make-vpc",
                        "StepFinished net/make-vpc");
    }

    @Test
    void whatAFailedStepMadeAndCouldNotUndoIsALeftover() {
        Step step = Step.reading()
                .undo((state, context) -> Mono.error(StepFailure.permanent("in use")))
                .as((state, context) -> {
                    context.made(VPC.withShow("aws ec2 describe-vpcs"));
                    return Mono.error(new IllegalStateException("no route table"));
                });

        VirtualRun run = VirtualRun.of(Pipe.named("net").step("make-vpc", step).build());

        assertThat(run.report().leftovers()).singleElement().satisfies(left -> {
            assertThat(left.path()).isEqualTo(Path.of("net/make-vpc"));
            assertThat(left.resources()).containsExactly(VPC.withShow("aws ec2 describe-vpcs"));
            assertThat(left.token()).matches("[0-9a-f]{32}");
        });
        assertThat(VPC).hasToString("AWS::EC2::VPC vpc-1 in eu-west-1");
    }

    @Test
    void whatAnotherThreadMadeIsKnownWhenTheStepEndsAlsoWhileItIsSubscribed() {
        Step step = Step.reading()
                .undo((state, context) -> Mono.error(StepFailure.permanent("in use")))
                .as((state, context) -> Mono.create(sink -> {
                    Thread answering = new Thread(() -> {
                        context.made(VPC);
                        sink.error(new IllegalStateException("no route table"));
                    });
                    answering.start();
                    try {
                        answering.join(5000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
        List<String> told = Collections.synchronizedList(new ArrayList<>());

        // run, not start: its first step is called on this thread, which may wait, and not on the engine's, which must
        // not
        Mono<State> run = Pipe.named("net")
                .step("make-vpc", step)
                .build()
                .run(State.empty(), RunOptions.ofDefaults().listener(event -> told.add(event.type())));
        PipeFailedException failed = catchThrowableOfType(PipeFailedException.class, () -> run.block(VirtualRun.SOON));

        assertThat(failed.report().leftovers()).singleElement().satisfies(left -> assertThat(left.resources())
                .containsExactly(VPC));
        assertThat(told)
                .containsSubsequence("StepStarted", "ResourceMade", "StepFailed")
                .endsWith("RunSettled");
    }
}
