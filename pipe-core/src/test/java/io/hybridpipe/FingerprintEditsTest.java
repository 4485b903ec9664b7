// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.EditedPipe.Edit;
import io.hybridpipe.EditedPipe.Part;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random pipes, stopped at random points and edited at random: refused exactly where the run has passed an edit. */
class FingerprintEditsTest {
    private static final int CASES = 1_500;

    @Test
    void editsBehindThePointReachedAreAccepted() {
        for (long seed = 0; seed < CASES; seed++) {
            Case it = new Case(seed);
            it.edit(false, 1 + it.random.nextInt(4));

            assertThat(it.difference()).as(it.toString()).isEmpty();
        }
    }

    @Test
    void anEditBeforeThePointReachedIsRefusedWhateverElseIsEdited() {
        for (long seed = 0; seed < CASES; seed++) {
            Case it = new Case(seed);
            it.edit(false, it.random.nextInt(3));
            it.edit(true, 1);

            assertThat(it.difference()).as(it.toString()).isNotEmpty();
        }
    }

    @Test
    void eachLineNamesAnElementOfThePipeThatWasOrOfTheOneThatIs() {
        for (long seed = 0; seed < CASES; seed++) {
            Case it = new Case(seed);
            it.edit(true, 1);
            Set<String> paths = new HashSet<>(paths(it.then.describe()));
            paths.addAll(paths(it.now().describe()));

            assertThat(it.difference())
                    .as(it.toString())
                    .allSatisfy(line -> assertThat(paths).contains(line.substring(0, line.indexOf(": "))))
                    .doesNotHaveDuplicates();
        }
    }

    private static List<String> paths(Outline outline) {
        List<String> all = new ArrayList<>(List.of(outline.path().value()));
        outline.children().forEach(each -> all.addAll(paths(each)));
        return all;
    }

    /** A pipe, how far a run of it came, and what has been edited since. */
    private static final class Case {
        final Random random;
        final Pipe then;

        private final long seed;
        private final Part root;
        private final Set<String> reached = new HashSet<>();
        private final List<String> edits = new ArrayList<>();

        Case(long seed) {
            this.seed = seed;
            random = new Random(seed);
            root = EditedPipe.random(random);
            then = root.pipe();
            root.stopSomewhere(random, path -> reached.add(path));
        }

        void edit(boolean harmful, int times) {
            for (int done = 0, tries = 0; done < times && tries < 10_000; tries++) {
                Edit edit = EditedPipe.edit(root, random);
                if (edit.harmful() == harmful) {
                    edit.make().run();
                    edits.add(edit.text());
                    done++;
                }
            }
            // every run has reached something, so a harmful edit exists, and the end of a pipe can always be edited
            assertThat(edits.size()).as(toString()).isGreaterThanOrEqualTo(times);
        }

        Pipe now() {
            return root.pipe();
        }

        List<String> difference() {
            Predicate<Path> any = path -> reached.stream().anyMatch(it -> path.contains(Path.of(it)));
            return Fingerprint.difference(Fingerprint.of(then.describe()), now().describe(), any);
        }

        @Override
        public String toString() {
            return "seed " + seed + "\n" + then + "reached " + reached + "\nedits " + edits + "\n" + now();
        }
    }
}
