// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.NetworkConfig;
import io.hybridpipe.net.SubnetRequest;
import io.hybridpipe.vns3.Tunnel;
import io.hybridpipe.vns3.api.Controller;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Each key of the main job has values that go through a journal and come back equal. */
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

    private final Set<String> tried = new LinkedHashSet<>();

    private <T> void comesBack(Key<T> key, T value) {
        assertThat(again(key, value)).isEqualTo(value);
        tried.add(key.name());
    }

    @Test
    void eachKeysValueComesBackEqual() {
        NetworkConfig network = NetworkConfig.of("orders", Cidr.of("10.1.0.0/16"))
                .withSubnet(SubnetRequest.of("app", 24))
                .withOnPremises(Cidr.of("10.0.0.0/16"));
        Controller controller = Controller.of("fed-1", Ip.of("192.0.2.1"), Secret.of("i-0abc"));
        Tunnel tunnel = new Tunnel(
                new Tunnel.Side("new", Ip.of("192.0.2.1"), 1, List.of(new Tunnel.End(2, network.cidr()))),
                new Tunnel.Side("fed-1", Ip.of("192.0.2.2"), 3, List.of(new Tunnel.End(4, Cidr.of("10.0.0.0/16")))));
        for (Key<String> text : List.of(
                Fednet.NETWORK_NAME,
                Fednet.IMAGE,
                Fednet.KEY_NAME,
                Fednet.CONTROLLER_INSTANCE,
                Fednet.CONTROLLER_ENI,
                Fednet.CONTROLLER_GROUP,
                Fednet.VPC_ROUTES)) {
            comesBack(text, "a text");
        }
        for (Key<Secret<String>> secret : List.of(Fednet.PSK, Fednet.LICENSE, Fednet.KEYSET_TOKEN)) {
            comesBack(secret, Secret.of("a secret"));
        }
        comesBack(Fednet.MY_IP, Cidr.of("192.0.2.66/32"));
        comesBack(Fednet.NETWORK, network);
        comesBack(Fednet.SUBNETS, network.allocate());
        comesBack(Fednet.CONTROLLER_IP, Ip.of("192.0.2.1"));
        comesBack(Fednet.NEW_CONTROLLER, controller);
        comesBack(Fednet.FEDERATION, controller);
        comesBack(Fednet.FEDERATION_CONTROLLERS, List.of(controller));
        comesBack(Fednet.TUNNEL, tunnel);
        comesBack(Fednet.TUNNELS, List.of(tunnel));

        assertThat(tried).as("no key is forgotten").hasSize(keys());
    }

    private static int keys() {
        return (int) Arrays.stream(Fednet.class.getDeclaredFields())
                .filter(it -> Modifier.isStatic(it.getModifiers()) && it.getType() == Key.class)
                .count();
    }
}
