// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EditRoundsTest {
    private static final List<String> WANTED = List.of("b", "c", "d");

    private final EditRounds<String> rounds = new EditRounds<>();

    private boolean mayEdit(List<String> current) {
        return rounds.mayMake(ListEdit.next(current, WANTED, String::equals).orElseThrow(), current);
    }

    @Test
    void eachEditThatBringsTheListNearerIsFollowedByTheNext() {
        assertThat(mayEdit(List.of("a", "b"))).isTrue();
        assertThat(mayEdit(List.of("a", "b", "c"))).isTrue();
        assertThat(mayEdit(List.of("a", "b", "c", "d"))).isTrue();
    }

    @Test
    void anEditThatDoesNotShowIsWaitedForAFewTimesAndNotRepeated() {
        assertThat(mayEdit(List.of("a", "b"))).isTrue();
        for (int look = 0; look < 5; look++) {
            assertThat(mayEdit(List.of("a", "b"))).isFalse();
            assertThat(rounds.mayWait()).isTrue();
        }
        assertThat(rounds.mayWait()).isFalse();
    }

    @Test
    void anItemThatIsWrittenOtherwiseThanItWasGivenIsNotInsertedAgain() {
        assertThat(mayEdit(List.of("a", "b"))).isTrue();
        assertThat(mayEdit(List.of("a", "b", "C"))).isFalse();
    }

    @Test
    void whatSomebodyElseAddsIsEditedAway() {
        assertThat(mayEdit(List.of("a", "b"))).isTrue();
        assertThat(mayEdit(List.of("x", "a", "b", "c"))).isTrue();
        assertThat(mayEdit(List.of("x", "a", "b", "c", "d", "y"))).isTrue();
    }

    @Test
    void somebodyWhoDisturbsWithoutEndIsGivenUp() {
        List<String> current = new ArrayList<>(List.of("a"));
        int edits = 0;
        while (mayEdit(List.copyOf(current)) && edits < 100) {
            edits++;
            current.add("x" + edits);
        }
        assertThat(edits).isEqualTo(21);
    }
}
