// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.OtherJvm;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A process that works on a directory of logs as it is told; it answers {@code ok}, or the reason of the refusal and its message.
 */
final class JournalProcess {
    private JournalProcess() {}

    static OtherJvm in(Path directory, Duration lease) throws IOException {
        return OtherJvm.running(JournalProcess.class, directory.toString(), lease.toString());
    }

    private static @Nullable RunLog log;

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FileJournal journal = FileJournal.in(Path.of(args[0])).withLease(Duration.parse(args[1]));
        // so that what is measured in a race is not the loading of classes
        journal.runs().block();
        OtherJvm.say("ready");
        // ends with its parent, whose end of the pipe then closes
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            OtherJvm.say(obey(line.split(" "), journal));
        }
        System.exit(0);
    }

    private static String obey(String[] command, FileJournal journal) {
        try {
            switch (command[0]) {
                case "create" ->
                    log = journal.create(RunId.of(command[1]), command[2]).block();
                case "take" -> log = journal.takeUp(RunId.of(command[1])).block();
                case "append" -> append(command[1]).join();
                case "flood" -> {
                    OtherJvm.say("ok");
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
