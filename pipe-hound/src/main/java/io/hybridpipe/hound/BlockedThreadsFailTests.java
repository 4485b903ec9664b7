// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails the test class during which a thread blocked that must not; with classes that run beside each other, the first that ends.
 * What blocks after the last class has ended, as servers and clients close, fails the whole execution.
 *
 * <p>JUnit finds it by itself where {@code junit.jupiter.extensions.autodetection.enabled} is set.
 */
public final class BlockedThreadsFailTests implements BeforeAllCallback, AfterAllCallback {
    static {
        Hound.install();
    }

    /** For JUnit; the watch begins with the first one. */
    public BlockedThreadsFailTests() {}

    /** Closed by JUnit when all classes have ended, after all that was put into the store of the execution later. */
    private record LastLook() implements AutoCloseable {
        @Override
        public void close() {
            look();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(Namespace.create(BlockedThreadsFailTests.class))
                .getOrComputeIfAbsent(LastLook.class, key -> new LastLook());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        look();
    }

    private static void look() {
        List<BlockedThread> found = Hound.found();
        if (!found.isEmpty()) {
            throw new AssertionError(found.stream()
                    .map(BlockedThread::toString)
                    .collect(Collectors.joining(
                            "\n",
                            "Threads blocked that must not. Move the call to boundedElastic (LambdaStep.blocking, subscribeOn), or, if it is"
                                    + " sound, give it with its reason to io.hybridpipe.hound.Allowed:\n",
                            "")));
        }
    }
}
