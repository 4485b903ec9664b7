// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.StepFailure;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Where a deployment's template comes from: an input, or else a source.
 *
 * @param text the template itself
 * @param source where it is read, at each attempt
 */
record TemplateText(
        @Nullable Input<? extends String> text, @Nullable TextSource source) {
    static final TemplateText MISSING = new TemplateText(null, null);

    static TemplateText of(Input<? extends String> text) {
        return new TemplateText(text, null);
    }

    static TemplateText from(TextSource source) {
        return new TemplateText(null, source);
    }

    boolean isMissing() {
        return text == null && source == null;
    }

    /** What has to be known for it. */
    Input<?>[] reads() {
        return text == null ? new Input<?>[0] : new Input<?>[] {text};
    }

    /** The template; empty as long as what it reads is not known. Signals a permanent failure if it is none. */
    Mono<Template> find(State state, StepContext context) {
        return source == null
                ? Mono.defer(() -> Mono.justOrEmpty(
                                text == null ? null : text.find(state).orElse(null)))
                        .map(given -> parse(given))
                : fetch(source, context);
    }

    /** The template. */
    Mono<Template> get(State state, StepContext context) {
        return text == null ? find(state, context) : Mono.fromCallable(() -> parse(text.get(state)));
    }

    private static Mono<Template> fetch(TextSource source, StepContext context) {
        return source.text(Template.LARGEST, context)
                .map(fetched -> Template.parse("template " + source.shown(), fetched));
    }

    private static Template parse(String given) {
        if (given.length() > Template.LARGEST) {
            throw StepFailure.permanent("the template has " + given.length() + " characters, Azure takes at most "
                    + Template.LARGEST + " bytes");
        }
        return Template.parse("the template", given);
    }
}
