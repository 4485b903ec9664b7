// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Refuses a network that overlaps something that it must reach: packets to the common addresses would never leave it.
 *
 * <p><b>Reads</b> the inputs given to {@link #between}; <b>writes</b> nothing. <b>Effect</b>: none.
 * <b>Preflight</b> compares too when the inputs are known, so that the run is refused before anything is changed.
 *
 * <p><b>Failures.</b> Permanent: an overlap; the message names the network and every block that it overlaps.
 *
 * <p>Immutable. Nothing is called.
 */
public final class RefuseOverlaps implements Step {
    private final Input<? extends NetworkConfig> network;
    private final Input<? extends List<Cidr>> reached;

    private RefuseOverlaps(Input<? extends NetworkConfig> network, Input<? extends List<Cidr>> reached) {
        this.network = network;
        this.reached = reached;
    }

    /**
     * Compares a network with all that it must reach beside its own on-premises blocks, which {@link NetworkConfig} itself
     * compares; for instance with the blocks of all peered networks.
     */
    public static RefuseOverlaps between(Input<? extends NetworkConfig> network, Input<? extends List<Cidr>> reached) {
        return new RefuseOverlaps(network, reached);
    }

    @Override
    public Contract contract() {
        return Contract.of("RefuseOverlaps").reading(network, reached).withEffect(Effect.none());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.fromSupplier(() -> {
            requireApart(network.get(state), reached.get(state));
            return Outputs.none();
        });
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.fromRunnable(() -> network.find(state)
                .ifPresent(config -> reached.find(state).ifPresent(blocks -> requireApart(config, blocks))));
    }

    private static void requireApart(NetworkConfig config, List<Cidr> reached) {
        String overlapped = reached.stream()
                .filter(config.cidr()::overlaps)
                .distinct()
                .map(Cidr::toString)
                .collect(Collectors.joining(", "));
        if (!overlapped.isEmpty()) {
            throw StepFailure.permanent("network " + Quoted.of(config.name()) + " is " + config.cidr()
                    + " and overlaps " + overlapped + ", which it must reach");
        }
    }
}
