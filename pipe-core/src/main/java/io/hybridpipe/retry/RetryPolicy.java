// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.retry;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A {@link Backoff} for each class of failure; {@link FailureClass#PERMANENT} failures are never tried again.
 *
 * <p>Immutable. Where an SDK retries too, switch one of the two off: they multiply.
 */
public final class RetryPolicy {
    private static final RetryPolicy DEFAULTS = ofAll(Backoff.ofDefaults());
    private static final RetryPolicy NONE = ofAll(Backoff.never());

    private final Map<FailureClass, Backoff> backoffs;

    private RetryPolicy(Map<FailureClass, Backoff> backoffs) {
        this.backoffs = backoffs;
    }

    /** {@link Backoff#ofDefaults()} for every class. */
    public static RetryPolicy ofDefaults() {
        return DEFAULTS;
    }

    /** One attempt, whatever the failure. */
    public static RetryPolicy none() {
        return NONE;
    }

    /** The same backoff for every class. */
    public static RetryPolicy ofAll(Backoff backoff) {
        Map<FailureClass, Backoff> all = new EnumMap<>(FailureClass.class);
        for (FailureClass each : FailureClass.values()) {
            all.put(each, backoff);
        }
        return new RetryPolicy(all);
    }

    /** A copy with another backoff for one class. */
    public RetryPolicy with(FailureClass failureClass, Backoff backoff) {
        Map<FailureClass, Backoff> copy = new EnumMap<>(backoffs);
        copy.put(failureClass, backoff);
        return new RetryPolicy(copy);
    }

    /** A copy in which every backoff is changed, for instance {@code b -> b.withMaxAttempts(3)}. */
    public RetryPolicy withEach(UnaryOperator<Backoff> change) {
        Map<FailureClass, Backoff> copy = new EnumMap<>(backoffs);
        copy.replaceAll((failureClass, backoff) -> change.apply(backoff));
        return new RetryPolicy(copy);
    }

    /** The backoff for a class of failure; {@link Backoff#never()} for {@link FailureClass#PERMANENT}. */
    public Backoff forClass(FailureClass failureClass) {
        Backoff backoff = backoffs.get(failureClass);
        return backoff == null || failureClass == FailureClass.PERMANENT ? Backoff.never() : backoff;
    }
}
