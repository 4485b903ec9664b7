///usr/bin/env jbang "$0" "$@" ; exit $?
//DEPS io.hybridpipe:pipe-core:0.1.0-SNAPSHOT
//DEPS org.slf4j:slf4j-nop:2.0.17
// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.Step;

/** The smallest pipe: one step's output is the next one's input. */
public class Hello {
    static final Key<String> NAME = Key.of("name", String.class);
    static final Key<String> GREETING = Key.of("greeting", String.class);

    public static void main(String... args) {
        Pipe hello = Pipe.named("hello").needs(NAME)
                .step("greet", Step.mapping(NAME, GREETING, name -> "Hello, " + name))
                .step("print", Step.using(GREETING, System.out::println))
                .build();
        hello.run(State.of(NAME, args.length > 0 ? args[0] : "world")).block();
    }
}
