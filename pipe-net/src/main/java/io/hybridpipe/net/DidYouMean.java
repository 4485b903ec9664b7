// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The end of a message about an unknown name: the known name that was probably meant, or all of them if they are few. */
final class DidYouMean {
    private static final int FEW = 5;

    private DidYouMean() {}

    static String among(Collection<String> known, String wanted) {
        return known.stream()
                .filter(name -> distance(name, wanted) <= Math.max(1, wanted.length() / 3))
                .min(Comparator.comparingInt(name -> distance(name, wanted)))
                .map(name -> "; did you mean " + Quoted.of(name) + "?")
                .orElseGet(() -> "; there " + (known.size() == 1 ? "is " : "are ") + listed(known));
    }

    private static String listed(Collection<String> known) {
        if (known.isEmpty()) {
            return "none";
        }
        String first =
                String.join(", ", known.stream().limit(FEW).map(Quoted::of).toList());
        return known.size() > FEW ? first + " and " + (known.size() - FEW) + " more" : first;
    }

    /** Insertions, deletions and replacements that turn one into the other (Levenshtein), upper and lower case alike. */
    private static int distance(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
