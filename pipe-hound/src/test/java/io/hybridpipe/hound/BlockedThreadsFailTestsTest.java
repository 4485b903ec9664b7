// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class BlockedThreadsFailTestsTest {
    private static final String DETECTED = "junit.jupiter.extensions.autodetection.enabled";
    private static final String SAYS = "Threads blocked that must not";

    /** Blocks a thread that bears a name of the engine's. */
    private static void block() {
        Thread thread = new Thread(() -> LockSupport.parkNanos(1), "hybridpipe-1");
        thread.start();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has something that blocks as it closes, after all classes. */
    static final class ClosesLate implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            AutoCloseable late = BlockedThreadsFailTestsTest::block;
            context.getRoot().getStore(Namespace.create(ClosesLate.class)).put("late", late);
        }
    }

    static final class Quiet {
        @Test
        void doesNothing() {}
    }

    static final class Blocking {
        @Test
        void blocks() {
            block();
        }
    }

    @ExtendWith(ClosesLate.class)
    static final class BlockingInTheEnd {
        @Test
        void doesNothing() {}
    }

    private record Failure(String where, String message) {}

    private static List<Failure> failuresOf(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .configurationParameter(DETECTED, "true")
                .build();
        SummaryGeneratingListener seen = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, seen);
        return seen.getSummary().getFailures().stream()
                .map(each -> new Failure(
                        each.getTestIdentifier().getDisplayName(),
                        String.valueOf(each.getException().getMessage())))
                .toList();
    }

    @Test
    void aClassThatBlocksNoThreadPasses() {
        assertThat(failuresOf(Quiet.class)).isEmpty();
    }

    @Test
    void aClassDuringWhichAThreadBlocksFails() {
        assertThat(failuresOf(Blocking.class)).singleElement().satisfies(failure -> {
            assertThat(failure.where()).contains("Blocking");
            assertThat(failure.message()).startsWith(SAYS).contains("parkNanos");
        });
    }

    @Test
    void anExecutionFailsInWhichAThreadBlocksAfterTheLastClass() {
        assertThat(failuresOf(BlockingInTheEnd.class)).singleElement().satisfies(failure -> {
            assertThat(failure.where()).isEqualTo("JUnit Jupiter");
            assertThat(failure.message()).startsWith(SAYS).contains("parkNanos");
        });
    }
}
