// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Design §4.5, each in a JVM of its own: when it may end, and what a signal does. */
@Execution(ExecutionMode.CONCURRENT)
class ExitTest {
    private static final long BOUND = 60;

    /** The main of the child. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            Step undone = Step.reading()
                    .undo((state, context) -> Mono.fromRunnable(() -> say("undone")))
                    .as((state, context) -> Mono.fromRunnable(() -> say("made")));
            Thread main = Thread.currentThread();
            Mono<Void> mainHasEnded = Flux.interval(Duration.ofMillis(10))
                    .takeUntil(tick -> !main.isAlive())
                    .then();
            Step afterMain = Step.reading().withoutEffect().as((state, context) -> mainHasEnded.then(Mono.empty()));
            Step quick = Step.reading().withoutEffect().as((state, context) -> Mono.delay(Duration.ofMillis(1))
                    .then(Mono.empty()));
            // so that what the main says comes before what the signal brings about
            Step endless = Step.reading().withoutEffect().as((state, context) -> mainHasEnded
                    .then(Mono.fromRunnable(() -> say("waiting")))
                    .then(Mono.never()));
            RunOptions options = RunOptions.ofDefaults().listener(new RunListener() {
                @Override
                public void on(PipeEvent event) {
                    // only the report counts
                }

                @Override
                public void settled(RunReport report) {
                    say("settled " + report.outcome());
                }
            });
            switch (args[0]) {
                case "subscribe" ->
                    pipe(undone, afterMain).run(State.empty(), options).subscribe(state -> say("result"));
                case "start" ->
                    pipe(undone, afterMain)
                            .start(State.empty(), options)
                            .result()
                            .subscribe(state -> say("result"));
                case "twice" -> {
                    pipe(undone, quick).run(State.empty(), options).block(Duration.ofSeconds(60));
                    pipe(undone, afterMain).run(State.empty(), options).subscribe(state -> say("result"));
                }
                case "signal" ->
                    pipe(undone, endless).start(State.empty(), options.closeOnShutdown(Duration.ofSeconds(10)));
                case "signal-second" -> {
                    RunOptions closing = options.closeOnShutdown(Duration.ofSeconds(10));
                    pipe(undone, quick).run(State.empty(), closing).block(Duration.ofSeconds(60));
                    pipe(undone, endless).start(State.empty(), closing);
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
            say("main has ended");
        }

        private static Pipe pipe(Step first, Step second) {
            return Pipe.named("p").step("first", first).step("second", second).build();
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    @Test
    void aMainThatEndsAfterSubscribingLivesUntilTheRunHasSettledAndThenExitsAtOnce() throws Exception {
        Ended child = runToItsEnd("subscribe");

        assertThat(child.lines).containsExactly("made", "main has ended", "settled done", "result");
        assertThat(child.exit).isZero();
    }

    @Test
    void aMainThatEndsAfterStartLivesUntilTheRunHasSettledAndThenExitsAtOnce() throws Exception {
        Ended child = runToItsEnd("start");

        assertThat(child.lines).contains("made", "main has ended").endsWith("settled done", "result");
        assertThat(child.exit).isZero();
    }

    @Test
    void aSecondRunIsKeptAliveAsTheFirstWas() throws Exception {
        Ended child = runToItsEnd("twice");

        assertThat(child.lines)
                .containsExactly("made", "settled done", "made", "main has ended", "settled done", "result");
        assertThat(child.exit).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSigtermWithCloseOnShutdownUndoesAndExitsWith143() throws Exception {
        Ended child = terminateWhenItWaits("signal");

        assertThat(child.lines).contains("made").endsWith("undone", "settled undone");
        assertThat(child.exit).isEqualTo(143);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSigtermUndoesTheSecondRunToo() throws Exception {
        Ended child = terminateWhenItWaits("signal-second");

        assertThat(child.lines).contains("settled done").endsWith("undone", "settled undone");
        assertThat(child.exit).isEqualTo(143);
    }

    private record Ended(List<String> lines, int exit) {}

    private static Ended runToItsEnd(String what) throws Exception {
        return listenTo(child(what), line -> {});
    }

    private static Ended terminateWhenItWaits(String what) throws Exception {
        Process child = child(what);
        return listenTo(child, line -> {
            if (line.equals("waiting")) {
                // the signal alone: Process.destroy would close the output that is still to be read
                child.toHandle().destroy();
            }
        });
    }

    private static Ended listenTo(Process child, Consumer<String> heard) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        BufferedReader out = child.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
            heard.accept(line);
        }
        assertThat(child.waitFor(BOUND, TimeUnit.SECONDS))
                .as("ends; said: %s", lines)
                .isTrue();
        return new Ended(lines, child.exitValue());
    }

    private static Process child(String what) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        what)
                .redirectErrorStream(true)
                .start();
        // a child that hangs must not hang the build: its output then ends, and the assertion says what it had said
        child.onExit().orTimeout(BOUND, TimeUnit.SECONDS).whenComplete((ended, late) -> child.destroyForcibly());
        return child;
    }
}
