// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Each;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.PipeVerifier;
import io.hybridpipe.test.ScriptedStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailAtTest {
    private static final Key<String> SITE = Key.of("site", String.class);

    private static PipeVerifier failing(String what, Pipe pipe) {
        return PipeVerifier.of(pipe)
                .options(options -> options.around(FailAt.parse(what, pipe)))
                .lenient();
    }

    @Test
    void anElementThatFailsByItselfAtFirstIsMadeToFailWhenItHasTakenEffect() {
        ScriptedStep vpc = ScriptedStep.named("vpc").fails(FailureClass.TRANSIENT);
        Pipe pipe = Pipe.named("net").step("vpc", vpc).build();

        failing("net/vpc:lost", pipe).verifyUndone();

        assertThat(vpc.attempts()).isEqualTo(2);
        assertThat(vpc.exists()).isFalse();
    }

    @Test
    void itsUndoIsMadeToFailToo() {
        ScriptedStep vpc = ScriptedStep.named("vpc").fails(FailureClass.TRANSIENT);
        Pipe pipe = Pipe.named("net").step("vpc", vpc).build();

        failing("net/vpc:undo", pipe).verifyLeftOvers();

        assertThat(vpc.exists()).isTrue();
    }

    @Test
    void ofAFanOutTheFirstItemThatHasTakenEffectIsMadeToFail() {
        ScriptedStep tunnel = ScriptedStep.named("tunnel").fails(FailureClass.TRANSIENT);
        Pipe pipe = Pipe.named("net")
                .forEach(
                        "sites",
                        Each.of(Input.value(List.of("a", "b")), SITE, site -> site)
                                .atMost(2),
                        each -> each.step("tunnel", tunnel))
                .build();

        failing("net/sites/tunnel:lost", pipe).verifyUndone();

        assertThat(tunnel.exists()).isFalse();
    }
}
