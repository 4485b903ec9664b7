// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.hybridpipe.event.RunReport.Outcome;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A long pipe and a wide group fit into a thread's default stack, and cost grows with their size and no faster. */
class StackAndGrowthTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int LONG = 100_000;
    private static final int WIDE = 10_000;

    private static Key<Integer> key(int number) {
        return Key.of("k" + number, Integer.class);
    }

    private static Pipe pipeOf(int steps) {
        Pipe.Builder builder = Pipe.named("long").needs(key(0));
        for (int i = 1; i <= steps; i++) {
            builder.step("s" + i, Step.mapping(key(i - 1), key(i), before -> before + 1));
        }
        return builder.build();
    }

    private static <T> T onADefaultStack(Supplier<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable e) { // a stack overflow is what this looks for
                result.completeExceptionally(e);
            }
        });
        thread.start();
        return result.get(BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    private static long allocatedBy(Pipe pipe) {
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        pipe.run(State.of(key(0), 0)).block(BOUND);
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    @Test
    void aPipeOfAHundredThousandStepsRunsAndAllocatesInProportion() throws Exception {
        onADefaultStack(() -> {
            Pipe shorter = pipeOf(LONG / 10);
            Pipe longer = pipeOf(LONG);

            assertThat(longer.run(State.of(key(0), 0)).block(BOUND).get(key(LONG)))
                    .isEqualTo(LONG);
            allocatedBy(shorter);
            double ratio = (double) allocatedBy(longer) / allocatedBy(shorter);

            assertThat(ratio).as("bytes at 100,000 steps over bytes at 10,000").isBetween(8.0, 12.5);
            return ratio;
        });
    }

    @Test
    void aHundredThousandFinishedStepsAreUndone() throws Exception {
        AtomicInteger undone = new AtomicInteger();
        Step undoable = Step.reading()
                .undo((state, context) -> Mono.fromRunnable(() -> undone.incrementAndGet()))
                .as((state, context) -> Mono.empty());
        Pipe.Builder builder = Pipe.named("long");
        for (int i = 0; i < LONG; i++) {
            builder.step("s" + i, undoable);
        }
        Pipe pipe = builder.step("fail", Steps.fails(new IllegalStateException("late")))
                .build();

        assertThat(onADefaultStack(() -> pipe.start(State.empty(), RunOptions.ofDefaults())
                                .settled()
                                .block(BOUND))
                        .outcome())
                .isEqualTo(Outcome.UNDONE);
        assertThat(undone.get()).isEqualTo(LONG);
    }

    @Test
    void tenThousandStepsThatAnswerOnAnotherThreadRun() throws Exception {
        Step elsewhere = Step.reading().withoutEffect().as((state, context) -> Mono.just(Outputs.none())
                .publishOn(Schedulers.parallel()));
        Pipe.Builder builder = Pipe.named("long");
        for (int i = 0; i < WIDE; i++) {
            builder.step("s" + i, elsewhere);
        }
        Pipe pipe = builder.build();

        assertThat(onADefaultStack(() -> pipe.run(State.empty()).block(BOUND)).names())
                .isEmpty();
    }

    @Test
    void aGroupOfTenThousandMembersRunsWhetherTheyAnswerAtOnceOrLater() throws Exception {
        Element[] members = new Element[WIDE];
        for (int i = 0; i < WIDE; i++) {
            int number = i;
            members[i] = Element.step(
                    "m" + i, Step.reading().writing(key(i)).withoutEffect().as((state, context) -> {
                        Mono<Outputs> answer = Mono.just(Outputs.of(key(number), number));
                        return number % 2 == 0 ? answer : answer.publishOn(Schedulers.parallel());
                    }));
        }
        Pipe pipe = Pipe.named("wide").concurrently("all", members).build();

        State end = onADefaultStack(() -> pipe.run(State.empty()).block(BOUND));

        assertThat(end.names()).hasSize(WIDE);
        assertThat(end.get(key(WIDE - 1))).isEqualTo(WIDE - 1);
    }

    @Test
    void aFanOutOverTenThousandItemsRunsOneAtATime() throws Exception {
        Key<List<Integer>> numbers = Key.listOf("numbers", Integer.class);
        Key<List<Integer>> doubled = Key.listOf("doubled", Integer.class);
        Pipe pipe = Pipe.named("wide")
                .needs(numbers)
                .forEach(
                        "each",
                        Each.of(numbers, key(0), String::valueOf).atMost(1).collect(key(1), doubled),
                        body -> body.step("double", Step.mapping(key(0), key(1), it -> 2 * it)))
                .build();
        List<Integer> all = IntStream.range(0, WIDE).boxed().toList();

        State end = onADefaultStack(() -> pipe.run(State.of(numbers, all)).block(BOUND));

        assertThat(end.get(doubled)).hasSize(WIDE).endsWith(2 * (WIDE - 1));
    }
}
