// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What accounts have, without what is another one in each run: so that what two runs made can be compared. */
record Content(List<String> lines) {
    private static final List<Map.Entry<Pattern, String>> BLURRED = List.of(
            Map.entry(Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
            Map.entry(Pattern.compile("\\b([a-z]+)-[0-9a-f]{8,17}\\b"), "$1-ID"),
            Map.entry(Pattern.compile("\\b[0-9a-f]{32}\\b"), "TOKEN"),
            Map.entry(Pattern.compile("hybridpipe:run=[^,}]*"), "hybridpipe:run=RUN"),
            Map.entry(Pattern.compile("\\brun [^ ,}]*"), "run RUN"),
            Map.entry(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z"), "INSTANT"),
            // an update that is taken back is another update
            Map.entry(Pattern.compile("\\b(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE\\b"), "COMPLETE"),
            Map.entry(Pattern.compile("-[A-Z0-9]{12}\\b"), "-NAME"),
            Map.entry(Pattern.compile("\\b198\\.18\\.\\d+\\.\\d+\\b"), "PUBLIC"));

    static Content of(Map<String, String> inventory) {
        return new Content(inventory.entrySet().stream()
                .map(each -> blurred(each.getKey() + ": " + each.getValue()))
                .sorted()
                .toList());
    }

    private static String blurred(String line) {
        String text = line;
        for (Map.Entry<Pattern, String> each : BLURRED) {
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
