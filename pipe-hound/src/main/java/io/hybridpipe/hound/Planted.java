// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A blocking call that a test makes to see that it is seen: without such a control, a deaf watch would pass every test. */
public final class Planted {
    static final ConcurrentLinkedQueue<BlockedThread> SEEN = new ConcurrentLinkedQueue<>();

    private Planted() {}

    /** Blocks the calling thread for a millisecond. */
    public static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a file. */
    public static void readFile() {
        try {
            Files.readString(Path.of(System.getProperty("java.home"), "release"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks up a host. */
    public static void lookUpHost() {
        try {
            // spelt as nobody else does: what was looked up shortly before is not looked up again
            InetAddress.getByName("LocalHost");
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a planted call was seen on a thread whose name starts so. */
    public static boolean wasSeenOn(String thread) {
        return wasSeenOn(thread, "");
    }

    /**
     * Whether a planted call was seen on a thread whose name starts so.
     *
     * @param call the end of {@code class.method}, of what blocks in the JDK
     */
    public static boolean wasSeenOn(String thread, String call) {
        return SEEN.stream()
                .anyMatch(
                        seen -> seen.thread().startsWith(thread) && seen.call().endsWith(call));
    }
}
