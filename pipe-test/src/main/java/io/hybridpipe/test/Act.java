// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a scripted step does: how long it takes, what it changes, and what it answers.
 *
 * @param takes how long after the request the change happens and the answer comes
 * @param change what it changes in the step's world
 * @param silent whether no answer ever comes
 * @param failure the answer, if it is a failure
 * @param thrown what the method throws instead of returning anything
 * @param outputs the outputs of a success, if others than the step's own
 * @param found what a look says, if something else than the truth
 */
record Act(
        Duration takes,
        Change change,
        boolean silent,
        @Nullable Throwable failure,
        @Nullable Throwable thrown,
        @Nullable Outputs outputs,
        @Nullable Found found) {
    enum Change {
        NOTHING,
        HALF,
        ALL
    }

    static Act success(Duration takes) {
        return new Act(takes, Change.ALL, false, null, null, null, null);
    }

    static Act success(Duration takes, Outputs outputs) {
        return new Act(takes, Change.ALL, false, null, null, outputs, null);
    }

    static Act failure(Duration takes, Change change, Throwable failure) {
        return new Act(takes, change, false, failure, null, null, null);
    }

    static Act silence(Duration takes, Change change) {
        return new Act(takes, change, true, null, null, null, null);
    }

    static Act thrown(Throwable thrown) {
        return new Act(Duration.ZERO, Change.NOTHING, false, null, thrown, null, null);
    }

    static Act seeing(Duration takes, Found found) {
        return new Act(takes, Change.NOTHING, false, null, null, null, found);
    }
}
