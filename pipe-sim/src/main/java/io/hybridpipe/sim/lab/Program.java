// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Programs of the machine, run to their end within a time. */
final class Program {
    private static final Duration USUAL = Duration.ofSeconds(20);

    /** How a program ended, and all that it printed. */
    record Outcome(int exit, String text) {}

    private Program() {}

    /**
     * Runs a program that must succeed.
     *
     * @throws IOException if it cannot be started, fails or does not end in time; the message has what it printed
     */
    static String run(List<String> command, String input) throws IOException {
        Outcome outcome = outcome(command, input, USUAL);
        if (outcome.exit() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + outcome.exit() + ": "
                    + outcome.text().strip());
        }
        return outcome.text();
    }

    static String run(String... command) throws IOException {
        return run(List.of(command), "");
    }

    /** Runs a program, whatever its end. */
    static Outcome outcome(List<String> command, String input, Duration within) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        FutureTask<byte[]> printed =
                new FutureTask<>(() -> process.getInputStream().readAllBytes());
        Thread reader = new Thread(printed, "output of " + command.get(0));
        reader.setDaemon(true);
        reader.start();
        try {
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(String.join(" ", command) + " did not end within " + within);
            }
            return new Outcome(
                    process.exitValue(), new String(printed.get(5, TimeUnit.SECONDS), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(String.join(" ", command) + " was interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(String.join(" ", command) + " does not stop printing", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Ends a process: asks it, and after five seconds makes it; then it is no more. */
    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
