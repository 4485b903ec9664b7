// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** A process that is stopped while it takes a run up, for so long that another one has done so when it goes on. */
class LateTakeOverTest {
    private static final RunId RUN = RunId.of("run-1");
    private static final Duration LEASE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private final SetClock clock = new SetClock();

    private FileJournal journal(boolean keyed) {
        FileJournal journal = FileJournal.in(directory).withLease(LEASE).withClock(clock);
        return keyed ? journal.withKey(new SecretKeySpec(new byte[] {1, 2, 3}, "HmacSHA256")) : journal;
    }

    private static <T> T get(Mono<T> call) {
        return Objects.requireNonNull(call.block(Duration.ofSeconds(60)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoeverIsLateDoesNotPutItsCopyOverTheLogOfTheNextOwner(boolean keyed) throws IOException {
        try (FileJournal next = journal(keyed)) {
            CompletableFuture<RunLog> taken = new CompletableFuture<>();
            FileJournal late = journal(keyed).withChannels((file, options, attributes) -> {
                boolean copies = file.getFileName().toString().endsWith(".tmp") && !taken.isDone();
                FileChannel channel = FileChannel.open(file, options, attributes);
                if (copies) {
                    // it has the lease and has read the log: here it is stopped, and continued when its lease has
                    // expired
                    clock.passes(LEASE);
                    taken.complete(get(next.takeUp(RUN)));
                }
                return channel;
            });
            try (late) {
                RunLog first = get(next.create(RUN, "fednet"));
                Written.append(first, Written.intent(1));
                first.close().block(Duration.ofSeconds(60));

                JournalException refusal = catchThrowableOfType(JournalException.class, () -> get(late.takeUp(RUN)));

                assertThat(refusal).as("the late one is refused").isNotNull();
                assertThat(refusal.reason()).isEqualTo(Reason.LOST);
                RunLog log = taken.join();
                assertThat(log.isHeld()).isTrue();
                Written.append(log, Written.intent(2));
                assertThat(log.takenFrom()).isPresent();
                assertThat(get(next.read(RUN)))
                        .extracting(JournalRecord::attempt)
                        .containsExactly(0, 1, 0, 2);
                assertThat(temporaryFiles()).isEmpty();
            }
        }
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(it -> it.toString().endsWith(".tmp")).toList();
        }
    }
}
