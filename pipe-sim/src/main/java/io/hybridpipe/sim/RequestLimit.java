// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many calls a caller may make: a token bucket for each, filled by the clock, that holds one second's worth. The services
 * have several for groups of actions; here all share one. Thread-safe.
 */
public final class RequestLimit {

    private record Bucket(double tokens, Instant at) {}

    private final Clock clock;
    private final double perSecond;
    private final Map<String, Bucket> buckets = new HashMap<>();

    /**
     * A limit that is the same for all callers.
     *
     * @param perSecond positive; may be infinite
     */
    public RequestLimit(Clock clock, double perSecond) {
        this.clock = clock;
        this.perSecond = perSecond;
    }

    /** Whether one more call of this caller is served; takes its token if so. */
    public synchronized boolean admits(String caller) {
        if (Double.isInfinite(perSecond)) {
            return true;
        }
        var now = clock.instant();
        var most = Math.max(1, perSecond);
        var bucket = buckets.getOrDefault(caller, new Bucket(most, now));
        var elapsed = Duration.between(bucket.at(), now).toNanos() / 1e9;
        var tokens = Math.min(most, bucket.tokens() + elapsed * perSecond);
        var served = tokens >= 1;
        buckets.put(caller, new Bucket(served ? tokens - 1 : tokens, now));
        return served;
    }
}
