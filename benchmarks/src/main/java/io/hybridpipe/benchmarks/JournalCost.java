// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.benchmarks;

import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.FileJournal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What it costs to write concurrent runs of trivial steps down, beside one bare sync. Divide by {@code runs}.
 *
 * <p>After each iteration it prints how many syncs the JVM's file channels made, counted by Flight Recorder, and how many records were
 * written. A run writes two records a step; to begin and end a run costs some syncs too.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(1)
public class JournalCost {
    private static final int STEPS = 100;

    private static final Pipe PIPE = pipe();

    private static Pipe pipe() {
        Step step = Step.reading().withoutEffect().as((state, context) -> Mono.<Outputs>empty());
        Pipe.Builder pipe = Pipe.named("p");
        for (int i = 0; i < STEPS; i++) {
            pipe.step("s" + i, step);
        }
        return pipe.build();
    }

    /** An empty directory for each iteration, and what was synced in it. */
    @org.openjdk.jmh.annotations.State(Scope.Benchmark)
    public static class Disk {
        private Path directory = Path.of("");
        private FileJournal journal = FileJournal.in(directory);
        private Recording recording = new Recording();

        /** Makes it. */
        @Setup(Level.Iteration)
        public void open() throws IOException {
            directory = Files.createTempDirectory("journal-cost");
            journal = FileJournal.in(directory.resolve("runs"));
            recording = new Recording();
            recording.enable("jdk.FileForce").withoutThreshold().withoutStackTrace();
            recording.start();
        }

        /** Prints the counts and deletes it. */
        @TearDown(Level.Iteration)
        public void close() throws IOException {
            recording.stop();
            Path events = directory.resolve("events.jfr");
            recording.dump(events);
            recording.close();
            List<RecordedEvent> syncs = RecordingFile.readAllEvents(events);
            long leases = syncs.stream()
                    .filter(it -> it.getString("path").contains("leases"))
                    .count();
            System.out.printf("%d records, %d syncs, of leases %d more%n", records(), syncs.size() - leases, leases);
            journal.close();
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }

        private long records() {
            List<RunId> runs = journal.runs().blockOptional().orElseThrow();
            return runs.stream()
                    .limit(1)
                    .mapToLong(run ->
                            journal.read(run).blockOptional().orElseThrow().size() * (long) runs.size())
                    .sum();
        }
    }

    /** How many runs there are at the same time. */
    @org.openjdk.jmh.annotations.State(Scope.Benchmark)
    public static class Runs {
        /** How many. */
        @Param({"1", "100", "1000"})
        public int runs;

        private Object run(RunOptions options) {
            return Flux.range(0, runs)
                    .flatMap(i -> PIPE.run(State.empty(), options.target("target " + i)), runs)
                    .blockLast();
        }
    }

    /** With a journal. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Object journal(Runs runs, Disk disk) {
        return runs.run(RunOptions.ofDefaults().journal(disk.journal));
    }

    /** Without one. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Object none(Runs runs) {
        return runs.run(RunOptions.ofDefaults());
    }

    /** A line appended to a file and synced. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void bareSync(Disk disk) throws IOException {
        byte[] line = "x".repeat(149).concat("\n").getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(
                disk.directory.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < STEPS; i++) {
                channel.write(ByteBuffer.wrap(line));
                channel.force(false);
            }
        }
    }
}
