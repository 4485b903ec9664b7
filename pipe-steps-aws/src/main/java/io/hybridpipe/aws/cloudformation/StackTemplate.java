// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;

/** Where a stack's template comes from. */
interface StackTemplate {
    /** The bytes that a request may bear; a longer template would have to lie in S3 (CloudFormation quotas). */
    int LARGEST = 51_200;

    /** What has to be known for it. */
    List<Input<?>> reads();

    /** The template's text; empty as long as what it reads is not known. */
    Mono<String> find(State state, StepContext context);

    /** The template's text. */
    default Mono<String> text(State state, StepContext context) {
        return find(state, context);
    }

    /** No template yet: a permanent failure that says which method to call. */
    static StackTemplate missing() {
        return new StackTemplate() {
            @Override
            public List<Input<?>> reads() {
                return List.of();
            }

            @Override
            public Mono<String> find(State state, StepContext context) {
                return Mono.error(StepFailure.permanent("the stack has no template: call template(..)"));
            }
        };
    }

    static StackTemplate of(Input<? extends String> text) {
        return new StackTemplate() {
            @Override
            public List<Input<?>> reads() {
                return List.of(text);
            }

            @Override
            public Mono<String> find(State state, StepContext context) {
                return Mono.defer(() -> Mono.justOrEmpty(text.find(state)))
                        .<String>map(given -> given)
                        .flatMap(StackTemplate::checked);
            }

            @Override
            public Mono<String> text(State state, StepContext context) {
                return Mono.<String>fromCallable(() -> text.get(state)).flatMap(StackTemplate::checked);
            }
        };
    }

    static StackTemplate from(TextSource source) {
        return new StackTemplate() {
            @Override
            public List<Input<?>> reads() {
                return List.of();
            }

            @Override
            public Mono<String> find(State state, StepContext context) {
                return source.text(LARGEST, context);
            }
        };
    }

    private static Mono<String> checked(String text) {
        int size = text.getBytes(StandardCharsets.UTF_8).length;
        return size <= LARGEST
                ? Mono.just(text)
                : Mono.error(StepFailure.permanent("the template has " + size + " bytes, CloudFormation takes at most "
                        + LARGEST + " in a request"));
    }
}
