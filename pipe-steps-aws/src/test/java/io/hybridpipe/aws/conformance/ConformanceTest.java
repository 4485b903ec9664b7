// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import io.hybridpipe.aws.Moto;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The list on moto and on the stand-in: they differ exactly where the file of known gaps says so. */
@Tag("moto")
@ResourceLock("moto")
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

        Gaps.in("moto-gaps.txt").check(found, scenario -> scenario.matches(ONLY));
    }

    private static Comparison compare(Scenario scenario) throws Exception {
        URI moto = Moto.empty();
        try (Ground there = Ground.onEmulator(moto);
                Ground here = Ground.onStandIn(scenario.setting())) {
            return Comparison.of(
                    scenario.leaves(), scenario.shows().keySet(), play(scenario, there), play(scenario, here));
        }
    }

    private static Answer play(Scenario scenario, Ground ground) throws Exception {
        Answer answer = Answer.of(scenario, ground);
        return scenario.changes() ? answer.leaving(ground.inventory()) : answer;
    }
}
