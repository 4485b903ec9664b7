// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.hybridpipe.event.RunReport.Outcome;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Very long pipes and very wide groups run in the default stack, at a cost that grows with their length. */
class ScaleTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Step NOTHING = Step.reading().withoutEffect().as((state, context) -> Mono.empty());
    private static final Step UNDONE =
            Step.reading().undo((state, context) -> Mono.empty()).as((state, context) -> Mono.empty());
    private static final Step BROKEN = Step.reading().withoutEffect().as((state, context) -> Act.refused());

    @Test
    void aPipeOfAHundredThousandStepsRunsInTheDefaultStack() {
        assertThat(pipe(100_000, NOTHING).run(State.empty()).block(SOON)).isNotNull();
    }

    @Test
    void aPipeOfAHundredThousandStepsIsUndoneInTheDefaultStack() {
        Pipe.Builder pipe = Pipe.named("p");
        for (int i = 0; i < 100_000; i++) {
            pipe.step("s" + i, UNDONE);
        }
        Run run = pipe.step("broken", BROKEN).build().start(State.empty(), RunOptions.ofDefaults());

        assertThat(run.settled().block(SOON).outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aGroupOfTenThousandMembersRunsInTheDefaultStack() {
        assertThat(group(NOTHING).run(State.empty()).block(SOON)).isNotNull();
    }

    @Test
    void aGroupOfTenThousandMembersThatAnswerOnOtherThreadsRunsInTheDefaultStack() {
        Step elsewhere = Step.reading().withoutEffect().as((state, context) -> Mono.<Outputs>empty()
                .subscribeOn(Schedulers.parallel()));

        assertThat(group(elsewhere).run(State.empty()).block(SOON)).isNotNull();
    }

    @Test
    void theMemoryThatARunTakesGrowsWithTheLengthOfItsPipe() {
        Pipe tenThousand = counting(10_000);
        Pipe hundredThousand = counting(100_000);
        allocatedBy(tenThousand); // the first run also loads classes

        assertThat(allocatedBy(hundredThousand) / (double) allocatedBy(tenThousand))
                .as("ten times as many, and the logarithm of the map")
                .isLessThanOrEqualTo(12.5);
    }

    private static long allocatedBy(Pipe pipe) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        // steps that end at once run on the subscriber's thread, so that what it allocates is all
        assertThat(pipe.run(State.empty()).block(SOON)).isNotNull();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    /** Each step writes a key of its own. */
    private static Pipe counting(int steps) {
        Pipe.Builder pipe = Pipe.named("p");
        for (int i = 0; i < steps; i++) {
            int n = i;
            pipe.step("s" + i, Step.mapping(Input.value(n), Key.of("k" + n, Integer.class), it -> it));
        }
        return pipe.build();
    }

    private static Pipe pipe(int steps, Step step) {
        Pipe.Builder pipe = Pipe.named("p");
        for (int i = 0; i < steps; i++) {
            pipe.step("s" + i, step);
        }
        return pipe.build();
    }

    private static Pipe group(Step member) {
        Element[] members = new Element[10_000];
        for (int i = 0; i < members.length; i++) {
            members[i] = Element.step("m" + i, member);
        }
        return Pipe.named("p").concurrently("g", members).build();
    }
}
