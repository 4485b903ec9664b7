// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many calls an account may make in a region: a token bucket for each pair, filled by the clock, that holds one second's
 * worth ("Request throttling for the Amazon EC2 API"; there each group of actions has its own, here all share one).
 * Thread-safe.
 */
final class RequestLimit {

    private record Key(String account, String region) {}

    private record Bucket(double tokens, Instant at) {}

    private final Clock clock;
    private final double perSecond;
    private final Map<Key, Bucket> buckets = new HashMap<>();

    /** {@code perSecond} may be infinite. */
    RequestLimit(Clock clock, double perSecond) {
        this.clock = clock;
        this.perSecond = perSecond;
    }

    /** Whether one more call is served; takes its token if so. */
    synchronized boolean admits(String account, String region) {
        if (Double.isInfinite(perSecond)) {
            return true;
        }
        var now = clock.instant();
        var most = Math.max(1, perSecond);
        var bucket = buckets.getOrDefault(new Key(account, region), new Bucket(most, now));
        var elapsed = Duration.between(bucket.at(), now).toNanos() / 1e9;
        var tokens = Math.min(most, bucket.tokens() + elapsed * perSecond);
        var served = tokens >= 1;
        buckets.put(new Key(account, region), new Bucket(served ? tokens - 1 : tokens, now));
        return served;
    }
}
