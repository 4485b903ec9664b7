// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was made over the EC2 API and is not yet seen everywhere, as "Eventual consistency" in the EC2 developer guide tells:
 * for half of the delay nobody knows its id, and until the end of the delay no list shows it. Tags, rules, routes and
 * associations that were added to something older have keys of their own. Guarded by the monitor of its region.
 */
final class Visibility {

    private final Clock clock;
    private final Duration delay;
    private final Map<String, Instant> since = new HashMap<>();
    private final List<String> fresh = new ArrayList<>();

    Visibility(Clock clock, Duration delay) {
        this.clock = clock;
        this.delay = delay;
    }

    /** Hides it from the end of the current call on: the answer of the call itself shows what it made. */
    void hide(String key) {
        if (!delay.isZero()) {
            fresh.add(key);
        }
    }

    /** The current call is answered. */
    void callEnded() {
        fresh.forEach(key -> since.put(key, clock.instant()));
        fresh.clear();
    }

    /** The current call had no effect. */
    void callFailed() {
        fresh.clear();
    }

    /** Whether calls that name it find it. */
    boolean known(String key) {
        return past(key, delay.dividedBy(2));
    }

    /** Whether lists show it. */
    boolean shown(String key) {
        return past(key, delay);
    }

    private boolean past(String key, Duration wait) {
        var from = since.get(key);
        return from == null || !clock.instant().isBefore(from.plus(wait));
    }
}
