// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Vns3VersionTest {
    @Test
    void versionsAreOrderedByTheirNumbersThenByTheirBuild() {
        List<String> ordered =
                List.of("4.8.4", "4.8.4-20191220", "4.11.1", "5.0.2", "5.1.8-20220101", "6.0.0", "10.0.0");
        assertThat(Stream.of(6, 2, 0, 5, 1, 4, 3)
                        .map(ordered::get)
                        .map(Vns3Version::of)
                        .sorted())
                .map(Vns3Version::toString)
                .isEqualTo(ordered);
    }

    @ParameterizedTest
    @CsvSource({
        "6.0.0-20240101, true",
        "6.0.0,          true",
        "6.1,            true",
        "7,              true",
        "5.2.1-20230101, false",
        "4.11.9,         false",
    })
    void theBuildDoesNotCountForWhetherItIsAtLeastAVersion(String version, boolean atLeast) {
        assertThat(Vns3Version.of(version).isAtLeast(6, 0, 0)).isEqualTo(atLeast);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "latest", "-1", ".5"})
    void whatDoesNotBeginWithANumberIsNoVersion(String text) {
        assertThatThrownBy(() -> Vns3Version.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no version");
    }
}
