// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NewOnesTest {
    private static final String GROUP = "/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/routeTables/";

    @Test
    void theTagsKeepThemForWhoeverReadsThem() {
        NewOnes made = NewOnes.of(tables(0, 50));

        Map<String, String> tags = made.toTags();

        assertThat(tags).containsOnlyKeys("hybridpipe:new-0", "hybridpipe:new-1", "hybridpipe:new-2");
        assertThat(NewOnes.in(tags)).isEqualTo(made);
        assertThat(tables(0, 50)).allMatch(NewOnes.in(tags)::has);
        assertThat(tables(50, 80)).noneMatch(NewOnes.in(tags)::has);
    }

    @Test
    void anIdIsTheSameInUpperAndLowerCase() {
        assertThat(NewOnes.of(List.of(ResourceId.of(GROUP + "a")))
                        .has(ResourceId.of(GROUP.toUpperCase(Locale.ROOT) + "A")))
                .isTrue();
    }

    @Test
    void thoseOfTheLargestTemplateHaveRoomInFiftyTagsWithTheFourOfTheRun() {
        Map<String, String> tags = NewOnes.of(tables(0, 800)).toTags();

        assertThat(tags).hasSizeLessThanOrEqualTo(46);
        assertThat(tags.values()).allMatch(value -> value.length() <= 256);
        assertThatThrownBy(() -> NewOnes.of(tables(0, 841)).toTags())
                .hasMessage("the template makes 841 new resources, of which no more than 840 can be kept in mind for an"
                        + " undo");
    }

    @Test
    void whatADeploymentLostItsTagsOfIsNobodysToDelete() {
        assertThat(NewOnes.in(Map.of("team", "network", "hybridpipe:run", "r")).hashes())
                .isEmpty();
    }

    @Test
    void theNewOnesOfTwoAttemptsAreTogether() {
        NewOnes both = NewOnes.of(tables(0, 2)).and(NewOnes.of(tables(1, 3)));

        assertThat(both).isEqualTo(NewOnes.of(tables(0, 3)));
    }

    private static List<ResourceId> tables(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> ResourceId.of(GROUP + "table-" + i))
                .toList();
    }
}
