// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A process of ours: its output line by line, its input, and its end by SIGKILL. Thread-safe. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedWriter input;
    private final List<String> lines = new ArrayList<>();
    private final Consumer<String> listener;
    private boolean ended;

    private Child(Process process, Consumer<String> listener) {
        this.process = process;
        this.listener = listener;
        input = process.outputWriter();
    }

    /** Starts it; both its outputs come as one, and the listener is told each line. */
    static Child start(ProcessBuilder builder, Consumer<String> listener) {
        try {
            Child child = new Child(builder.redirectErrorStream(true).start(), listener);
            Thread reader = new Thread(child::read, "output of " + child.process.pid());
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + builder.command().get(0), e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (this) {
                    lines.add(line);
                    notifyAll();
                }
                listener.accept(line);
            }
        } catch (IOException brokenOff) {
            // killed in the middle of a line
            return;
        } finally {
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }
    }

    /** Waits for a line; false if the process ends without it, or the time is over. */
    synchronized boolean awaitLine(Predicate<String> wanted, Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        int seen = 0;
        while (true) {
            for (; seen < lines.size(); seen++) {
                if (wanted.test(lines.get(seen))) {
                    return true;
                }
            }
            long left = until - System.nanoTime();
            if (ended || left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Writes a line to its input; one that has ended does not care. */
    synchronized void send(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException gone) {
            // its end shows elsewhere
            return;
        }
    }

    /** Waits for its end; false if the time is over. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            return false;
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        synchronized (this) {
            while (!ended && System.nanoTime() < until) {
                TimeUnit.MILLISECONDS.timedWait(this, 100);
            }
        }
        return true;
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Ends it as {@code kill -9} does, and waits until it is no more. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Does something when it has ended, at once if it has. */
    void onEnd(Runnable action) {
        process.onExit().thenRun(action);
    }

    /** All that it has said. */
    synchronized List<String> said() {
        return List.copyOf(lines);
    }

    /** Kills it if it still lives. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
