// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.PipeEvent;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One line of a verifier's script. */
sealed interface Item {
    /** An event of this type, at this path if one is given, that meets the condition. */
    record Expected(
            Class<? extends PipeEvent> type,
            @Nullable String path,
            @Nullable Predicate<? super PipeEvent> condition) implements Item {
        boolean fits(PipeEvent event) {
            return type.isInstance(event)
                    && (path == null || path.equals(event.path().value()))
                    && (condition == null || condition.test(event));
        }

        @Override
        public String toString() {
            return type.getSimpleName()
                    + (path == null ? "" : " at " + path)
                    + (condition == null ? "" : " that meets the condition");
        }
    }

    /** Let this much time pass. */
    record Await(Duration time) implements Item {}

    /** Let this much time pass, in which nothing happens. */
    record Silence(Duration time) implements Item {}

    /** Ask the run to stop. */
    record Cancel(String reason) implements Item {}

    /** Do something else. */
    record Action(Runnable code) implements Item {}
}
