///usr/bin/env jbang "$0" "$@" ; exit $?
//DEPS io.hybridpipe:pipe-core:0.1.0-SNAPSHOT
//DEPS org.slf4j:slf4j-nop:2.0.17
// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import static io.hybridpipe.Element.step;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import reactor.core.publisher.Mono;

/** A group, a scope and an undo, on a cloud that is a set of names; prints what happens and what is left. */
public class ScopeDemo {
    static final Key<String> NETWORK = Key.of("network", String.class);
    static final Key<String> NORTH = Key.of("north", String.class);
    static final Key<String> SOUTH = Key.of("south", String.class);

    /** The cloud. */
    static final Set<String> CLOUD = new ConcurrentSkipListSet<>();

    public static void main(String... args) {
        Pipe pipe = Pipe.named("scope")
                .step("network", make("network", NETWORK))
                .concurrently("subnets", step("north", make("subnet-north", NORTH)), step("south", make("subnet-south", SOUTH)))
                .during("door", new Door(), inside -> inside
                        .step("configure", Step.using(NETWORK, network -> System.out.println("      inside: " + CLOUD)))
                        .step("connect", Step.using(NORTH, subnet -> {
                            throw new IllegalStateException("the other side does not answer");
                        })))
                .build();
        System.out.print(pipe);
        RunOptions options = RunOptions.ofDefaults()
                .listener(event -> System.out.printf("  %-18s %s%n", event.type(), event.path()));
        try {
            pipe.run(State.empty(), options).block();
        } catch (PipeFailedException e) {
            System.out.println(e.getMessage());
        }
        System.out.println("left in the cloud: " + CLOUD);
    }

    /** A step that makes a thing, and deletes it when it is undone. */
    static Step make(String thing, Key<String> key) {
        return Step.reading()
                .writing(key)
                .undo((state, context) -> context.mutate(Mono.fromRunnable(() -> CLOUD.remove(thing))))
                .as((state, context) -> context.mutate(Mono.fromCallable(() -> CLOUD.add(thing)))
                        .thenReturn(Outputs.of(key, thing)));
    }

    /** A door that is open only while something works behind it. */
    static final class Door implements Scope {
        @Override
        public Contract contract() {
            return Contract.of("Door");
        }

        @Override
        public Mono<Outputs> open(State state, StepContext context) {
            return context.mutate(Mono.fromCallable(() -> CLOUD.add("door"))).thenReturn(Outputs.none());
        }

        @Override
        public Mono<Void> close(State state, Found found, StepContext context) {
            return context.mutate(Mono.fromRunnable(() -> CLOUD.remove("door")));
        }
    }
}
