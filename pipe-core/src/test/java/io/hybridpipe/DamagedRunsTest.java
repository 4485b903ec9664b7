// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.FileJournal;
import io.hybridpipe.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A damaged log says so, and keeps nobody from the runs beside it. */
class DamagedRunsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Pipe pipe = Pipe.named("p")
            .step("a", Step.opaque((state, context) -> Mono.just(Outputs.none())))
            .build();

    private FileJournal journal = FileJournal.in(Path.of(""));

    @BeforeEach
    void threeRunsOfWhichTwoAreDamaged() throws IOException {
        journal = FileJournal.in(directory);
        for (String id : List.of("first", "second", "third")) {
            RunOptions options =
                    RunOptions.ofDefaults().journal(journal).runId(RunId.of(id)).target(id);
            pipe.run(State.empty(), options).block(SOON);
        }
        for (String id : List.of("first", "second")) {
            Path log = directory.resolve(id + ".jsonl");
            Files.writeString(log, Files.readString(log).replace("RESULT", "RESULX"));
        }
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void theOthersAreListedAndThenEachThatIsDamagedIsNamed() {
        List<RunId> listed = new ArrayList<>();

        Throwable error = Runs.of(journal)
                .list()
                .doOnNext(run -> listed.add(run.run()))
                .then()
                .<Optional<Throwable>>thenReturn(Optional.empty())
                .onErrorResume(it -> Mono.just(Optional.of(it)))
                .blockOptional(SOON)
                .flatMap(it -> it)
                .orElseThrow();

        assertThat(listed).containsExactly(RunId.of("third"));
        assertThat(error).isInstanceOf(JournalException.class).hasMessageContaining("first.jsonl line");
        assertThat(error.getSuppressed()).hasSize(1);
        assertThat(error.getSuppressed()[0]).hasMessageContaining("second.jsonl line");
    }
}
