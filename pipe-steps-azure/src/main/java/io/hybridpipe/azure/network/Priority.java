// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which priority a security rule is to have; rules of one direction in one group have different ones, and lower ones come first.
 *
 * @param first the lowest that will do
 * @param last the highest that will do
 */
record Priority(int first, int last) {
    private static final int LOWEST = 100;
    private static final int HIGHEST = 4096;

    Priority {
        if (first < LOWEST || last > HIGHEST) {
            throw new IllegalArgumentException("priority " + first + " is not from " + LOWEST + " to " + HIGHEST);
        }
    }

    static Priority ofAny() {
        return from(LOWEST);
    }

    static Priority from(int first) {
        return new Priority(first, first > HIGHEST ? first : HIGHEST);
    }

    static Priority of(int only) {
        return new Priority(only, only);
    }

    OptionalInt free(Set<Integer> taken) {
        return IntStream.rangeClosed(first, last)
                .filter(each -> !taken.contains(each))
                .findFirst();
    }

    /** Whether nothing but this one will do. */
    boolean isOnly(int priority) {
        return first == last && first == priority;
    }

    @Override
    public String toString() {
        return first == last ? "priority " + first : "every priority from " + first;
    }
}
