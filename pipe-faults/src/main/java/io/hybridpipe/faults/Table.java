// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.faults.Trial.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many cases ended how, by step and mishap. Not thread-safe. */
final class Table {
    private final Map<String, Map<String, Tally>> rows = new LinkedHashMap<>();

    private static final class Tally {
        private int cases;
        private int one;
        private int nothing;
        private int other;
        private int missed;

        void count(Verdict verdict) {
            cases++;
            one += verdict.outcome() == Outcome.DONE ? 1 : 0;
            nothing += verdict.outcome() == Outcome.UNDONE || verdict.outcome() == Outcome.REFUSED ? 1 : 0;
            missed += verdict.struck() ? 0 : 1;
            other = cases - one - nothing;
        }

        void add(Tally tally) {
            cases += tally.cases;
            one += tally.one;
            nothing += tally.nothing;
            other += tally.other;
            missed += tally.missed;
        }

        @Override
        public String toString() {
            return cases + " cases, " + one + " one, " + nothing + " nothing"
                    + (other == 0 ? "" : ", " + other + " OTHER") + (missed == 0 ? "" : ", " + missed + " missed");
        }
    }

    void count(String row, String mishap, Verdict verdict) {
        rows.computeIfAbsent(row, name -> new LinkedHashMap<>())
                .computeIfAbsent(mishap, name -> new Tally())
                .count(verdict);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        Tally total = new Tally();
        rows.forEach((name, row) -> {
            text.append(name).append('\n');
            row.forEach((mishap, tally) -> {
                text.append("    %-22s %s%n".formatted(mishap, tally));
                total.add(tally);
            });
        });
        return text.append("in all ").append(total).toString();
    }
}
