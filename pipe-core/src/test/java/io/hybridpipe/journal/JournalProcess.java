// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that works on a directory of logs as it is told, one line a command, one line an answer: {@code ok}, or the reason of the
 * refusal and its message.
 */
final class JournalProcess implements AutoCloseable {
    private static final long BOUND = 20;

    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private JournalProcess(Process process) {
        this.process = process;
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one, and waits until it listens. */
    static JournalProcess in(Path directory, Duration lease) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalProcess.class.getName(),
                        directory.toString(),
                        lease.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // a child that hangs must not hang the build: its output then ends, and the assertion says so
        process.onExit()
                .orTimeout(2 * BOUND, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.destroyForcibly());
        JournalProcess started = new JournalProcess(process);
        started.hears("ready");
        return started;
    }

    long number() {
        return process.pid();
    }

    String ask(String command) throws IOException {
        tell(command);
        return answer();
    }

    /** Gives a command that is not answered yet: the process may be busy, or stopped. */
    void tell(String command) throws IOException {
        in.write(command);
        in.newLine();
        in.flush();
    }

    String answer() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("> ")) {
                return line.substring(2);
            }
        }
        throw new AssertionError("process " + number() + " ended without an answer");
    }

    void hears(String expected) throws IOException {
        String answer = answer();
        if (!answer.equals(expected)) {
            throw new AssertionError("expected " + expected + ", not " + answer);
        }
    }

    /** Stops it in the midst of whatever it does. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void goOn() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", name, String.valueOf(number()))
                .inheritIO()
                .start();
        if (!kill.waitFor(BOUND, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("kill " + name + " failed");
        }
    }

    /** As kill -9 does; returns when it has ended. */
    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(BOUND, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }

    // ---- the process itself

    private static @Nullable RunLog log;

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FileJournal journal = FileJournal.in(Path.of(args[0])).withLease(Duration.parse(args[1]));
        // so that what is measured in a race is not the loading of classes
        journal.runs().block();
        say("ready");
        // ends with its parent, whose end of the pipe then closes
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            say(obey(line.split(" "), journal));
        }
        System.exit(0);
    }

    private static synchronized void say(String answer) {
        System.out.println("> " + answer);
        System.out.flush();
    }

    private static String obey(String[] command, FileJournal journal) {
        try {
            switch (command[0]) {
                case "create" ->
                    log = journal.create(RunId.of(command[1]), command[2]).block();
                case "take" -> log = journal.takeUp(RunId.of(command[1])).block();
                case "append" -> append(command[1]).join();
                case "flood" -> {
                    say("ok");
                    return flood();
                }
                case "held" -> {
                    return String.valueOf(held().isHeld());
                }
                case "confirm" -> held().confirm().block();
                case "close" -> held().close().block();
                default -> throw new IllegalArgumentException(command[0]);
            }
            return "ok";
        } catch (RuntimeException e) {
            return told(e);
        }
    }

    private static RunLog held() {
        if (log == null) {
            throw new IllegalStateException("no log was opened");
        }
        return log;
    }

    private static String told(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof JournalException it ? it.reason() + " " + it.getMessage() : String.valueOf(cause);
    }

    private static CompletableFuture<Void> append(String name) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        held().append(entry(name), failure -> {
            if (failure == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failure);
            }
        });
        return written;
    }

    /** Writes one record after the other until one fails; tells how many were confirmed, and why the last one was not. */
    private static String flood() {
        int confirmed = 0;
        try {
            while (true) {
                append("flood-" + confirmed).join();
                confirmed++;
            }
        } catch (RuntimeException e) {
            return confirmed + " " + told(e);
        }
    }

    static JournalRecord entry(String name) {
        return JournalRecord.of(Kind.INTENT, Instant.now(), io.hybridpipe.event.Path.of(name), 0, 1);
    }
}
