// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.SplittableRandom;
import java.util.UUID;

/** Ids in the services' form; the same calls in the same order give the same ids. Thread-safe. */
final class Ids {

    private final SplittableRandom random = new SplittableRandom(20260101);

    /** Such as {@code vpc-0a1b2c3d4e5f60718} for {@code vpc}: 17 hexadecimal digits. */
    synchronized String next(String prefix) {
        return "%s-0%016x".formatted(prefix, random.nextLong());
    }

    synchronized String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /** Capital letters and digits, as in access keys and the tails of physical names. */
    synchronized String capitals(int length) {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new StringBuilder();
        for (var i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    synchronized int number(int bound) {
        return random.nextInt(bound);
    }
}
