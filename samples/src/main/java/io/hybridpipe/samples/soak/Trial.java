// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * One case: where the run is killed, what is done afterwards, and whether that is killed too. The same seed and number make the
 * same case.
 *
 * @param number from 1
 * @param stratum where it is killed
 * @param call which call of the element that changes something is meant, for moments inside one
 * @param undone whether it is undone afterwards, or else resumed
 * @param jitter from reaching the moment to the kill
 * @param late from the kill to the effect of a call in flight
 * @param later after what time those that go on with the run are killed, one after the other
 * @param swept whether its doors are closed before anybody goes on with it
 */
record Trial(
        int number,
        Stratum stratum,
        int call,
        boolean undone,
        Duration jitter,
        Duration late,
        List<Duration> later,
        boolean swept) {

    /** The case of this number: the first ones have a stratum each, in an order that the seed decides. */
    static Trial of(int number, long seed, List<Stratum> strata) {
        List<Stratum> order = new ArrayList<>(strata);
        Collections.shuffle(order, new Random(seed));
        Stratum stratum = order.get((number - 1) % order.size());
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        boolean first = number <= order.size();
        List<Duration> later = new ArrayList<>();
        while (later.size() < 2 && random.nextInt(3) == 0) {
            later.add(Duration.ofMillis(random.nextInt(300, 4_000)));
        }
        return new Trial(
                number,
                stratum,
                first || !stratum.isInTheCloud() ? 1 : random.nextInt(1, 4),
                stratum.isOfUndo() || random.nextBoolean(),
                Duration.ofMillis(random.nextInt(30)),
                Duration.ofMillis(random.nextInt(200)),
                List.copyOf(later),
                random.nextInt(4) == 0);
    }

    /** The same in its first call, which every element has. */
    Trial inFirstCall() {
        return new Trial(number, stratum, 1, undone, jitter, late, later, swept);
    }

    /** What happens after the kill. */
    String sequel() {
        StringBuilder text = new StringBuilder(swept ? "sweep, " : "");
        later.forEach(delay -> text.append(verb())
                .append(" killed after ")
                .append(delay.toMillis())
                .append(" ms, "));
        return text.append(verb()).toString();
    }

    private String verb() {
        return undone ? "undo" : "resume";
    }

    @Override
    public String toString() {
        return stratum + (call > 1 ? " of call " + call : "") + ", " + sequel();
    }
}
