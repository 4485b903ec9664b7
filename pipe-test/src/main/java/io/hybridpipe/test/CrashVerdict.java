// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of one cell.
 *
 * @param mark its character in the table
 * @param text why it failed; empty if it did not
 */
record CrashVerdict(char mark, String text) {
    /** The mark of what does not occur or was not asked for. */
    static final char NO_CELL = '.';

    static final String LEGEND = """
            1 exactly one of everything   0 nothing   i nothing but what cannot be undone   . does not occur
            + too much   - too little   # both   o a scope is open   ! no good end   z acts when it should be dead""";

    /** The moment of the cell never came. */
    static CrashVerdict doesNotOccur() {
        return new CrashVerdict(NO_CELL, "");
    }

    static CrashVerdict noGoodEnd(String why) {
        return new CrashVerdict('!', why);
    }

    static CrashVerdict isOpen(List<String> doors) {
        return new CrashVerdict('o', "the run has ended, and there is open " + doors);
    }

    static CrashVerdict stillActing(List<String> expected, List<String> found) {
        return new CrashVerdict(
                'z',
                "the dead process was continued after another one had gone on with the run, and then there "
                        + difference(expected, found));
    }

    boolean isFine() {
        return text.isEmpty();
    }

    /**
     * What is there after a run that ended so.
     *
     * @param nothing what is there before a run
     * @param all what is there after an undisturbed one
     */
    static CrashVerdict of(RunReport report, List<String> nothing, List<String> all, List<String> found) {
        if (report.outcome() == Outcome.DONE) {
            return of('1', all, found);
        }
        if (report.outcome() != Outcome.UNDONE) {
            return noGoodEnd("the run ended " + report.outcome() + ":\n" + Telling.report(report));
        }
        if (report.notUndone().isEmpty()) {
            return of('0', nothing, found);
        }
        // which of the irreversible steps had happened is not ours to know: no thing of before is gone, no foreign one
        // there
        List<String> expected = new ArrayList<>(without(all, without(all, found)));
        expected.addAll(without(nothing, found));
        expected.sort(null);
        return of('i', expected, found);
    }

    private static CrashVerdict of(char fine, List<String> expected, List<String> found) {
        boolean more = !without(found, expected).isEmpty();
        boolean less = !without(expected, found).isEmpty();
        if (!more && !less) {
            return new CrashVerdict(fine, "");
        }
        return new CrashVerdict(more && less ? '#' : more ? '+' : '-', "there " + difference(expected, found));
    }

    private static String difference(List<String> expected, List<String> found) {
        return "should be " + expected + ", but there is " + found;
    }

    /** The texts of a list less those of another one, each as often as it is there. */
    static List<String> without(List<String> list, List<String> less) {
        List<String> rest = new ArrayList<>(list);
        less.forEach(rest::remove);
        return rest;
    }
}
