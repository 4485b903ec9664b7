// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class InterceptorTest {
    private final List<String> log = new ArrayList<>();

    private StepInterceptor noting(String name) {
        return new StepInterceptor() {
            @Override
            public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
                return Mono.defer(() -> {
                    log.add(name + " " + phase + " " + contract.type() + " " + context.path());
                    return next.doOnTerminate(() -> log.add(name + " after"));
                });
            }
        };
    }

    private Pipe failing() {
        Step unknown = Step.reading()
                .undo((state, context) -> Mono.empty())
                .reconcile((state, context) -> Mono.just(Found.partly("half")))
                .as((state, context) -> Mono.error(StepFailure.unknownOutcome("no answer")));
        return Pipe.named("p")
                .during(
                        "door",
                        Door.named("d"),
                        body -> body.step("step", unknown, options -> options.withMaxAttempts(1)))
                .build();
    }

    @Test
    void itStandsRoundEveryCallOfStepsAndScopes() {
        VirtualRun.of(failing(), State.empty(), options -> options.around(noting("i")));

        assertThat(log.stream().filter(it -> !it.endsWith("after")))
                .containsExactly(
                        "i OPEN Door p/door",
                        "i RUN lambda p/door/step",
                        "i RECONCILE lambda p/door/step",
                        "i UNDO lambda p/door/step",
                        "i CLOSE Door p/door");
    }

    @Test
    void theFirstGivenIsTheOutermost() {
        VirtualRun.of(Pipe.named("p").step("s", Steps.reads()).build(), State.empty(), options -> options.around(
                        noting("outer"))
                .around(noting("inner")));

        assertThat(log).containsExactly("outer RUN lambda p/s", "inner RUN lambda p/s", "inner after", "outer after");
    }

    @Test
    void itIsInsideTheAttemptTimeout() {
        StepInterceptor limiter = new StepInterceptor() {
            @Override
            public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
                return Mono.never();
            }
        };
        VirtualRun run = VirtualRun.of(
                Pipe.named("p")
                        .step("s", Steps.reads(), options -> options.withAttemptTimeout(Duration.ofSeconds(3))
                                .withMaxAttempts(1))
                        .build(),
                State.empty(),
                options -> options.around(limiter));

        run.after(Duration.ofSeconds(3));

        assertThat(run.message()).isEqualTo("no answer within the timeout of PT3S");
    }

    @Test
    void withoutCallingNextADryRunMakesNoCall() {
        List<String> called = new ArrayList<>();
        StepInterceptor dry = new StepInterceptor() {
            @Override
            public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
                return Mono.empty();
            }
        };
        Step step = Step.reading().as((state, context) -> Mono.fromRunnable(() -> called.add("run")));

        VirtualRun run =
                VirtualRun.of(Pipe.named("p").step("s", step).build(), State.empty(), options -> options.around(dry));

        assertThat(run.told(PipeEvent.StepFinished.class)).hasSize(1);
        assertThat(called).isEmpty();
    }

    @Test
    void oneThatThrowsFailsTheStep() {
        StepInterceptor guard = new StepInterceptor() {
            @Override
            public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
                throw new IllegalStateException("not on a Friday");
            }
        };

        VirtualRun run = VirtualRun.of(
                Pipe.named("p").step("s", Steps.reads()).build(), State.empty(), options -> options.around(guard));

        assertThat(run.message()).isEqualTo("not on a Friday");
    }
}
