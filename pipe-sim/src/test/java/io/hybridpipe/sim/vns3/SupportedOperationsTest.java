// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of operations in docs/sim-vns3.md is the one of the code. */
class SupportedOperationsTest {
    private static final Pattern OPERATION = Pattern.compile("`((?:GET|POST|PUT|DELETE) /[^`]*)`");

    @Test
    void thePageNamesEveryOperationOfVersion6AndNoOther() throws IOException {
        String page = Files.readString(Path.of("../docs/sim-vns3.md"));
        String table = page.substring(page.indexOf("## What it knows"), page.indexOf("## What it does not know"));
        List<String> onPage = OPERATION
                .matcher(table)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        try (SimClock clock = SimClock.manual(Instant.EPOCH);
                SimVns3 newest = SimVns3.builder()
                        .clock(clock)
                        .version("6.0.0")
                        .running()
                        .start()) {
            assertThat(onPage).containsExactlyInAnyOrderElementsOf(newest.actions());
        }
    }
}
