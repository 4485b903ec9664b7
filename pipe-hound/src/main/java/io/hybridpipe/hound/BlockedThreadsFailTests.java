// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class during which a thread blocked that must not; with classes that run beside each other, the first that ends.
 *
 * <p>JUnit finds it by itself where {@code junit.jupiter.extensions.autodetection.enabled} is set.
 */
public final class BlockedThreadsFailTests implements AfterAllCallback {
    static {
        Hound.install();
    }

    /** For JUnit; the watch begins with the first one. */
    public BlockedThreadsFailTests() {}

    @Override
    public void afterAll(ExtensionContext context) {
        List<BlockedThread> found = Hound.found();
        if (!found.isEmpty()) {
            throw new AssertionError(found.stream()
                    .map(BlockedThread::toString)
                    .collect(Collectors.joining(
                            "\n",
                            "Threads blocked that must not. Move the call to boundedElastic (Step.blocking, subscribeOn), or, if it is"
                                    + " sound, give it with its reason to io.hybridpipe.hound.Allowed:\n",
                            "")));
        }
    }
}
