// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.journal.FileJournal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FileJournalContractTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private final SetForward clock = new SetForward();

    @TestFactory
    Stream<DynamicTest> aFileJournalSharedByTwoKeepsTheContract() {
        return checks("plain", journal -> journal);
    }

    @TestFactory
    Stream<DynamicTest> aFileJournalWithAKeyKeepsTheContract() {
        byte[] key = "a key that only this test knows.".getBytes(StandardCharsets.US_ASCII);
        return checks("keyed", journal -> journal.withKey(new SecretKeySpec(key, "HmacSHA256")));
    }

    /** Two journals on one directory, a new one for each check; their owners die by the expiry of their leases. */
    private Stream<DynamicTest> checks(String name, UnaryOperator<FileJournal> options) {
        AtomicInteger count = new AtomicInteger();
        return JournalContract.of(() -> in(name + count.incrementAndGet(), options), journal -> clock.passes(LEASE))
                .openedElsewhereBy(journal -> in(name + count.get(), options))
                .checks()
                .stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    private FileJournal in(String name, UnaryOperator<FileJournal> options) {
        return options.apply(
                FileJournal.in(directory.resolve(name)).withLease(LEASE).withClock(clock));
    }

    /** The system's clock, set forward as often as is said. */
    private static final class SetForward extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void passes(Duration time) {
            ahead = ahead.plus(time);
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new IllegalArgumentException("always UTC");
        }
    }
}
