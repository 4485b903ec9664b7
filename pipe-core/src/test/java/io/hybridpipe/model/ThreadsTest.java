// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Contract;
import io.hybridpipe.Element;
import io.hybridpipe.Found;
import io.hybridpipe.Group;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Random pipes on real threads: steps answer on other threads, cancels come from outside at random moments, subscribers leave.
 *
 * <p>{@code -Dmodel.threads=3000} makes more runs. A seed gives the same pipe again, though not the same interleaving.
 */
class ThreadsTest {
    private static final int RUNS = Integer.getInteger("model.threads", 400);
    private static final Duration BOUND = Duration.ofSeconds(60);

    @Test
    void whateverThreadsDoNothingIsLeftBehindAndNoCallsOfOneStepOverlap() {
        Map<Outcome, Integer> outcomes = new TreeMap<>();
        for (int seed = 1; seed <= RUNS; seed++) {
            outcomes.merge(new RandomRun(seed).run(), 1, Integer::sum);
        }

        assertThat(outcomes.keySet()).as("outcomes of all runs").contains(Outcome.DONE, Outcome.UNDONE, Outcome.KEPT);
    }

    /** One random run. */
    private static final class RandomRun {
        private final int seed;
        private final Random random;
        private final Set<String> alive = ConcurrentHashMap.newKeySet();
        private final Queue<String> faults = new ConcurrentLinkedQueue<>();
        private final AtomicLong nextSequence = new AtomicLong();
        private final AtomicInteger inListener = new AtomicInteger();
        private int names;

        RandomRun(int seed) {
            this.seed = seed;
            random = new Random(seed * 7919L ^ 0x5DEECE66DL);
        }

        Outcome run() {
            Pipe.Builder builder = Pipe.named("p");
            fill(builder, 0);
            boolean keep = random.nextInt(4) == 0;
            RunOptions options = RunOptions.ofDefaults()
                    .onFailure(keep ? OnFailure.KEEP : OnFailure.UNDO)
                    .listener(this::heard);
            Run run = builder.build().start(State.empty(), options);
            Disposable cancel = random.nextBoolean()
                    ? Schedulers.boundedElastic()
                            .schedule(() -> run.cancel("from outside"), random.nextInt(1500), TimeUnit.MICROSECONDS)
                    : run.result().subscribe(state -> {}, failure -> {});
            RunReport report = run.settled().block(BOUND);
            cancel.dispose();

            assertThat(report).as("seed %d settles", seed).isNotNull();
            assertThat(faults).as("seed %d: %s", seed, report).isEmpty();
            assertThat(report.leftovers()).as("seed %d", seed).isEmpty();
            if (report.outcome() == Outcome.UNDONE) {
                assertThat(alive).as("seed %d: %s", seed, report).isEmpty();
            }
            assertThat(alive).as("seed %d: every door is closed", seed).noneMatch(it -> it.endsWith("door"));
            return report.outcome();
        }

        private void heard(PipeEvent event) {
            if (inListener.incrementAndGet() != 1) {
                faults.add("two events at once");
            }
            if (event.header().sequence() != nextSequence.getAndIncrement()) {
                faults.add("out of order: " + event);
            }
            inListener.decrementAndGet();
        }

        private void fill(Pipe.Builder body, int depth) {
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                int kind = depth > 2 ? 0 : random.nextInt(5);
                if (kind == 3) {
                    Element[] members = new Element[4];
                    for (int j = 0; j < members.length; j++) {
                        members[j] = Element.sequence("m" + names++, inner -> {
                            fill(inner, depth + 1);
                            return inner;
                        });
                    }
                    Group group = Group.ofDefaults().atMost(1 + random.nextInt(4));
                    body.concurrently("g" + names++, random.nextInt(3) == 0 ? group.finishThenFail() : group, members);
                } else if (kind == 4) {
                    body.during("e" + names++ + "-door", new Thing(false), inner -> {
                        fill(inner, depth + 1);
                        return inner;
                    });
                } else {
                    body.step("e" + names++, new Thing(random.nextInt(25) == 0));
                }
            }
        }

        /** A step or scope that makes one thing, on whichever thread, and fails afterwards if it is told to. */
        private final class Thing implements Step, Scope {
            private final boolean fails;
            private final AtomicInteger inside = new AtomicInteger();

            Thing(boolean fails) {
                this.fails = fails;
            }

            private Mono<Boolean> call(Runnable effect) {
                Mono<Boolean> call = Mono.fromSupplier(() -> {
                    if (inside.incrementAndGet() != 1) {
                        faults.add("two calls of one step at once");
                    }
                    effect.run();
                    inside.decrementAndGet();
                    return true;
                });
                return switch (random(4)) {
                    case 0 -> call;
                    case 1 -> call.subscribeOn(Schedulers.parallel());
                    case 2 -> call.delaySubscription(Duration.ofNanos(200_000));
                    default -> call.subscribeOn(Schedulers.boundedElastic());
                };
            }

            private int random(int bound) {
                return java.util.concurrent.ThreadLocalRandom.current().nextInt(bound);
            }

            @Override
            public Contract contract() {
                return Contract.of("thing");
            }

            @Override
            public io.hybridpipe.StepOptions options() {
                return io.hybridpipe.StepOptions.ofDefaults();
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                String path = context.path().value();
                return context.mutate(call(() -> {
                            if (!alive.add(path)) {
                                faults.add("made twice: " + path);
                            }
                        }))
                        .then(Mono.defer(
                                () -> fails ? Mono.error(StepFailure.permanent("no")) : Mono.just(Outputs.none())));
            }

            @Override
            public Mono<Found> reconcile(State state, StepContext context) {
                String path = context.path().value();
                return Mono.fromSupplier(() -> alive.contains(path) ? Found.done(Outputs.none()) : Found.absent())
                        .subscribeOn(Schedulers.parallel());
            }

            @Override
            public Mono<Void> undo(State state, Found found, StepContext context) {
                String path = context.path().value();
                return context.mutate(call(() -> alive.remove(path))).then();
            }

            @Override
            public Mono<Outputs> open(State state, StepContext context) {
                return run(state, context);
            }

            @Override
            public Mono<Void> close(State state, Found found, StepContext context) {
                return undo(state, found, context);
            }

            @Override
            public Mono<Void> preflight(State state, StepContext context) {
                return Mono.empty();
            }
        }
    }
}
