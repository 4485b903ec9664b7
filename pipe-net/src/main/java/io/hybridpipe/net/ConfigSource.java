// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import io.hybridpipe.net.ConfigDocument.Language;
import io.hybridpipe.retry.StepFailure;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where a config document is, and how it is fetched. */
interface ConfigSource {
    String CLASS_PATH = "classpath:";

    /** What messages call it; without anything that may be a secret. */
    String shown();

    /**
     * The document; each subscription reads it again.
     *
     * @param limit bytes; more are refused
     */
    Mono<Fetched> fetch(int limit, StepContext context);

    /**
     * A document's bytes.
     *
     * @param language what its name or media type says of the language
     */
    record Fetched(byte[] bytes, Optional<Language> language) {}

    /**
     * A source written as text: {@code classpath:} and a resource's name, an HTTP(S) URL, or else the path of a file.
     *
     * @throws IllegalArgumentException if it looks like a URL and is none
     */
    static ConfigSource of(String source) {
        String lower = source.toLowerCase(Locale.ROOT);
        if (lower.startsWith(CLASS_PATH)) {
            return new ClassPathSource(source.substring(CLASS_PATH.length()), loader());
        }
        if (lower.startsWith("http://") || lower.startsWith("https://")) {
            return new HttpSource(HttpSource.uri(source), Optional.empty());
        }
        if (lower.startsWith("file:")) {
            return FileSource.of(URI.create(source));
        }
        return FileSource.of(source);
    }

    /** Reads and checks the document; every failure names this source. */
    default Mono<ConfigDocument> read(int limit, StepContext context) {
        return fetch(limit, context).map(fetched -> {
            String text = text(fetched, limit);
            try {
                return ConfigDocument.parse(text, fetched.language().orElseGet(() -> Language.guess(text)));
            } catch (Misfit misfit) {
                throw failure(misfit);
            }
        });
    }

    /** Reads the document as it is; every failure names this source. */
    default Mono<String> text(int limit, StepContext context) {
        return fetch(limit, context).map(fetched -> text(fetched, limit));
    }

    private String text(Fetched fetched, int limit) {
        if (fetched.bytes().length > limit) {
            throw StepFailure.permanent(shown() + ": it is longer than " + limit + " bytes");
        }
        try {
            return decoded(fetched.bytes());
        } catch (Misfit misfit) {
            throw failure(misfit);
        }
    }

    default StepFailure failure(Misfit misfit) {
        return StepFailure.permanent(shown() + ": " + misfit.line());
    }

    private static String decoded(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException notText) {
            throw new Misfit("", "it is not UTF-8 text");
        }
    }

    // the class path of whoever builds the pipe: a library's own loader may not see the application's resources
    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? ConfigSource.class.getClassLoader() : context;
    }
}
