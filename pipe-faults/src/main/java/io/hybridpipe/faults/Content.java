// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a stage has, without what is another one in each run: so that what two runs made can be compared. */
record Content(List<String> lines) {
    private static final List<Map.Entry<Pattern, String>> BLURRED = List.of(
            Map.entry(Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
            Map.entry(Pattern.compile("\\b[0-9a-f]{32}\\b"), "TOKEN"),
            Map.entry(Pattern.compile("hybridpipe:run=[^,}]*"), "hybridpipe:run=RUN"),
            Map.entry(Pattern.compile("\\brun [^ ,}]*"), "run RUN"),
            Map.entry(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z"), "INSTANT"));

    /** What is there, without what the stage blurs too. */
    static Content of(Stage stage, Map<String, String> inventory) {
        List<Map.Entry<Pattern, String>> all = new ArrayList<>(BLURRED);
        all.addAll(stage.blurred().entrySet());
        return new Content(inventory.entrySet().stream()
                .map(each -> blurred(each.getKey() + ": " + each.getValue(), all))
                .sorted()
                .toList());
    }

    private static String blurred(String line, List<Map.Entry<Pattern, String>> all) {
        String text = line;
        for (Map.Entry<Pattern, String> each : all) {
            text = each.getKey().matcher(text).replaceAll(each.getValue());
        }
        return text;
    }

    /** The lines that only one of the two has, or that it has more often. */
    String differenceTo(Content other) {
        return less("- ", other) + other.less("+ ", this);
    }

    private String less(String sign, Content other) {
        List<String> rest = new ArrayList<>(lines);
        other.lines.forEach(rest::remove);
        return rest.stream().map(line -> "\n    " + sign + line).collect(Collectors.joining());
    }
}
