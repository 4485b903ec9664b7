// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import io.hybridpipe.samples.soak.Stratum.Moment;
import io.hybridpipe.samples.soak.TrialRun.Verdict;
import java.util.List;
import java.util.Locale;

/** A line an element and phase, a column a moment: how many cases there were, and how many of them went wrong. */
final class Table {
    private final List<Stratum> strata;
    private final List<Verdict> verdicts;

    Table(List<Stratum> strata, List<Verdict> verdicts) {
        this.strata = strata;
        this.verdicts = verdicts;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int width = strata.stream().mapToInt(each -> name(each).length()).max().orElse(0);
        text.append(String.format("%n%-" + width + "s", ""));
        for (Moment moment : Moment.values()) {
            text.append(String.format("  %13s", moment));
        }
        text.append(System.lineSeparator());
        strata.stream().map(Table::name).distinct().forEach(name -> {
            text.append(String.format("%-" + width + "s", name));
            for (Moment moment : Moment.values()) {
                text.append(String.format("  %13s", cell(name, moment)));
            }
            text.append(System.lineSeparator());
        });
        long bad = verdicts.stream().filter(each -> !each.problems().isEmpty()).count();
        long covered = strata.stream()
                .filter(stratum -> verdicts.stream()
                        .anyMatch(each -> each.trial().stratum().equals(stratum)))
                .count();
        long kills = verdicts.stream()
                .mapToLong(each -> 1 + each.trial().later().size())
                .sum();
        text.append(String.format(
                Locale.ROOT,
                "%d cases with up to %d kills at %d of %d places and moments: %s%n",
                verdicts.size(),
                kills,
                covered,
                strata.size(),
                bad == 0 ? "not one duplicate, orphan or open door" : bad + " went wrong"));
        return text.toString();
    }

    private static String name(Stratum stratum) {
        return stratum.path() + " " + stratum.phase();
    }

    private String cell(String name, Moment moment) {
        if (strata.stream().noneMatch(each -> name(each).equals(name) && each.moment() == moment)) {
            return "-";
        }
        List<Verdict> here = verdicts.stream()
                .filter(each -> name(each.trial().stratum()).equals(name)
                        && each.trial().stratum().moment() == moment)
                .toList();
        long bad = here.stream().filter(each -> !each.problems().isEmpty()).count();
        return bad == 0 ? Integer.toString(here.size()) : here.size() + " BAD " + bad;
    }
}
