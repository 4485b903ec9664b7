// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The differences that are known, by scenario. In the file a block is the scenario in brackets, a line for each difference, and
 * one or more that say {@code because} and name the page of AWS's documentation that proves moto wrong, or one of the gaps that
 * the head of the file lists.
 */
final class Gaps {
    private static final Pattern REASON =
            Pattern.compile("because (gap ([1-9]|10|11)\\b|https://(docs\\.aws\\.amazon\\.com|repost\\.aws)/).*");

    private final String file;
    private final Map<String, List<String>> known;

    private Gaps(String file, Map<String, List<String>> known) {
        this.file = file;
        this.known = known;
    }

    /** Those of a file beside this class. */
    static Gaps in(String file) throws IOException {
        try (InputStream text = Gaps.class.getResourceAsStream(file)) {
            if (text == null) {
                throw new IOException("no resource " + file);
            }
            return new Gaps(file, parsed(new String(text.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }

    /** Fails unless what was found is what is listed, of the scenarios that were asked for. */
    void check(Map<String, List<String>> found, Predicate<String> asked) {
        StringBuilder wrong = new StringBuilder();
        found.forEach((scenario, differences) -> {
            if (!differences.equals(known.get(scenario))) {
                wrong.append(known.containsKey(scenario) ? "# changed\n" : "# new\n")
                        .append(block(scenario, differences))
                        .append('\n');
            }
        });
        known.keySet().stream()
                .filter(scenario -> asked.test(scenario) && !found.containsKey(scenario))
                .forEach(scenario -> wrong.append(
                                "# listed, but moto and the stand-in agree or there is no such scenario: ")
                        .append(scenario)
                        .append('\n'));
        assertThat(wrong).as("differences that " + file + " has otherwise").isEmpty();
    }

    private static Map<String, List<String>> parsed(String text) {
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
    private static String block(String scenario, List<String> differences) {
        return "[" + scenario + "]\n" + String.join("\n", differences) + "\nbecause\n";
    }
}
