// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Effect;
import io.hybridpipe.Outline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real signal to a real JVM while the first changing call of an element is held, before and after its effect. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no such signals")
class SignalTest {
    private static final long PATIENCE_SECONDS = 90;

    record Case(String path, String moment, String signal, int exitCode) {
        @Override
        public String toString() {
            return "SIG" + signal + " " + moment + " the effect of " + path;
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("cases")
    void aSignalEndsTheRunAndEverythingIsUndone(Case each) throws IOException, InterruptedException {
        Process child =
                new ProcessBuilder(command(each)).redirectErrorStream(true).start();
        try {
            BlockingQueue<String> lines = new LinkedBlockingQueue<>();
            Thread reader = new Thread(() -> read(child, lines), "output of " + child.pid());
            reader.start();
            List<String> told = new ArrayList<>();
            await(lines, told, SignalledRun.HELD);
            new ProcessBuilder("kill", "-" + each.signal(), Long.toString(child.pid()))
                    .start()
                    .waitFor();

            assertThat(child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends: %s", each, told)
                    .isTrue();
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            lines.drainTo(told);
            String output = String.join("\n", told);
            assertThat(told).as(output).contains(SignalledRun.AS_BEFORE, SignalledRun.CLOSED);
            assertThat(output).contains("is to stop: cancelled: the JVM shuts down", "fednet undone in ");
            assertThat(child.exitValue()).as(output).isEqualTo(each.exitCode());
        } finally {
            child.destroyForcibly();
        }
    }

    static Stream<Case> cases() {
        Outline pipe = new FednetCommand().outline(Federation.ofDefaults());
        return Sample.of(
                acting(pipe).flatMap(path -> Stream.of("before", "after")
                        .flatMap(moment ->
                                Stream.of(new Case(path, moment, "INT", 130), new Case(path, moment, "TERM", 143)))),
                3);
    }

    private static Stream<String> acting(Outline outline) {
        Stream<String> own = outline.contract().filter(it -> it.effect() == Effect.undoable()).stream()
                .map(contract -> outline.path().value());
        return Stream.concat(own, outline.children().stream().flatMap(SignalTest::acting));
    }

    private static List<String> command(Case each) throws IOException {
        List<String> command = new ArrayList<>();
        if (ignoresInterrupts()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-cp",
                System.getProperty("java.class.path"),
                SignalledRun.class.getName(),
                each.path(),
                each.moment()));
        return command;
    }

    /** A shell starts its background jobs so, and their children inherit it; a JVM then leaves the signal alone. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    private static void read(Process child, BlockingQueue<String> lines) {
        try (BufferedReader reader = child.inputReader()) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("the output broke off: " + e.getMessage());
        }
    }

    private static void await(BlockingQueue<String> lines, List<String> told, String wanted)
            throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < until) {
            String line = lines.poll(1, TimeUnit.SECONDS);
            if (line != null) {
                told.add(line);
                if (line.startsWith(wanted)) {
                    return;
                }
            }
        }
        throw new AssertionError("nothing was held: " + String.join("\n", told));
    }
}
