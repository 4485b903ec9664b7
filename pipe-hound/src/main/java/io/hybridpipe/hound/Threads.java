// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import java.util.List;
import java.util.regex.Pattern;

/** Threads that must not block, beside those that say so themselves (Reactor's {@code NonBlocking}, Netty's own). */
final class Threads {
    private static final List<Pattern> NAMES = List.of(
            // the engine's pool, which all runs of a JVM share; hybridpipe-journal and other named ones are there to
            // block
            Pattern.compile("hybridpipe-\\d+"),
            // the AWS SDK's event loops: plain threads, which Netty's own integration does not know
            Pattern.compile("aws-java-sdk-NettyEventLoop-.*"),
            // the AWS SDK completes its futures here, so that what follows a call runs here
            Pattern.compile("sdk-async-response-.*"));

    private Threads() {}

    static boolean mustNotBlock(Thread thread) {
        return NAMES.stream().anyMatch(name -> name.matcher(thread.getName()).matches());
    }
}
