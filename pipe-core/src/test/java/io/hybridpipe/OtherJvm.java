// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own that is told one line a command and answers with lines that begin with {@code "> "}. */
public final class OtherJvm implements AutoCloseable {
    private static final long BOUND = 60;

    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private OtherJvm(Process process) {
        this.process = process;
        in = process.outputWriter(StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts this main on the class path of the tests, and waits until it answers {@code ready}. */
    public static OtherJvm running(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // a child that hangs must not hang the build: its output then ends, and the assertion says so
        process.onExit()
                .orTimeout(2 * BOUND, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.destroyForcibly());
        OtherJvm started = new OtherJvm(process);
        started.hears("ready");
        return started;
    }

    /** In the other JVM: answers. */
    public static synchronized void say(String answer) {
        System.out.println("> " + answer);
        System.out.flush();
    }

    /** The process's number. */
    public long number() {
        return process.pid();
    }

    /** Gives a command and waits for its answer. */
    public String ask(String command) throws IOException {
        tell(command);
        return answer();
    }

    /** Gives a command that is not answered yet: the process may be busy, or stopped. */
    public void tell(String command) throws IOException {
        in.write(command);
        in.newLine();
        in.flush();
    }

    /** The next answer. */
    public String answer() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("> ")) {
                return line.substring(2);
            }
        }
        throw new AssertionError("process " + number() + " ended without an answer");
    }

    /** Waits for the next answer, which must be this one. */
    public void hears(String expected) throws IOException {
        String answer = answer();
        if (!answer.equals(expected)) {
            throw new AssertionError("expected " + expected + ", not " + answer);
        }
    }

    /** Stops it in the midst of whatever it does; on return none of its threads goes on. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
        // the signal is only sent: until the system has told each thread, any of them may still take a lock
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND);
        while (!isStopped()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("process " + number() + " is not stopped after " + BOUND + " seconds");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Whether all its threads are; where the system does not show them, it is taken at its word. */
    private boolean isStopped() throws IOException {
        Path threads = Path.of("/proc", String.valueOf(number()), "task");
        if (!Files.isDirectory(threads)) {
            return true;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path each : all) {
                if (!stateOf(each).startsWith("T")) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String stateOf(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            // the name before it, in parentheses, may hold anything
            return stat.substring(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            // no such file, or no such process: it ended meanwhile, so the process is not stopped yet
            return "";
        }
    }

    /** Stops it, but not in the midst of renewing a lease in this journal: nobody could take that lease over meanwhile. */
    public void pauseOutsideOfLeases(Path journal) throws IOException, InterruptedException {
        pause();
        for (int tries = 0; anyLeaseIsLocked(journal.resolve("leases")); tries++) {
            if (tries == 1_000) {
                throw new IllegalStateException("a lease is locked all the time");
            }
            goOn();
            pause();
        }
    }

    private static boolean anyLeaseIsLocked(Path leases) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(leases, "*.lock")) {
            for (Path each : locks) {
                try (FileChannel channel = FileChannel.open(each, StandardOpenOption.WRITE);
                        FileLock free = channel.tryLock()) {
                    if (free == null) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Ends the {@link #pause}. */
    public void goOn() throws IOException, InterruptedException {
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
    public void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(BOUND, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
