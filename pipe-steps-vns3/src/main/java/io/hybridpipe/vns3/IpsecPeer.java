// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Joins two controllers by IPsec tunnels, both sides at once, and waits until both say that they are connected.
 *
 * <p>On each side it makes an endpoint for the other controller (IKEv2, perfect forward secrecy, NAT traversal) and under it a
 * tunnel for each pair of subnets. A controller behind address translation names itself by its private address; each side is
 * told how the other names itself.
 *
 * <p><b>Reads</b> both controllers, the pre-shared key and the subnets; <b>writes</b> the {@link Tunnel}.
 *
 * <p><b>Idempotent</b> by the run's tags in the description of all that it makes: an endpoint that bears this step's token and
 * is configured as wanted is taken as made, on either side, and only what is missing is made. One that is configured otherwise,
 * with another pre-shared key say because a resume was given a new one, is deleted and made anew. A tunnel of somebody else
 * with the same ends and subnets is refused, and beside a route-based one every route-based one with the same ends.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A tunnel that does not come up in time is permanent, since a wrong key
 * does not mend itself, and the message says what each side sees: which phase is down, when it was up last, and what to check.
 *
 * <p><b>Undo</b> deletes the endpoints that bear this step's token on both sides, with their tunnels, and ends when they are
 * gone. One side that cannot be reached does not keep the other from being undone.
 *
 * <p><b>Calls</b>, on both controllers: {@code GET /ipsec}, {@code POST /ipsec/endpoints}, {@code GET|DELETE
 * /ipsec/endpoints/ID}, {@code POST /ipsec/endpoints/ID/tunnels}, {@code GET /status/ipsec} and {@code GET
 * /status/link_history}, as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class IpsecPeer implements Step {
    private static final Input<Optional<Cidr>> NO_DEVICES = Input.value(Optional.empty());

    private record Pair(Input<? extends Cidr> local, Input<? extends Cidr> remote) {}

    // assigned only before the copy that they belong to is handed out
    private final Input<? extends Controller> local;
    private final Input<? extends Controller> remote;
    private @Nullable Input<? extends Secret<String>> psk;
    private List<Pair> subnets = List.of();
    private Input<Optional<Cidr>> devices = NO_DEVICES;
    private @Nullable Key<Tunnel> output;
    private String extraConfig = "";
    private Vns3Access access = Vns3Access.ofDefaults();
    private Duration every = Duration.ofSeconds(2);
    private Duration within = Duration.ofMinutes(5);

    private IpsecPeer(Input<? extends Controller> local, Input<? extends Controller> remote) {
        this.local = local;
        this.remote = remote;
    }

    private IpsecPeer(IpsecPeer from) {
        local = from.local;
        remote = from.remote;
        psk = from.psk;
        subnets = from.subnets;
        devices = from.devices;
        output = from.output;
        extraConfig = from.extraConfig;
        access = from.access;
        every = from.every;
        within = from.within;
    }

    /** Joins these two controllers. */
    public static IpsecPeer between(Input<? extends Controller> local, Input<? extends Controller> remote) {
        return new IpsecPeer(local, remote);
    }

    /** With this pre-shared key; needed. */
    public IpsecPeer psk(Input<? extends Secret<String>> psk) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.psk = psk;
        return copy;
    }

    /**
     * Between this subnet behind the local controller and that one behind the remote controller; needed unless route-based. Said
     * several times, there is a tunnel for each pair, all under one endpoint.
     */
    public IpsecPeer subnets(Input<? extends Cidr> local, Input<? extends Cidr> remote) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.subnets = Stream.concat(subnets.stream(), Stream.of(new Pair(local, remote)))
                .toList();
        return copy;
    }

    /** Between this subnet behind the local controller and that one behind the remote controller. */
    public IpsecPeer subnets(Cidr local, Cidr remote) {
        return subnets(Input.value(local), Input.value(remote));
    }

    /**
     * Route-based (VTI) in place of policy-based: the one tunnel carries what is routed into it, by {@link AddRoute#through},
     * and its selectors are all addresses, so there are no subnets to be said. The devices at both ends get the first two
     * addresses of a small network of their own, usually a /30 of 169.254.0.0/16: the local one the first.
     */
    public IpsecPeer routeBased(Input<? extends Cidr> devices) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.devices = devices.map(Optional::of);
        return copy;
    }

    /** Route-based, with devices in this network. */
    public IpsecPeer routeBased(Cidr devices) {
        return routeBased(Input.value(devices));
    }

    /** With further words for both endpoints, such as {@code phase1=aes256_gcm-sha2_256-dh14}; default none. */
    public IpsecPeer extraConfig(String words) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.extraConfig = words;
        return copy;
    }

    /** Writes the tunnel under this key; needed. */
    public IpsecPeer into(Key<Tunnel> key) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.output = key;
        return copy;
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public IpsecPeer over(Vns3Access access) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.access = access;
        return copy;
    }

    /** With this time between two looks of every wait; default 2 seconds. */
    public IpsecPeer pollEvery(Duration interval) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.every = Looks.positive(interval, "pollEvery");
        return copy;
    }

    /** Giving up a tunnel that is not connected in this time; default 5 minutes. */
    public IpsecPeer connectedWithin(Duration time) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.within = Looks.positive(time, "connectedWithin");
        return copy;
    }

    @Override
    public Contract contract() {
        if (subnets.isEmpty() != isRouteBased()) {
            throw new IllegalStateException("IpsecPeer.between(..) needs either .subnets(..) or .routeBased(..)");
        }
        Contract contract = Contract.of("IpsecPeer")
                .reading(local, remote, given(psk, "psk"), devices)
                .writing(given(output, "into"));
        for (Pair pair : subnets) {
            contract = contract.reading(pair.local(), pair.remote());
        }
        return contract;
    }

    /** A look of reconcile waits for tunnels that both sides are configured for, so it takes longer than that. */
    @Override
    public StepOptions options() {
        return Patience.options()
                .withStepTimeout(within.multipliedBy(4).plusMinutes(10))
                .withReconcileTimeout(within.plusMinutes(1));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            if (given(psk, "psk")
                    .find(state)
                    .filter(key -> key.reveal().isBlank())
                    .isPresent()) {
                return Mono.error(StepFailure.permanent("the pre-shared key is empty"));
            }
            return Mono.when(Preflight.of(local, access, state), Preflight.of(remote, access, state));
        });
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> peering(state, context).join()).map(this::toOutputs);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> peering(state, context).find(this::toOutputs));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> peering(state, context).part());
    }

    private IpsecPeering peering(State state, StepContext context) {
        List<PeeringSide.Selectors> here = subnets.isEmpty()
                ? List.of(PeeringSide.Selectors.ALL)
                : subnets.stream()
                        .map(pair -> new PeeringSide.Selectors(
                                pair.local().get(state), pair.remote().get(state)))
                        .distinct()
                        .toList();
        Function<Boolean, PeeringSide> side = isLocal -> new PeeringSide(
                isLocal ? local.get(state) : remote.get(state),
                isLocal ? remote.get(state) : local.get(state),
                isLocal
                        ? here
                        : here.stream().map(PeeringSide.Selectors::mirrored).toList(),
                devices.get(state).map(network -> toDevice(network, isLocal)),
                given(psk, "psk").get(state),
                extraConfig,
                access,
                context);
        return new IpsecPeering(side.apply(true), side.apply(false), every, within);
    }

    private static String toDevice(Cidr network, boolean isLocal) {
        if (network.hosts().compareTo(BigInteger.TWO) < 0) {
            throw StepFailure.permanent(
                    "the devices of a route-based peering need two addresses, " + network + " has " + network.hosts());
        }
        // in IPv4 the first address names the network, except in one of two addresses
        int first = network.addresses().equals(network.hosts()) ? 0 : 1;
        return network.address(isLocal ? first : first + 1) + "/" + network.prefix();
    }

    private boolean isRouteBased() {
        return devices != NO_DEVICES;
    }

    private Outputs toOutputs(Tunnel tunnel) {
        return Outputs.of(given(output, "into"), tunnel);
    }

    private static <T> T given(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalStateException("IpsecPeer.between(..) needs ." + method + "(..)");
        }
        return value;
    }
}
