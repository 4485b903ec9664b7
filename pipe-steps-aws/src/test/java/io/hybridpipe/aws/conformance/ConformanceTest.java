// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.aws.Moto;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The list on moto and on the stand-in: they differ exactly where the file of known gaps says so. */
@Tag("moto")
class ConformanceTest {

    /** To look at some scenarios only: -Dtest.properties=-Dconformance.only=REGEX, of the line that a scenario is listed with. */
    private static final String ONLY = System.getProperty("conformance.only", ".*");

    /** What is counted of a service. */
    private static final class Tally {
        private final TreeSet<String> pairs = new TreeSet<>();
        private final TreeSet<String> gaps = new TreeSet<>();
        private int scenarios;
        private int fields;

        @Override
        public String toString() {
            return "%d pairs in %d scenarios, %d agreed, %d with a known gap, %d fields compared"
                    .formatted(pairs.size(), scenarios, pairs.size() - gaps.size(), gaps.size(), fields);
        }
    }

    @Test
    void motoAndTheStandInDifferExactlyWhereTheFileOfKnownGapsSaysSo() throws Exception {
        List<Scenario> asked = Scenarios.all().stream()
                .filter(scenario -> scenario.toString().matches(ONLY))
                .toList();
        Map<String, List<String>> found = new LinkedHashMap<>();
        Map<String, Tally> tallies = new TreeMap<>();
        for (Scenario scenario : asked) {
            Comparison comparison = compare(scenario);
            Tally tally = tallies.computeIfAbsent(scenario.service(), service -> new Tally());
            tally.pairs.add(scenario.pair());
            tally.scenarios++;
            tally.fields += comparison.fields();
            if (!comparison.differences().isEmpty()) {
                tally.gaps.add(scenario.pair());
                found.put(scenario.toString(), comparison.differences());
            }
        }
        tallies.forEach((service, tally) -> System.out.println("conformance, " + service + ": " + tally));

        Map<String, List<String>> known = Gaps.known();
        StringBuilder wrong = new StringBuilder();
        found.forEach((scenario, differences) -> {
            if (!differences.equals(known.get(scenario))) {
                wrong.append(known.containsKey(scenario) ? "# changed\n" : "# new\n")
                        .append(Gaps.block(scenario, differences))
                        .append('\n');
            }
        });
        known.keySet().stream()
                .filter(scenario -> scenario.matches(ONLY) && !found.containsKey(scenario))
                .forEach(scenario -> wrong.append(
                                "# listed, but moto and the stand-in agree or there is no such scenario: ")
                        .append(scenario)
                        .append('\n'));
        assertThat(wrong).as("differences that " + Gaps.FILE + " has otherwise").isEmpty();
    }

    private static Comparison compare(Scenario scenario) throws Exception {
        URI moto = Moto.empty();
        try (Ground there = Ground.onEmulator(moto);
                Ground here = Ground.onStandIn(scenario.setting())) {
            return Comparison.of(scenario, play(scenario, there), play(scenario, here));
        }
    }

    private static Answer play(Scenario scenario, Ground ground) throws Exception {
        Answer answer = Answer.of(scenario, ground);
        return scenario.changes() ? answer.leaving(ground.inventory()) : answer;
    }
}
