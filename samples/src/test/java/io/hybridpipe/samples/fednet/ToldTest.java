// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a user of {@code samples/run fednet} reads of a run that began. */
@Execution(ExecutionMode.CONCURRENT)
class ToldTest {
    @Test
    void whatNeverBeganIsSaidNotToHaveFailedAndNoLineIsToldTwiceInARow() {
        String item = "fednet/vpc-api-access/fednet-api-access/ipsec-peer[fed-9]/tunnel";

        FednetRun run = FednetRun.of("--fail", item).go();

        assertThat(run.exitCode()).as(run.told()).isZero();
        assertThat(run.err()).contains("fednet: --fail: '" + item + "' never began, so nothing was made to fail");
        List<String> lines = run.out()
                .lines()
                .map(line -> line.replaceFirst("^ *[0-9.]+s", ""))
                .filter(line -> line.contains("set-up-controller"))
                .toList();
        assertThat(lines).anyMatch(line -> line.contains("waiting for"));
        for (int i = 1; i < lines.size(); i++) {
            assertThat(lines.get(i)).isNotEqualTo(lines.get(i - 1));
        }
        assertThat(run.out()).doesNotContain("\n\n\n").doesNotContain("\u001b");
    }

    @Test
    void whyARunFailedIsToldAtTheElementThatFailedAndNotAgainAtAllAroundIt() {
        FednetRun run = FednetRun.of("--fail", "fednet/routes/vpc-routes").go();

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.out().lines().filter(line -> line.startsWith("✗") && line.contains("made to fail")))
                .singleElement()
                .asString()
                .contains("vpc-routes");
    }
}
