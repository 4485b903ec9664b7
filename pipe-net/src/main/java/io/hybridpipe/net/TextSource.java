// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import io.hybridpipe.retry.StepFailure;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Where a text is, and how it is fetched: on the class path, in a file, at an HTTP(S) address, or in a store that a step module
 * adds. Implementations are immutable.
 */
public interface TextSource {
    /**
     * A source written as text: {@code classpath:} and a resource's name, an HTTP(S) URL, or else the path of a file.
     *
     * <p>Resources are looked for by the context class loader of the calling thread.
     *
     * @throws IllegalArgumentException if it looks like a URL and is none
     */
    static TextSource of(String source) {
        String lower = source.toLowerCase(Locale.ROOT);
        if (lower.startsWith(ClassPathSource.SCHEME)) {
            return ClassPathSource.of(source.substring(ClassPathSource.SCHEME.length()));
        }
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            return new HttpSource(HttpSource.uri(source), Optional.empty());
        }
        return lower.startsWith("file:") ? FileSource.of(URI.create(source)) : FileSource.of(source);
    }

    /** What messages call it; without anything that may be a secret. */
    String shown();

    /**
     * Fetches it; nothing happens before it is subscribed, each subscription fetches anew, cancel gives up a transfer, and no
     * thread waits.
     *
     * <p>Signals a {@link StepFailure} that names the source: a permanent one if there is none, a transient one if it cannot be
     * read just now.
     *
     * @param limit bytes; more than one beyond need not be fetched
     */
    Mono<Fetched> fetch(int limit, StepContext context);

    /** Checks before a run what can be checked although nobody knows yet what is wanted of the text; default nothing. */
    default Mono<Void> preflight(StepContext context) {
        return Mono.empty();
    }

    /**
     * Fetches the text, which must be UTF-8, as {@link #fetch} does.
     *
     * @param limit bytes; more are refused
     */
    default Mono<String> text(int limit, StepContext context) {
        return fetch(limit, context).map(fetched -> text(fetched, limit));
    }

    /**
     * The text of what was fetched.
     *
     * @throws StepFailure a permanent one that names this source, if it is too long or not UTF-8
     */
    default String text(Fetched fetched, int limit) {
        if (fetched.bytes().length > limit) {
            throw StepFailure.permanent(shown() + ": it is longer than " + limit + " bytes");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(fetched.bytes()))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException notText) {
            throw StepFailure.permanent(shown() + ": it is not UTF-8 text");
        }
    }

    /**
     * A text as it was fetched.
     *
     * @param bytes not yet checked
     * @param hints names and media types that may tell its language, the best first
     * @param secret whether no message may quote it
     */
    record Fetched(byte[] bytes, List<String> hints, boolean secret) {
        /** Copies the hints. */
        public Fetched {
            hints = List.copyOf(hints);
        }

        /** A text that messages may quote. */
        public static Fetched of(byte[] bytes, String... hints) {
            return new Fetched(bytes, List.of(hints), false);
        }

        /** A copy that no message quotes. */
        public Fetched withSecret() {
            return new Fetched(bytes, hints, true);
        }

        /** Leaves out the text. */
        @Override
        public String toString() {
            return "Fetched[" + bytes.length + " bytes]";
        }
    }
}
