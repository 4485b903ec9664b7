// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The differences that are known, by scenario. In the file a block is the scenario in brackets, a line for each difference, and
 * one or more that say {@code because} and name the page of AWS's documentation that proves moto wrong, or one of the gaps that
 * the head of the file lists.
 */
final class Gaps {
    static final String FILE = "moto-gaps.txt";

    private static final Pattern REASON =
            Pattern.compile("because (gap ([1-9]|10|11)\\b|https://(docs\\.aws\\.amazon\\.com|repost\\.aws)/).*");

    private Gaps() {}

    /** The differences of each scenario that has any. */
    static Map<String, List<String>> known() throws IOException {
        try (InputStream file = Gaps.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IOException("no resource " + FILE);
            }
            return parsed(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static Map<String, List<String>> parsed(String text) {
        Map<String, List<String>> known = new LinkedHashMap<>();
        for (String block : text.split("\n\\s*\n")) {
            List<String> lines = block.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
            if (lines.isEmpty()) {
                continue;
            }
            String scenario = lines.get(0).replaceAll("^\\[|\\]$", "");
            List<String> differences = lines.stream()
                    .skip(1)
                    .filter(line -> !line.startsWith("because"))
                    .toList();
            List<String> reasons = lines.subList(1 + differences.size(), lines.size());
            if (differences.isEmpty() || reasons.isEmpty() || !reasons.stream().allMatch(REASON.asMatchPredicate())) {
                throw new IllegalArgumentException(
                        "a block needs a scenario, its differences and a reason such as \"because gap 7\" or \"because"
                                + " https://docs.aws.amazon.com/…\":\n" + block);
            }
            if (known.put(scenario, differences) != null) {
                throw new IllegalArgumentException("twice: " + scenario);
            }
        }
        return known;
    }

    /** A block as it has to stand in the file, but for its reason. */
    static String block(String scenario, List<String> differences) {
        return "[" + scenario + "]\n" + String.join("\n", differences) + "\nbecause\n";
    }
}
