// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** One element of a {@link Fingerprint}, with the elements inside. */
final class Imprint {
    static final String PATH = "path";
    static final String KIND = "kind";
    static final String HELD = "held";
    static final String TYPE = "type";
    static final String VERSION = "version";
    static final String READS = "reads";
    static final String OPTIONAL_READS = "optionalReads";
    static final String WRITES = "writes";
    static final String UPDATES = "updates";
    static final String EFFECT = "effect";
    static final String OPAQUE = "opaque";

    /** Each with its name in a message. */
    private static final List<Map.Entry<String, String>> KEYS = List.of(
            Map.entry(READS, "reads"),
            Map.entry(OPTIONAL_READS, "optional reads"),
            Map.entry(WRITES, "writes"),
            Map.entry(UPDATES, "updates"));

    final Path path;
    final ElementKind kind;
    final List<Imprint> inner = new ArrayList<>();

    private final Map<?, ?> fields;
    private final boolean held;

    private Imprint(Map<?, ?> fields) {
        this.fields = fields;
        path = Path.of(text(PATH));
        kind = ElementKind.valueOf(text(KIND));
        held = fields.containsKey(HELD);
    }

    /** The tree of the lines, which are in the order of the outline. */
    static Imprint tree(List<?> lines) {
        Imprint root = new Imprint((Map<?, ?>) lines.get(0));
        Deque<Imprint> around = new ArrayDeque<>(List.of(root));
        for (Object line : lines.subList(1, lines.size())) {
            Imprint next = new Imprint((Map<?, ?>) line);
            String parent = parent(next.path);
            while (!around.element().base().equals(parent)) {
                around.pop();
            }
            around.element().inner.add(next);
            around.push(next);
        }
        return root;
    }

    /** Below which path the elements inside stand: those in a held scope stand beside it. */
    private String base() {
        return held ? parent(path) : path.value();
    }

    /** Whether the elements inside have paths beside this one's, so that a record of theirs is none inside this path. */
    boolean isHeld() {
        return held;
    }

    /** What is another thing now, for a message: empty if element and contract are the same. */
    List<String> changesTo(Imprint now) {
        List<String> changes = new ArrayList<>();
        if (!what().equals(now.what())) {
            changes.add("was " + what() + ", is " + now.what());
        }
        if (kind != now.kind) {
            return changes;
        }
        for (Map.Entry<String, String> keys : KEYS) {
            String was = keys(keys.getKey());
            String is = now.keys(keys.getKey());
            if (!was.equals(is)) {
                changes.add(keys.getValue() + " were " + was + ", are " + is);
            }
        }
        if (!text(EFFECT).equals(now.text(EFFECT))) {
            changes.add("effect was " + text(EFFECT) + ", is " + now.text(EFFECT));
        }
        if (fields.containsKey(OPAQUE) != now.fields.containsKey(OPAQUE)) {
            changes.add(
                    fields.containsKey(OPAQUE)
                            ? "declared nothing, now declares what it does"
                            : "declared what it does, now declares nothing");
        }
        return changes;
    }

    /** {@code AddRoute v1}, {@code scope Door v1 held to the end}, {@code group}. */
    private String what() {
        String type = fields.containsKey(TYPE) ? text(TYPE) + " v" + text(VERSION) : "";
        if (kind == ElementKind.STEP) {
            return type;
        }
        return kind + (type.isEmpty() ? "" : " " + type) + (held ? " held to the end" : "");
    }

    private String keys(String name) {
        return fields.containsKey(name) ? text(name) : "[]";
    }

    private static String parent(Path path) {
        return path.value().substring(0, path.value().lastIndexOf('/'));
    }

    /** Numbers and lists of texts read the same whether they come from a contract or out of JSON. */
    private String text(String name) {
        return String.valueOf(fields.get(name));
    }
}
