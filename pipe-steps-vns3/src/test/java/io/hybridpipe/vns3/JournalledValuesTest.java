// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.TypeRef;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Controllers with their passwords and tunnels go through a journal and come back equal. */
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
    void aControllerComesBackWithItsPassword() {
        Controller controller =
                Controller.of("fed-1", Ip.of("192.0.2.1"), Secret.of("i-0abc")).withPrivateAddress(Ip.of("10.1.0.10"));

        comesBackEqual(Controller.class, controller);
        assertThat(again(Key.listOf("controllers", Controller.class), List.of(controller)))
                .containsExactly(controller);
    }

    @Test
    void aControllerComesBackWithItsTokenAndItsFormerPassword() {
        comesBackEqual(
                Controller.class,
                Controller.of("fed-1", Ip.of("192.0.2.1"), Secret.of("i-0abc"))
                        .withChangedPassword(Secret.of("better"))
                        .withToken(Secret.of("token-1")));
    }

    @Test
    void aTunnelComesBackEqual() {
        Tunnel tunnel = new Tunnel(
                new Tunnel.Side("new", Ip.of("192.0.2.1"), 1, List.of(new Tunnel.End(2, Cidr.of("10.1.0.0/16")))),
                new Tunnel.Side("fed-1", Ip.of("192.0.2.2"), 3, List.of(new Tunnel.End(4, Cidr.of("10.0.0.0/16")))));

        comesBackEqual(Tunnel.class, tunnel);
        assertThat(again(Key.listOf("tunnels", Tunnel.class), List.of(tunnel))).containsExactly(tunnel);
    }

    @Test
    void aSecretComesBackEqual() {
        Key<Secret<String>> psk = Key.of("psk", new TypeRef<>() {});

        assertThat(again(psk.secret(), Secret.of("x"))).isEqualTo(Secret.of("x"));
    }
}
