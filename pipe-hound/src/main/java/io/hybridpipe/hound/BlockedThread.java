// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A blocking call that was seen on a thread that must not block.
 *
 * @param thread its name, without its number
 * @param call what blocks, as {@code class.method}
 * @param stack who called it, the innermost first
 */
public record BlockedThread(String thread, String call, List<String> stack) {
    static BlockedThread now(String call) {
        return new BlockedThread(
                Thread.currentThread().getName().replaceAll("\\d+", "N"),
                call,
                Arrays.stream(new Throwable().getStackTrace())
                        .map(StackTraceElement::toString)
                        .dropWhile(frame -> frame.contains("io.hybridpipe.hound.BlockedThread")
                                || frame.contains("io.hybridpipe.hound.Hound")
                                || frame.contains("reactor.blockhound."))
                        .toList());
    }

    /** Whether a test has blocked the thread in order to see that it is seen. */
    boolean isPlanted() {
        return stack.stream().anyMatch(frame -> frame.contains(Planted.class.getName()));
    }

    @Override
    public String toString() {
        return stack.stream()
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", call + " on thread " + thread, ""));
    }
}
