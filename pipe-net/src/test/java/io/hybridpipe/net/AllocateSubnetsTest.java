// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class AllocateSubnetsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    private static final Key<List<Cidr>> TAKEN = Key.listOf("taken", Cidr.class);
    private static final Key<Subnets> SUBNETS = Key.of("subnets", Subnets.class);
    private static final State ORDERS = State.of(
            NETWORK,
            NetworkConfig.of("orders", Cidr.of("10.1.0.0/22"))
                    .withSubnet(SubnetRequest.of("app", 24))
                    .withSubnet(SubnetRequest.of("controller", Cidr.of("10.1.0.0/28")))
                    .withSubnet(SubnetRequest.of("db", 24)));
    private static final AllocateSubnets STEP =
            AllocateSubnets.of(NETWORK).avoiding(TAKEN).into(SUBNETS);

    @Test
    void writesThePlaceOfEachSubnet() {
        Map<String, Cidr> expected = Map.of(
                "app", Cidr.of("10.1.1.0/24"), "controller", Cidr.of("10.1.0.0/28"), "db", Cidr.of("10.1.2.0/24"));
        AllocateSubnets.of(NETWORK)
                .into(SUBNETS)
                .run(ORDERS, new LoneContext())
                .as(StepVerifier::create)
                .expectNext(Outputs.of(SUBNETS, Subnets.of(expected)))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void keepsClearOfWhatIsTaken() {
        State state = ORDERS.with(TAKEN, List.of(Cidr.of("10.1.1.0/24"), Cidr.of("10.9.0.0/16")));
        Mono<Outputs> cold = STEP.run(state, new LoneContext());
        assertThat(cold.block(SOON))
                .isNotNull()
                .extracting(outputs -> outputs.get(SUBNETS))
                .hasToString("{app=10.1.2.0/24, controller=10.1.0.0/28, db=10.1.3.0/24}");
        assertThat(cold.block(SOON)).as("a second subscription").isEqualTo(cold.block(SOON));
    }

    @Test
    void failsForGoodWhenOneDoesNotFitOrIsTaken() {
        STEP.run(ORDERS.with(TAKEN, List.of(Cidr.of("10.1.2.0/23"))), new LoneContext())
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> {
                    assertThat(error)
                            .hasMessage(
                                    "network 'orders': /subnets/2: 'db' does not fit: no /24 is free in 10.1.0.0/22; left:"
                                            + " 10.1.0.16/28, 10.1.0.32/27, 10.1.0.64/26, 10.1.0.128/25");
                    assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                })
                .verify(SOON);
        STEP.run(ORDERS.with(TAKEN, List.of(Cidr.of("10.1.0.0/30"))), new LoneContext())
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageStartingWith(
                                "network 'orders': /subnets/1/cidr: '10.1.0.0/28' is taken; left: 10.1.0.4/30,"))
                .verify(SOON);
    }

    @Test
    void preflightAllocatesOnlyWhatIsKnown() {
        STEP.preflight(ORDERS, new LoneContext())
                .as(StepVerifier::create)
                .expectComplete()
                .verify(SOON);
        AllocateSubnets.of(NETWORK)
                .avoiding(Input.value(List.of(Cidr.of("10.0.0.0/8"))))
                .into(SUBNETS)
                .preflight(ORDERS, new LoneContext())
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> assertThat(error).hasMessageEndingWith("is taken; nothing is left"))
                .verify(SOON);
    }

    @Test
    void declaresWhatItReadsAndWritesAndNoEffect() {
        assertThat(STEP.contract().reads()).containsExactlyInAnyOrder(NETWORK, TAKEN);
        assertThat(STEP.contract().writes()).containsExactly(SUBNETS);
        assertThat(STEP.contract().effect()).isEqualTo(Effect.none());
    }
}
