// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Effect;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RefuseOverlapsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    private static final Key<List<Cidr>> PEERS = Key.listOf("peers", Cidr.class);
    private static final RefuseOverlaps STEP = RefuseOverlaps.between(NETWORK, PEERS);

    private static State orders(String... peers) {
        return State.of(NETWORK, NetworkConfig.of("orders", Cidr.of("10.1.0.0/16")))
                .with(PEERS, Stream.of(peers).map(Cidr::of).toList());
    }

    @Test
    void letsANetworkPassThatIsApartFromAllItMustReach() {
        Mono<Outputs> cold = STEP.run(orders("10.0.0.0/16", "10.2.0.0/15", "2001:db8::/32"), new LoneContext());
        cold.as(StepVerifier::create)
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
        cold.as(StepVerifier::create)
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void failsForGoodAndNamesEveryOverlap() {
        State state = orders("10.0.0.0/8", "10.2.0.0/16", "10.1.128.0/17", "10.0.0.0/8");
        String message = "network 'orders' is 10.1.0.0/16 and overlaps 10.0.0.0/8, 10.1.128.0/17, which it must reach";
        STEP.run(state, new LoneContext())
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> {
                    assertThat(error).hasMessage(message);
                    assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                })
                .verify(SOON);
        STEP.preflight(state, new LoneContext())
                .as(StepVerifier::create)
                .expectErrorMessage(message)
                .verify(SOON);
    }

    @Test
    void preflightLeavesAloneWhatIsNotKnownYet() {
        STEP.preflight(State.of(PEERS, List.of()), new LoneContext())
                .as(StepVerifier::create)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void declaresWhatItReadsAndNoEffect() {
        assertThat(STEP.contract().reads()).containsExactlyInAnyOrder(NETWORK, PEERS);
        assertThat(STEP.contract().writes()).isEmpty();
        assertThat(STEP.contract().effect()).isEqualTo(Effect.none());
    }
}
