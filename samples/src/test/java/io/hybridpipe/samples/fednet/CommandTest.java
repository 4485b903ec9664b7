// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Outline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTest {
    @ParameterizedTest
    @CsvSource({"tree, fednet", "mermaid, flowchart", "dot, digraph"})
    void itDrawsThePipeWithoutRunningIt(String form, String start) {
        FednetRun run = FednetRun.of("--describe", form).go();

        assertThat(run.exitCode()).as(run.told()).isZero();
        assertThat(run.out()).startsWith(start).contains("create-new-vpc", "vpc-api-access", "ipsec-peer", "tunnel");
        assertThat(run.err()).isEmpty();
        assertThat(run.events()).isEmpty();
    }

    @Test
    void theTreeHasALineForEveryElement() {
        Outline outline = new FednetCommand().outline(Federation.ofDefaults());

        assertThat(FednetRun.of("--describe", "tree").go().out()).hasLineCount(count(outline));
    }

    private static int count(Outline outline) {
        return 1 + outline.children().stream().mapToInt(CommandTest::count).sum();
    }

    @Test
    void helpTellsEveryOptionAndExitCode() {
        FednetRun run = FednetRun.of("--help").go();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("--report", "--aws-endpoint", "--azure-endpoint", "--vns3-endpoint", "--config", "--describe")
                .contains("--fail", "--slow", "--help", "130, 143 interrupted and undone", "FEDNET_PSK");
    }

    @Test
    void slowIsAnOptionThatGoesWithTheOthers() {
        assertThat(FednetRun.of("--slow", "--describe", "tree").go().exitCode()).isZero();
    }
}
