// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * The name of one execution of a pipe.
 *
 * @param value 1 to 64 letters, digits, dots, dashes and underscores: it goes into tags, tokens and file names
 */
public record RunId(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Checks the characters. */
    public RunId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException("run id '" + value + "' must match " + ALLOWED);
        }
    }

    /** The run id with the given value. */
    public static RunId of(String value) {
        return new RunId(value);
    }

    /** A new one that nobody else has: 16 hexadecimal digits of randomness. */
    public static RunId random() {
        return new RunId(Long.toHexString(Random.SOURCE.nextLong() | 0x1000_0000_0000_0000L));
    }

    @Override
    public String toString() {
        return value;
    }

    private static final class Random {
        static final SecureRandom SOURCE = new SecureRandom();
    }
}
