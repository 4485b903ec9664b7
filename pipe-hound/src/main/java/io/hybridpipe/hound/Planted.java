// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

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

    /** Whether a planted call was seen on a thread whose name starts so. */
    public static boolean wasSeenOn(String thread) {
        return SEEN.stream().anyMatch(seen -> seen.thread().startsWith(thread));
    }
}
