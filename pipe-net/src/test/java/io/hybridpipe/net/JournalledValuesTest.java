// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.TypeRef;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.MemoryJournal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Addresses, blocks and networks go through a journal and come back equal. */
class JournalledValuesTest {
    private static final SecretKey SECRETS = new SecretKeySpec(new byte[32], "AES");

    /** The value as a resumed run finds it. */
    private static <T> T again(Key<T> key, T value) {
        MemoryJournal journal = MemoryJournal.empty();
        RunId run = RunId.of("r");
        RunOptions options = RunOptions.ofDefaults().journal(journal).runId(run).secretsKey(SECRETS);
        Pipe pipe = Pipe.named("p")
                .needs(key)
                .step("use", Step.using(key, it -> {}))
                .build();
        pipe.run(State.of(key, value), options).block(Duration.ofSeconds(60));
        State resumed =
                Runs.of(journal).resume(pipe, run, State.empty(), options).block(Duration.ofSeconds(60));
        return Objects.requireNonNull(resumed).get(key);
    }

    private static <T> void comesBackEqual(Class<T> type, T value) {
        assertThat(again(Key.of("k", type), value)).isEqualTo(value);
    }

    @Test
    void addressesAndBlocksComeBackEqual() {
        comesBackEqual(Ip.class, Ip.of("10.1.0.10"));
        comesBackEqual(Ip.class, Ip.of("2001:db8::1"));
        comesBackEqual(Cidr.class, Cidr.of("10.1.0.0/16"));
        comesBackEqual(Cidr.class, Cidr.of("2001:db8::/32"));
    }

    @Test
    void listsAndMapsOfThemComeBackEqual() {
        List<Cidr> blocks = List.of(Cidr.of("10.1.0.0/16"), Cidr.of("0.0.0.0/0"));
        Map<Cidr, Ip> gateways = Map.of(Cidr.of("10.1.0.0/16"), Ip.of("10.1.0.1"));

        assertThat(again(Key.listOf("blocks", Cidr.class), blocks)).isEqualTo(blocks);
        assertThat(again(Key.of("gateways", new TypeRef<Map<Cidr, Ip>>() {}), gateways))
                .isEqualTo(gateways);
    }

    @Test
    void aNetworkComesBackWithItsSubnetsInTheirOrder() {
        NetworkConfig network = NetworkConfig.of("orders", Cidr.of("10.1.0.0/16"))
                .withSubnet(SubnetRequest.of("zebra", 24))
                .withSubnet(SubnetRequest.of("app", Cidr.of("10.1.7.0/24")))
                .withOnPremises(Cidr.of("10.0.0.0/16"));

        comesBackEqual(NetworkConfig.class, network);
        comesBackEqual(SubnetRequest.class, SubnetRequest.of("app", 24));
        Subnets again = again(Key.of("subnets", Subnets.class), network.allocate());
        assertThat(again).isEqualTo(network.allocate());
        assertThat(again.byName().keySet()).containsExactly("zebra", "app");
    }
}
