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
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Joins two controllers by an IPsec tunnel, both sides at once, and waits until both say that it is connected.
 *
 * <p>On each side it makes an endpoint for the other controller (IKEv2, perfect forward secrecy, NAT traversal) and under it a
 * tunnel between the two subnets. A controller behind address translation names itself by its private address; each side is
 * told how the other names itself.
 *
 * <p><b>Reads</b> both controllers, the pre-shared key and the subnets; <b>writes</b> the {@link Tunnel}.
 *
 * <p><b>Idempotent</b> by the run's tags in the description of all that it makes: what bears this step's token is taken as made,
 * on either side, and only what is missing is made. A tunnel of somebody else with the same ends and subnets is refused.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A tunnel that does not come up in time is permanent, and the message
 * says what each side sees: which phase is down, and what to check.
 *
 * <p><b>Undo</b> deletes the endpoints that bear this step's token on both sides, with their tunnels, and ends when they are
 * gone. One side that cannot be reached does not keep the other from being undone.
 *
 * <p><b>Calls</b>, on both controllers: {@code GET /ipsec}, {@code POST /ipsec/endpoints}, {@code POST
 * /ipsec/endpoints/ID/tunnels}, {@code GET /status/ipsec}, {@code DELETE /ipsec/endpoints/ID}, as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class IpsecPeer implements Step {
    // assigned only before the copy that they belong to is handed out
    private final Input<? extends Controller> local;
    private final Input<? extends Controller> remote;
    private @Nullable Input<? extends Secret<String>> psk;
    private @Nullable Input<? extends Cidr> localSubnet;
    private @Nullable Input<? extends Cidr> remoteSubnet;
    private Input<Optional<Cidr>> localDevice = Input.value(Optional.empty());
    private Input<Optional<Cidr>> remoteDevice = Input.value(Optional.empty());
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
        localSubnet = from.localSubnet;
        remoteSubnet = from.remoteSubnet;
        localDevice = from.localDevice;
        remoteDevice = from.remoteDevice;
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

    /** From this subnet behind the local controller; needed. */
    public IpsecPeer localSubnet(Input<? extends Cidr> subnet) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.localSubnet = subnet;
        return copy;
    }

    /** From this subnet behind the local controller. */
    public IpsecPeer localSubnet(Cidr subnet) {
        return localSubnet(Input.value(subnet));
    }

    /** To this subnet behind the remote controller; needed. */
    public IpsecPeer remoteSubnet(Input<? extends Cidr> subnet) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.remoteSubnet = subnet;
        return copy;
    }

    /** To this subnet behind the remote controller. */
    public IpsecPeer remoteSubnet(Cidr subnet) {
        return remoteSubnet(Input.value(subnet));
    }

    /**
     * Route-based (VTI) in place of policy-based: the tunnel carries what is routed into it, by {@link AddRoute#through}, and
     * its selectors are all addresses. Both devices have addresses in the same small network, usually a /30.
     */
    public IpsecPeer routeBased(Input<? extends Cidr> localDevice, Input<? extends Cidr> remoteDevice) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.localDevice = localDevice.map(Optional::of);
        copy.remoteDevice = remoteDevice.map(Optional::of);
        return copy;
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
        copy.every = Poll.positive(interval, "pollEvery");
        return copy;
    }

    /** Giving up a tunnel that is not connected in this time; default 5 minutes. */
    public IpsecPeer connectedWithin(Duration time) {
        IpsecPeer copy = new IpsecPeer(this);
        copy.within = Poll.positive(time, "connectedWithin");
        return copy;
    }

    @Override
    public Contract contract() {
        return Contract.of("IpsecPeer")
                .reading(
                        local,
                        remote,
                        given(psk, "psk"),
                        given(localSubnet, "localSubnet"),
                        given(remoteSubnet, "remoteSubnet"),
                        localDevice,
                        remoteDevice)
                .writing(given(output, "into"));
    }

    /** A look of reconcile waits for a tunnel that both sides are configured for, so it takes longer than that. */
    @Override
    public StepOptions options() {
        return StepOptions.ofDefaults()
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
            return Mono.when(
                    Mono.justOrEmpty(local.find(state)).flatMap(known -> Preflight.of(access.client(known))),
                    Mono.justOrEmpty(remote.find(state)).flatMap(known -> Preflight.of(access.client(known))));
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
        Cidr here = given(localSubnet, "localSubnet").get(state);
        Cidr there = given(remoteSubnet, "remoteSubnet").get(state);
        Function<Boolean, PeeringSide> side = isLocal -> new PeeringSide(
                isLocal ? local.get(state) : remote.get(state),
                isLocal ? remote.get(state) : local.get(state),
                isLocal ? here : there,
                isLocal ? there : here,
                isLocal ? localDevice.get(state) : remoteDevice.get(state),
                given(psk, "psk").get(state),
                extraConfig,
                access,
                context);
        return new IpsecPeering(side.apply(true), side.apply(false), every, within);
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
