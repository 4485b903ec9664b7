// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** A text on the class path, in a file or at an HTTP(S) address, read anew by each subscription. Immutable. */
public final class TextSource {
    private final ConfigSource source;

    private TextSource(ConfigSource source) {
        this.source = source;
    }

    /**
     * A source written as text: {@code classpath:} and a resource's name, an HTTP(S) URL, or else the path of a file.
     *
     * <p>Resources are looked for by the context class loader of the calling thread.
     *
     * @throws IllegalArgumentException if it looks like a URL and is none
     */
    public static TextSource of(String source) {
        return new TextSource(ConfigSource.of(Objects.requireNonNull(source, "source")));
    }

    /**
     * Reads the text, which must be UTF-8; nothing happens before it is subscribed, and cancel gives up a transfer.
     *
     * <p>Signals a permanent failure that names the source if there is none, if it is no text or too long, and a transient one
     * if it cannot be read just now.
     *
     * @param limit bytes; more are refused
     */
    public Mono<String> text(int limit, StepContext context) {
        return source.text(limit, context);
    }

    /** The source as it was written, without anything that may be a secret. */
    @Override
    public String toString() {
        return source.shown();
    }
}
