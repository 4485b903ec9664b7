// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import reactor.core.publisher.Mono;

/** Small steps for tests about something else than steps. */
final class Steps {
    private Steps() {}

    /** Writes the value under the key; nothing to undo. */
    static <T> Step writes(Key<T> key, T value) {
        return Step.reading().writing(key).withoutEffect().as((state, context) -> Mono.just(Outputs.of(key, value)));
    }

    /** Reads the inputs and does nothing. */
    static Step reads(Input<?>... inputs) {
        return Step.reading(inputs).withoutEffect().as((state, context) -> Mono.empty());
    }

    /** Adds a letter to a text. */
    static Step updates(Key<String> key) {
        return Step.reading()
                .updating(key)
                .withoutEffect()
                .as((state, context) -> Mono.just(Outputs.of(key, state.get(key) + "+")));
    }

    static Step fails(Throwable failure) {
        return Step.reading().withoutEffect().as((state, context) -> Mono.error(failure));
    }
}
