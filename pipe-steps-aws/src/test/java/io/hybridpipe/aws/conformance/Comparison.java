// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In what moto and the stand-in differ over one scenario.
 *
 * @param differences one line each; none if they agree
 * @param fields how many fields of the answer both filled
 */
record Comparison(List<String> differences, int fields) {

    /**
     * Compares outcome and status; if they are the same, the fields that both filled or that are asked for, and what there is
     * afterwards.
     *
     * @param leaves what is not compared: regular expressions for whole field paths
     * @param asked paths that are compared even if only one has them
     */
    static Comparison of(List<String> leaves, Set<String> asked, Answer moto, Answer standIn) {
        if (!moto.outcome().equals(standIn.outcome()) || moto.status() != standIn.status()) {
            return new Comparison(
                    List.of(line(
                            "answer",
                            moto.outcome() + " " + moto.status(),
                            standIn.outcome() + " " + standIn.status())),
                    0);
        }
        List<String> differences = new ArrayList<>();
        List<String> both = Stream.concat(
                        moto.fields().keySet().stream().filter(standIn.fields()::containsKey), asked.stream())
                .distinct()
                .filter(path -> leaves.stream().noneMatch(path::matches))
                .toList();
        for (String path : both) {
            String left = moto.fields().getOrDefault(path, "-");
            String right = standIn.fields().getOrDefault(path, "-");
            if (!left.equals(right)) {
                differences.add(line(path, left, right));
            }
        }
        if (!moto.afterwards().equals(standIn.afterwards())) {
            differences.add(line(
                    "afterwards only",
                    without(moto.afterwards(), standIn.afterwards()),
                    without(standIn.afterwards(), moto.afterwards())));
        }
        return new Comparison(differences, both.size());
    }

    private static String without(List<String> all, List<String> others) {
        List<String> left = new ArrayList<>(all);
        others.forEach(left::remove);
        return left.isEmpty() ? "-" : String.join("; ", left);
    }

    private static String line(String what, String moto, String standIn) {
        return what + ": moto " + moto + " | stand-in " + standIn;
    }
}
