// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.samples.fednet.FednetCommand;
import io.hybridpipe.samples.soak.Stratum.Moment;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrialTest {
    private static final List<Stratum> STRATA = Stratum.of(FednetCommand.outline(), List.of("fed-1", "fed-2"));

    private static List<Trial> trials(int count, long seed) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> Trial.of(number, seed, STRATA))
                .toList();
    }

    @Test
    void twoHundredCasesCoverEveryPlaceAndMomentWhateverTheSeed() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(trials(200, seed).stream().map(Trial::stratum).collect(Collectors.toSet()))
                    .containsExactlyInAnyOrderElementsOf(STRATA);
        }
    }

    @Test
    void theSameSeedAndNumberMakeTheSameCase() {
        assertThat(trials(200, 7)).isEqualTo(trials(200, 7)).isNotEqualTo(trials(200, 8));
    }

    @Test
    void someAreResumedSomeUndoneAndSomeKilledAgainButNeverMoreThanTwice() {
        List<Trial> trials = trials(200, 1);

        assertThat(trials.stream().filter(each -> !each.stratum().isOfUndo()).map(Trial::undone))
                .contains(true, false);
        assertThat(trials.stream().map(each -> each.later().size()))
                .contains(0, 1, 2)
                .allMatch(size -> size <= 2);
    }

    @Test
    void eachElementThatChangesSomethingIsKilledAtEachMomentOfAllThatItDoes() {
        assertThat(STRATA).doesNotHaveDuplicates();
        for (String step : List.of(
                "create-new-vpc",
                "let-controller-forward",
                "routes/fednet-routes",
                "routes/vpc-routes",
                "vpc-api-access/fednet-api-access/set-up-controller",
                "vpc-api-access/fednet-api-access/ipsec-peer[fed-1]/tunnel",
                "vpc-api-access/fednet-api-access/ipsec-peer[fed-2]/tunnel")) {
            assertThat(moments("fednet/" + step, "run")).containsExactly(Moment.values());
            assertThat(moments("fednet/" + step, "undo")).containsExactly(Moment.values());
        }
        for (String scope : List.of("bootstrap", "vpc-api-access", "vpc-api-access/fednet-api-access")) {
            assertThat(moments("fednet/" + scope, "open")).containsExactly(Moment.values());
            assertThat(moments("fednet/" + scope, "close")).containsExactly(Moment.values());
        }
        assertThat(moments("fednet/refuse-overlaps", "run"))
                .containsExactly(Moment.BEFORE_CALL, Moment.AFTER_ANSWER, Moment.AFTER_JOURNAL);
    }

    private static List<Moment> moments(String path, String phase) {
        return STRATA.stream()
                .filter(each -> each.path().equals(path) && each.phase().equals(phase))
                .map(Stratum::moment)
                .toList();
    }
}
