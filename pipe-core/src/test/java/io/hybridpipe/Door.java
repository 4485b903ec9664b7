// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** A scope that notes what is done to it and, where it has a key, writes its name under it. */
final class Door implements Scope {
    final List<String> log;

    private final String name;
    private final Contract contract;

    private Door(String name, Contract contract, List<String> log) {
        this.name = name;
        this.contract = contract;
        this.log = log;
    }

    static Door named(String name) {
        return new Door(name, Contract.of("Door"), new ArrayList<>());
    }

    Door writing(Key<String> key) {
        return new Door(name, contract.writing(key), log);
    }

    Door reading(Input<?>... inputs) {
        return new Door(name, contract.reading(inputs), log);
    }

    /** A copy that notes in the same place as another one. */
    Door loggingWith(List<String> log) {
        return new Door(name, contract, log);
    }

    @Override
    public Contract contract() {
        return contract;
    }

    @Override
    @SuppressWarnings("unchecked") // writing(..) takes only keys of texts
    public Mono<Outputs> open(State state, StepContext context) {
        return Mono.fromSupplier(() -> {
            log.add("open " + name);
            Outputs outputs = Outputs.none();
            for (Key<?> key : contract.writes()) {
                outputs = outputs.and((Key<String>) key, name);
            }
            return outputs;
        });
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return Mono.fromRunnable(() -> log.add("close " + name));
    }
}
