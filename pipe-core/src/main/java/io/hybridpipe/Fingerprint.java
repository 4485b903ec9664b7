// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shape of a pipe as the journal has it: path, kind and contract of each element, in the order of the outline. */
final class Fingerprint {
    private Fingerprint() {}

    static List<Object> of(Outline root) {
        List<Object> all = new ArrayList<>();
        add(root, all);
        return all;
    }

    private static void add(Outline outline, List<Object> all) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("path", outline.path().value());
        line.put("kind", outline.kind().name());
        outline.contract().ifPresent(contract -> {
            line.put("type", contract.type());
            line.put("version", contract.version());
            line.put("reads", contract.reads().stream().map(Key::name).sorted().toList());
            line.put(
                    "writes", contract.writes().stream().map(Key::name).sorted().toList());
            line.put(
                    "updates",
                    contract.updates().stream().map(Key::name).sorted().toList());
        });
        all.add(line);
        outline.children().forEach(inner -> add(inner, all));
    }
}
