// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.FailureReport;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReportedCausesTest {
    private static final Key<String> PSK = Key.of("psk", String.class).secret();

    @Test
    void theReportHasTheWholeChainOfCausesInOneLineEachAndWithoutSecrets() {
        StepFailure failure = StepFailure.of(
                FailureClass.PERMANENT,
                "deploy: no room",
                new IOException("Conflict:\n  hush-hush", new IllegalStateException(new IOException("no room"))));

        RunReport report = reportOf(failure);

        assertThat(report.failure().map(FailureReport::message)).contains("deploy: no room");
        assertThat(report.failure().map(FailureReport::causes))
                .contains(List.of("Conflict: ***", "java.io.IOException: no room", "no room"));
        assertThat((Map<?, ?>) report.fields().get("failure"))
                .extracting("causes")
                .isEqualTo(List.of("Conflict: ***", "java.io.IOException: no room", "no room"));
    }

    @Test
    void causesThatGoInACircleEndSomewhere() {
        IOException one = new IOException("one");
        one.initCause(new IOException("two", one));

        assertThat(reportOf(StepFailure.of(FailureClass.PERMANENT, "no", one)).failure())
                .map(FailureReport::causes)
                .hasValueSatisfying(causes -> assertThat(causes).hasSize(20).startsWith("one", "two", "one"));
    }

    private static RunReport reportOf(StepFailure failure) {
        return Pipe.named("p")
                .needs(PSK)
                .step("deploy", Step.reading(PSK).withoutEffect().as((state, context) -> Mono.error(failure)))
                .build()
                .start(State.of(PSK, "hush-hush"), RunOptions.ofDefaults())
                .settled()
                .block(Duration.ofSeconds(60));
    }
}
