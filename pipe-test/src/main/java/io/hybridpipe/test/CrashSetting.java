// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.event.RunId;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import reactor.core.scheduler.Scheduler;

/**
 * What all cells of a crash matrix share.
 *
 * @param fresh makes a stand-in in which nothing is done yet, and the pipe on it
 * @param doors what scopes hold open
 * @param time how time passes
 * @param within the real time that one cell may take
 */
record CrashSetting(
        Function<Scheduler, Pipe> fresh,
        State input,
        State secrets,
        Supplier<? extends List<String>> inventory,
        Supplier<? extends List<String>> doors,
        UnaryOperator<RunOptions> options,
        Time time,
        Duration within,
        long seed) {
    enum Time {
        /** Virtual, and it stands while a call that is not scripted may be at work on another thread. */
        OF_THE_RUN,
        /** Virtual, and the stand-in lives in it too. */
        OF_ALL,
        /** The system's. */
        REAL
    }

    /** What is there, sorted. */
    List<String> look() {
        return inventory.get().stream().sorted().toList();
    }

    /** The same in every cell, so that tokens and the jitter of backoffs are the same too. */
    RunId runId() {
        return RunId.of("seed-" + seed);
    }
}
