// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the lines of two snapshots have to do with each other. */
final class Lines {
    private static final Pattern AWS_ID = Pattern.compile("\\b[a-z]+-[0-9a-f]{17}\\b");

    private Lines() {}

    /**
     * The lines that have nothing to do with the things known by these words: neither contain one, nor hang on a line that
     * does, as a subnet hangs on its VPC.
     */
    static List<String> unrelated(List<String> lines, Collection<String> words) {
        Set<String> known = new HashSet<>(words);
        List<String> rest = new ArrayList<>(lines);
        boolean more = true;
        while (more) {
            more = false;
            for (String line : List.copyOf(rest)) {
                if (known.stream().anyMatch(line::contains)) {
                    rest.remove(line);
                    Matcher ids = AWS_ID.matcher(line);
                    while (ids.find()) {
                        more |= known.add(ids.group());
                    }
                }
            }
        }
        return rest;
    }

    /** What the second has and the first has not. */
    static List<String> added(List<String> before, List<String> after) {
        List<String> added = new ArrayList<>(after);
        added.removeAll(before);
        return added;
    }
}
