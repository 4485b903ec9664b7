// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HelloTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> GREETING = Key.of("greeting", String.class);

    @Test
    void twoStepsPassTheStateOn() {
        Pipe hello = Pipe.named("hello")
                .needs(NAME)
                .step("greet", Step.mapping(NAME, GREETING, name -> "Hello, " + name))
                .build();

        State end = hello.run(State.of(NAME, "world")).block(Duration.ofSeconds(60));

        assertThat(end.get(GREETING)).isEqualTo("Hello, world");
    }
}
