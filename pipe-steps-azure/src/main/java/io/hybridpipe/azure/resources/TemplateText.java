// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.StepFailure;
import java.util.stream.Collectors;
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

    /**
     * The template; empty as long as what it reads is not known. Signals a permanent failure if it is none, or if it is made of
     * a secret.
     */
    Mono<Template> find(State state, StepContext context) {
        if (source != null) {
            return fetch(source, context);
        }
        return text == null
                ? Mono.empty()
                : Mono.fromCallable(() -> open(text))
                        .flatMap(open -> Mono.justOrEmpty(open.find(state)))
                        .map(TemplateText::parse);
    }

    /** The template. */
    Mono<Template> get(State state, StepContext context) {
        return text == null
                ? find(state, context)
                : Mono.fromCallable(() -> parse(open(text).get(state)));
    }

    /** The text, unless it is made of a secret: everybody who may read a deployment may export its template. */
    private static Input<? extends String> open(Input<? extends String> text) {
        String secrets = TemplateParameters.secretsOf(text)
                .map(key -> "'" + key + "'")
                .sorted()
                .collect(Collectors.joining(", "));
        if (!secrets.isEmpty()) {
            throw StepFailure.permanent("the template's text is made of the secret " + secrets
                    + ", and Azure shows a template to everybody who may read the deployment; give the secret as a parameter"
                    + " that the template declares as securestring or secureobject");
        }
        return text;
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
        // as some editors begin a text, and as it is taken from a file
        return Template.parse("the template", given.startsWith("\uFEFF") ? given.substring(1) : given);
    }
}
