// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListEditTest {
    private static final int PACKETS = 6;

    /** A rule for some of six packets: which ones it is about, by a bit each, and whether they pass. */
    private record Rule(int packets, boolean passes) {
        boolean matches(int packet) {
            return (packets >> packet & 1) == 1;
        }
    }

    private static <T> Optional<ListEdit> next(List<T> current, List<T> wanted) {
        return ListEdit.next(current, wanted, Object::equals);
    }

    private static <T> List<T> after(ListEdit edit, List<T> current, List<T> wanted) {
        List<T> changed = new ArrayList<>(current);
        edit.inserted()
                .ifPresentOrElse(
                        which -> changed.add(edit.position(), wanted.get(which)),
                        () -> changed.remove(edit.position()));
        return changed;
    }

    private static List<List<String>> steps(String from, String to) {
        List<String> current = letters(from);
        List<List<String>> all = new ArrayList<>();
        for (Optional<ListEdit> edit = next(current, letters(to));
                edit.isPresent();
                edit = next(current, letters(to))) {
            current = after(edit.get(), current, letters(to));
            all.add(current);
        }
        return all;
    }

    private static List<String> letters(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(""));
    }

    @ParameterizedTest
    @CsvSource({
        "'',    '',    ''",
        "abc,   abc,   ''",
        "'',    ab,    'a ab'",
        "ab,    '',    'a '",
        "abc,   axc,   'axbc axc'",
        "abcd,  bd,    'abd bd'",
        "abc,   cab,   'cabc cab'",
        "ab,    xy,    'xab xyab xya xy'",
        "aa,    a,     'a'",
    })
    void insertsGoFromFrontToBackAndThenDeletesFromBackToFront(String from, String to, String steps) {
        assertThat(steps(from, to).stream().map(step -> String.join("", step)).toList())
                .isEqualTo(steps.isEmpty() ? List.of() : List.of(steps.split(" ", -1)));
    }

    @Test
    void atEachMomentEachPacketFaresAsUnderTheOldOrTheNewRulesAndNoEditIsNeedless() {
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            List<Rule> old = rules(random);
            List<Rule> wanted = mutated(old, random);
            List<Rule> current = old;
            int edits = old.size() + wanted.size() - 2 * common(old, wanted);
            for (int left = edits; left > 0; left--) {
                ListEdit edit = next(current, wanted).orElseThrow();
                assertThat(edit.distance()).as("seed " + seed).isEqualTo(left);
                current = after(edit, current, wanted);
                for (int packet = 0; packet < PACKETS; packet++) {
                    assertThat(fate(current, packet))
                            .as("seed %d, packet %d, from %s to %s by %s", seed, packet, old, wanted, current)
                            .isIn(fate(old, packet), fate(wanted, packet));
                }
            }
            assertThat(current).as("seed " + seed).isEqualTo(wanted);
            assertThat(next(current, wanted)).isEmpty();
        }
    }

    private static Optional<Boolean> fate(List<Rule> rules, int packet) {
        return rules.stream().filter(rule -> rule.matches(packet)).findFirst().map(Rule::passes);
    }

    private static List<Rule> rules(Random random) {
        return IntStream.range(0, random.nextInt(8))
                .mapToObj(i -> new Rule(random.nextInt(1 << PACKETS), random.nextBoolean()))
                .toList();
    }

    /** Some rules of the old ones, in their order or not, and some others. */
    private static List<Rule> mutated(List<Rule> old, Random random) {
        List<Rule> wanted = new ArrayList<>(old);
        wanted.removeIf(rule -> random.nextInt(3) == 0);
        rules(random).forEach(rule -> wanted.add(random.nextInt(wanted.size() + 1), rule));
        if (random.nextInt(4) == 0 && !wanted.isEmpty()) {
            wanted.add(random.nextInt(wanted.size()), wanted.remove(random.nextInt(wanted.size())));
        }
        return wanted;
    }

    /** The length of the longest common subsequence, by trying every choice of old rules. */
    private static int common(List<Rule> old, List<Rule> wanted) {
        int most = 0;
        for (int chosen = 0; chosen < 1 << old.size(); chosen++) {
            int bits = chosen;
            IntPredicate isChosen = i -> (bits >> i & 1) == 1;
            List<Rule> some = IntStream.range(0, old.size())
                    .filter(isChosen)
                    .mapToObj(old::get)
                    .toList();
            if (some.size() > most && isWithin(some, wanted)) {
                most = some.size();
            }
        }
        return most;
    }

    private static boolean isWithin(List<Rule> some, List<Rule> all) {
        int found = 0;
        for (Rule rule : all) {
            if (found < some.size() && some.get(found).equals(rule)) {
                found++;
            }
        }
        return found == some.size();
    }
}
