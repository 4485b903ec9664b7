// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;

/**
 * A method inside which threads that must not block may block.
 *
 * @param because why that is sound
 */
record Allowed(String type, String method, String because) {
    private static final String BRIEF_LOCK =
            "takes a lock that nobody holds for longer than it takes to change a queue";

    static final List<Allowed> CALLS = List.of(
            new Allowed(
                    "java.util.concurrent.ThreadPoolExecutor", "getTask", "a thread of a pool waits for its next task"),
            new Allowed("java.util.concurrent.ThreadPoolExecutor", "execute", BRIEF_LOCK),
            new Allowed("io.hybridpipe.journal.Scribe", "add", BRIEF_LOCK),
            new Allowed(
                    "sun.security.provider.NativePRNG$RandomIO",
                    "readFully",
                    "/dev/urandom answers at once (random(4))"));
}
