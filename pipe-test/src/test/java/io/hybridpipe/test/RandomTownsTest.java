// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.hybridpipe.Each;
import io.hybridpipe.Element;
import io.hybridpipe.Group;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;

/** Pipes of random shape, whose steps behave well, come through every cell of a crash matrix. */
class RandomTownsTest {
    /** More with {@code -Dcrash.pipes=250 -Dcrash.from=1000}. */
    private static final int PIPES = Integer.getInteger("crash.pipes", 5);

    private static final int FROM = Integer.getInteger("crash.from", 0);

    @Test
    void whateverThePipeLooksLikeThereIsExactlyOneOfEverythingOrNothing() {
        for (int seed = FROM; seed < FROM + PIPES; seed++) {
            long it = seed;
            AtomicReference<ToyTown> town = new AtomicReference<>();
            CrashMatrix matrix = CrashMatrix.inVirtualTime(time -> new RandomTown(it, time, town).pipe())
                    .inventory(() -> town.get().inventory())
                    .doors(() -> town.get().doors())
                    .seed(seed);

            assertThatCode(matrix::check)
                    .as("pipe of seed %s:\n%s", seed, new RandomTown(seed, new VirtualTime(), town).pipe())
                    .doesNotThrowAnyException();
        }
    }

    private static final class RandomTown {
        private final Random random;
        private final ToyTown town;
        private int names;

        RandomTown(long seed, Scheduler time, AtomicReference<ToyTown> made) {
            random = new Random(seed);
            town = new ToyTown(Duration.ofSeconds(random.nextInt(3)), time);
            made.set(town);
        }

        Pipe pipe() {
            return body(Pipe.named("town"), 0).build();
        }

        private Pipe.Builder body(Pipe.Builder body, int depth) {
            int count = 1 + random.nextInt(depth == 0 ? 4 : 2);
            for (int i = 0; i < count; i++) {
                String name = "e" + names++;
                switch (depth == 3 ? 0 : random.nextInt(8)) {
                    case 3 -> body.during(name, town.door(name), inside -> body(inside, depth + 1));
                    case 4 ->
                        body.concurrently(
                                name,
                                random.nextBoolean()
                                        ? Group.ofDefaults()
                                        : Group.ofDefaults().atMost(1),
                                IntStream.range(0, 1 + random.nextInt(3))
                                        .mapToObj(
                                                m -> Element.sequence("m" + names++, inside -> body(inside, depth + 1)))
                                        .toArray(Element[]::new));
                    case 5 ->
                        body.forEach(
                                name,
                                Each.of(
                                        Input.value(List.of("x", "y").subList(0, random.nextInt(3))),
                                        Key.of("item-" + name, String.class),
                                        item -> item),
                                inside -> body(inside, depth + 1));
                    case 6 ->
                        body.when(
                                name,
                                Input.value(random.nextInt(3) > 0),
                                "not today",
                                inside -> body(inside, depth + 1));
                    case 7 -> body.holding(name, town.door(name));
                    default -> body.step(name, town.house(name));
                }
            }
            return body;
        }
    }
}
