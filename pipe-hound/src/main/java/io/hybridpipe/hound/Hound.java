// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.blockhound.BlockHound;

/**
 * Watches all threads of this JVM and notes the blocking calls of those that must not block.
 *
 * <p>It notes and does not throw: what is thrown on a foreign thread may be swallowed, or show as a test that hangs.
 */
final class Hound {
    private static final Set<BlockedThread> FOUND = ConcurrentHashMap.newKeySet();

    private Hound() {}

    static void install() {
        BlockHound.Builder hound = BlockHound.builder()
                .loadIntegrations()
                .nonBlockingThreadPredicate(others -> others.or(Threads::mustNotBlock));
        Allowed.CALLS.forEach(allowed -> hound.allowBlockingCallsInside(allowed.type(), allowed.method()));
        MoreBlockingCalls.CALLS.forEach(call -> hound.markAsBlocking(call.type(), call.method(), call.descriptor()));
        hound.blockingMethodCallback(call -> note(BlockedThread.now(call.getClassName() + "." + call.getName())))
                .install();
    }

    private static void note(BlockedThread seen) {
        if (seen.isPlanted()) {
            Planted.SEEN.add(seen);
        } else {
            FOUND.add(seen);
        }
    }

    /** What was seen since this was asked last, each stack once. */
    static List<BlockedThread> found() {
        List<BlockedThread> taken = new ArrayList<>(FOUND);
        taken.forEach(FOUND::remove);
        return taken;
    }
}
