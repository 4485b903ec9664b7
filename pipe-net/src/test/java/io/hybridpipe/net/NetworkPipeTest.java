// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps of this module one after the other in a real pipe. */
class NetworkPipeTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<String> NAME = Key.of("network-name", String.class);
    private static final Key<List<Cidr>> PEERS = Key.listOf("peers", Cidr.class);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    private static final Key<Subnets> SUBNETS = Key.of("subnets", Subnets.class);
    private static final Pipe PIPE = Pipe.named("plan")
            .needs(NAME, PEERS)
            .step(
                    "fetch",
                    FetchNetworkConfig.from("classpath:networks.yaml")
                            .named(NAME)
                            .into(NETWORK))
            .step("compare", RefuseOverlaps.between(NETWORK, PEERS))
            .step("allocate", AllocateSubnets.of(NETWORK).into(SUBNETS))
            .build();

    @Test
    void plansANetworkFromItsName() {
        State state = PIPE.run(State.of(NAME, "orders").with(PEERS, List.of(Cidr.of("10.2.0.0/16"))))
                .block(SOON);
        assertThat(state).isNotNull();
        assertThat(state.get(SUBNETS)).hasToString("{app=10.1.1.0/24, jobs=10.1.2.0/24, controller=10.1.0.0/28}");
    }

    @Test
    void saysInTheFailureOfTheRunWhatIsWrong() {
        State unknown = State.of(NAME, "order").with(PEERS, List.of());
        assertThatThrownBy(() -> PIPE.run(unknown).block(SOON))
                .hasMessageContaining("classpath:networks.yaml: no network 'order'; did you mean 'orders'?");
        State overlapping = State.of(NAME, "orders").with(PEERS, List.of(Cidr.of("10.1.4.0/22")));
        assertThatThrownBy(() -> PIPE.run(overlapping).block(SOON))
                .hasMessageContaining("network 'orders' is 10.1.0.0/16 and overlaps 10.1.4.0/22, which it must reach");
    }
}
