// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The shape of a pipe as the journal has it: path, kind and contract of each element, in the order of the outline.
 *
 * <p>What is empty or false is left out. Bounds are not part of it, nor why an effect is irreversible: both may change between
 * a crash and its resume.
 */
final class Fingerprint {
    private Fingerprint() {}

    /** One map an element, of what JSON has. */
    static List<Object> of(Outline root) {
        List<Object> all = new ArrayList<>();
        add(root, all);
        return all;
    }

    /**
     * What forbids a run of the pipe that was, to go on with the pipe that is, one line a change; empty if nothing does.
     *
     * @param then the fingerprint in the run's journal
     * @param reached whether the journal has any record at this path or inside; items of fan-outs are left out of the path
     */
    static List<String> difference(List<Object> then, Outline now, Predicate<Path> reached) {
        return new Difference(Imprint.tree(then), Imprint.tree(of(now)), reached).lines();
    }

    private static void add(Outline outline, List<Object> all) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(Imprint.PATH, outline.path().value());
        line.put(Imprint.KIND, outline.kind().name());
        if (outline.isFlat()) {
            line.put(Imprint.HELD, true);
        }
        outline.contract().ifPresent(contract -> add(contract, line));
        all.add(line);
        outline.children().forEach(inner -> add(inner, all));
    }

    private static void add(Contract contract, Map<String, Object> line) {
        line.put(Imprint.TYPE, contract.type());
        line.put(Imprint.VERSION, contract.version());
        add(Imprint.READS, contract.reads(), line);
        add(Imprint.OPTIONAL_READS, contract.optionalReads(), line);
        add(Imprint.WRITES, contract.writes(), line);
        add(Imprint.UPDATES, contract.updates(), line);
        line.put(
                Imprint.EFFECT,
                contract.effect() == Effect.none()
                        ? "none"
                        : contract.effect() == Effect.undoable() ? "undoable" : "irreversible");
        if (contract.isOpaque()) {
            line.put(Imprint.OPAQUE, true);
        }
    }

    private static void add(String name, Collection<Key<?>> keys, Map<String, Object> line) {
        if (!keys.isEmpty()) {
            line.put(name, keys.stream().map(Key::name).sorted().toList());
        }
    }
}
