// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The keys whose values the journal of a run gets. */
final class WrittenKeys {
    private WrittenKeys() {}

    /** The keys of a run's input: those that the pipe needs, and those that it reads if they are there. */
    static Set<Key<?>> ofInput(Pipe pipe) {
        Set<Key<?>> keys = new LinkedHashSet<>(pipe.needs());
        optional(pipe.describe(), keys);
        return keys;
    }

    private static void optional(Outline outline, Set<Key<?>> keys) {
        outline.contract().ifPresent(contract -> keys.addAll(contract.optionalReads()));
        if (outline.element instanceof Element.OfFanOut it) {
            keys.addAll(it.each.items.optionalReads());
        } else if (outline.element instanceof Element.OfCondition it) {
            keys.addAll(it.condition.optionalReads());
        } else if (outline.element instanceof Element.OfPipe it) {
            it.nested
                    .needs()
                    .forEach(need -> keys.addAll(it.wiring.inputFor(need).optionalReads()));
            // what is inside reads the nested pipe's keys
            return;
        }
        outline.children().forEach(inner -> optional(inner, keys));
    }

    /** One line for each key under which a run of the pipe writes values that cannot be read back. */
    static Set<String> problems(Pipe pipe) {
        Set<String> problems = new TreeSet<>();
        Consumer<Key<?>> check = key -> problem(key).ifPresent(problems::add);
        ofInput(pipe).forEach(check);
        inside(pipe.describe(), check);
        return problems;
    }

    private static void inside(Outline outline, Consumer<Key<?>> check) {
        outline.contract().ifPresent(contract -> {
            contract.writes().forEach(check);
            contract.updates().forEach(check);
        });
        if (outline.element instanceof Element.OfFanOut it) {
            check.accept(it.each.as);
        }
        outline.children().forEach(inner -> inside(inner, check));
    }

    private static Optional<String> problem(Key<?> key) {
        return Values.Form.JSON
                .problem(key.type())
                .map(why -> "key '" + key + "' of type " + key.type().getTypeName()
                        + " cannot be written to a journal: " + why);
    }
}
