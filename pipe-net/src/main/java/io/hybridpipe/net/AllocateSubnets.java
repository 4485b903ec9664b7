// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Gives every subnet that a network is to have its place in the network's block, as {@link Subnets#allocate} does.
 *
 * <p><b>Reads</b> the inputs given to {@link #of} and {@link #avoiding}; <b>writes</b> the key given to {@link #into}.
 * <b>Effect</b>: none. The same inputs always give the same places, so a second run is idempotent. <b>Preflight</b> allocates
 * too when the inputs are known.
 *
 * <p><b>Failures.</b> Permanent: a subnet that does not fit beside what is to be avoided; the message says what is left.
 *
 * <p>Immutable. Nothing is called.
 */
public final class AllocateSubnets implements Step {
    private final Input<? extends NetworkConfig> network;
    private final Input<? extends List<Cidr>> taken;
    private final @Nullable Key<Subnets> output;

    private AllocateSubnets(
            Input<? extends NetworkConfig> network, Input<? extends List<Cidr>> taken, @Nullable Key<Subnets> output) {
        this.network = network;
        this.taken = taken;
        this.output = output;
    }

    /** Allocates the subnets of this network. */
    public static AllocateSubnets of(Input<? extends NetworkConfig> network) {
        return new AllocateSubnets(network, Input.value(List.of()), null);
    }

    /** A copy that keeps clear of these blocks, for instance of subnets that are there already; default none. */
    public AllocateSubnets avoiding(Input<? extends List<Cidr>> taken) {
        return new AllocateSubnets(network, taken, output);
    }

    /** A copy that writes the subnets under this key. */
    public AllocateSubnets into(Key<Subnets> output) {
        return new AllocateSubnets(network, taken, output);
    }

    @Override
    public Contract contract() {
        return Contract.of("AllocateSubnets")
                .reading(network, taken)
                .writing(key())
                .withEffect(Effect.none());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.fromSupplier(() -> Outputs.of(key(), toSubnets(network.get(state), taken.get(state))));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.fromRunnable(() -> network.find(state)
                .ifPresent(config -> taken.find(state).ifPresent(blocks -> toSubnets(config, blocks))));
    }

    private static Subnets toSubnets(NetworkConfig config, List<Cidr> taken) {
        try {
            return Subnets.allocate(config.cidr(), config.subnets(), taken);
        } catch (Misfit misfit) {
            throw StepFailure.permanent("network " + Quoted.of(config.name()) + ": " + misfit.line());
        }
    }

    private Key<Subnets> key() {
        if (output == null) {
            throw new IllegalStateException("AllocateSubnets needs into(KEY)");
        }
        return output;
    }
}
