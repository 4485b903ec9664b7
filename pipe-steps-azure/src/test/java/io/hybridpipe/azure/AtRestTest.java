// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class AtRestTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(strings = {"Creating", "Updating", "Deleting", "Accepted", "Running", "Provisioning", "Scaling"})
    void whatIsInAnyOtherStateThanAFinalOneIsWaitedFor(String moving) {
        assertThat(atRest(moving, moving, "Succeeded")).contains("Succeeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Succeeded", "Failed", "Canceled", "succeeded"})
    void whatIsInAFinalStateIsAtRest(String end) {
        assertThat(atRest(end, "Updating")).contains(end);
    }

    @Test
    void whatHasNoStateIsAtRestAndSoIsWhatIsNotThere() {
        assertThat(AtRest.of(Mono.just("stateless"), seen -> null, Duration.ofMillis(1))
                        .blockOptional(SOON))
                .contains("stateless");
        assertThat(AtRest.of(Mono.<String>empty(), seen -> seen, Duration.ofMillis(1))
                        .blockOptional(SOON))
                .isEmpty();
    }

    private static Optional<String> atRest(String... states) {
        Queue<String> looks = new ArrayDeque<>(List.of(states));
        Mono<String> look = Mono.fromSupplier(looks::remove);
        return AtRest.of(look, seen -> seen, Duration.ofMillis(1)).blockOptional(SOON);
    }
}
