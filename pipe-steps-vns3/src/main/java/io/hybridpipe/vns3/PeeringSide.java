// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Secret;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Ipsec;
import io.hybridpipe.vns3.api.IpsecEndpoint;
import io.hybridpipe.vns3.api.NewEndpoint;
import io.hybridpipe.vns3.api.TunnelStatus;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One controller's side of a peering: what is there, what is made, what is taken away. */
final class PeeringSide {
    static final String ENDPOINT_KIND = "VNS3::IpsecEndpoint";
    static final String TUNNEL_KIND = "VNS3::IpsecTunnel";
    private static final String ALL = "0.0.0.0/0";

    private final Controller self;
    private final Controller peer;
    private final Cidr subnet;
    private final Cidr peerSubnet;
    private final Optional<Cidr> device;
    private final Secret<String> psk;
    private final String extraConfig;
    private final Vns3Client client;
    private final StepContext context;
    private final Mark mark;
    private final Set<Resource> said = ConcurrentHashMap.newKeySet();

    PeeringSide(
            Controller self,
            Controller peer,
            Cidr subnet,
            Cidr peerSubnet,
            Optional<Cidr> device,
            Secret<String> psk,
            String extraConfig,
            Vns3Access access,
            StepContext context) {
        this.self = self;
        this.peer = peer;
        this.subnet = subnet;
        this.peerSubnet = peerSubnet;
        this.device = device;
        this.psk = psk;
        this.extraConfig = extraConfig;
        this.client = access.client(self);
        this.context = context;
        this.mark = Mark.of(context);
    }

    Controller self() {
        return self;
    }

    /** What is configured; of this step's making it is also said to be made, since who made it may not have lived to say so. */
    Mono<Ipsec> look() {
        return client.ipsec().doOnNext(seen -> made(seen).forEach(this::sayMade));
    }

    /** What of this step's making is configured on this side. */
    List<IpsecEndpoint> made(Ipsec seen) {
        return seen.endpoints().stream()
                .filter(endpoint -> mark.isOn(endpoint.description()))
                .toList();
    }

    /** The whole side, if all of it is configured. */
    Optional<Tunnel.Side> whole(Ipsec seen) {
        return made(seen).stream()
                .flatMap(endpoint -> toSide(endpoint).stream())
                .findFirst();
    }

    /** Makes what is missing. */
    Mono<Tunnel.Side> make(Ipsec seen, Optional<String> peerIdentity) {
        List<IpsecEndpoint> made = made(seen);
        Mono<IpsecEndpoint> endpoint = made.isEmpty()
                ? refuseForeign(seen).then(Mono.defer(() -> requestEndpoint(peerIdentity)))
                : keepOne(made);
        return endpoint.flatMap(this::tunnelUnder);
    }

    /** Takes away one thing of this step's making; emits when there is nothing left. */
    Mono<Boolean> takeAway() {
        return client.ipsec().flatMap(seen -> {
            List<IpsecEndpoint> left = made(seen);
            return left.isEmpty() ? Mono.just(true) : requestDelete(left.get(0)).then(Mono.empty());
        });
    }

    /** How this side's tunnel is; empty if the controller does not list it. */
    Mono<Optional<TunnelStatus>> status(Tunnel.Side side) {
        return client.tunnelStatus().map(all -> all.stream()
                .filter(status -> status.id() == side.tunnel())
                .findFirst());
    }

    /** A call that took effect after it was given up makes a second endpoint, which fights with the first. */
    private Mono<IpsecEndpoint> keepOne(List<IpsecEndpoint> made) {
        return Flux.fromIterable(made.subList(1, made.size()))
                .concatMap(this::requestDelete)
                .then(Mono.just(made.get(0)));
    }

    private Mono<Tunnel.Side> tunnelUnder(IpsecEndpoint endpoint) {
        Optional<Tunnel.Side> side = toSide(endpoint);
        if (side.isPresent()) {
            return Mono.just(side.get());
        }
        Mono<IpsecEndpoint> after = device.isPresent() ? client.endpoint(endpoint.id()) : requestTunnel(endpoint.id());
        return after.doOnNext(this::sayMade)
                .flatMap(seen -> Mono.justOrEmpty(toSide(seen)))
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent("endpoint " + endpoint.id() + " on " + self
                        + " has no tunnel " + selectors() + " after it was made")));
    }

    private Mono<IpsecEndpoint> requestEndpoint(Optional<String> peerIdentity) {
        NewEndpoint wanted = NewEndpoint.of(toName(peer), peer.address(), psk)
                .withDescription(mark.text())
                .withIdentity(
                        peerIdentity.filter(id -> !id.equals(peer.address().toString())))
                .withDevice(device)
                .withExtraConfig(extraConfig);
        return context.mutate(Mono.defer(() -> client.createEndpoint(wanted)).doOnNext(this::sayMade));
    }

    private Mono<IpsecEndpoint> requestTunnel(int endpoint) {
        return context.mutate(Mono.defer(() -> client.createTunnel(endpoint, subnet, peerSubnet, mark.text()))
                .doOnNext(this::sayMade));
    }

    private Mono<Void> requestDelete(IpsecEndpoint endpoint) {
        return context.mutate(Mono.defer(() -> client.deleteEndpoint(endpoint.id()))
                .onErrorResume(PeeringSide::isGone, gone -> Mono.empty())
                .doOnSuccess(done -> sayGone(endpoint)));
    }

    /** Somebody else's tunnel with the same ends would fight with ours for the same packets. */
    private Mono<Void> refuseForeign(Ipsec seen) {
        return seen.endpoints().stream()
                .filter(endpoint -> endpoint.gateway().equals(peer.address().toString()))
                .filter(endpoint -> toSide(endpoint).isPresent())
                .findFirst()
                .map(foreign -> Mono.<Void>error(StepFailure.permanent("endpoint " + foreign.id() + " '"
                        + foreign.name() + "' on " + self + " has a tunnel " + selectors() + " to " + peer
                        + " already, and this run did not make it")))
                .orElse(Mono.empty());
    }

    private Optional<Tunnel.Side> toSide(IpsecEndpoint endpoint) {
        return endpoint.tunnels().stream()
                .filter(this::isWanted)
                .map(tunnel -> new Tunnel.Side(self.name(), self.address(), endpoint.id(), tunnel.id(), subnet))
                .findFirst();
    }

    private boolean isWanted(IpsecEndpoint.Selectors tunnel) {
        return device.isPresent()
                ? tunnel.remoteSubnet().equals(ALL)
                : tunnel.localSubnet().equals(subnet.toString())
                        && tunnel.remoteSubnet().equals(peerSubnet.toString());
    }

    private void sayMade(IpsecEndpoint endpoint) {
        sayMade(toResource(endpoint));
        endpoint.tunnels().forEach(tunnel -> sayMade(toResource(endpoint, tunnel)));
    }

    private void sayMade(Resource resource) {
        if (said.add(resource)) {
            context.made(resource);
        }
    }

    private void sayGone(IpsecEndpoint endpoint) {
        endpoint.tunnels().forEach(tunnel -> context.gone(toResource(endpoint, tunnel)));
        context.gone(toResource(endpoint));
    }

    private Resource toResource(IpsecEndpoint endpoint) {
        return Resource.of(ENDPOINT_KIND, String.valueOf(endpoint.id()), self.toString())
                .withShow(Show.of(self, "/ipsec/endpoints/" + endpoint.id()));
    }

    private Resource toResource(IpsecEndpoint endpoint, IpsecEndpoint.Selectors tunnel) {
        return Resource.of(TUNNEL_KIND, endpoint.id() + "/" + tunnel.id(), self.toString())
                .withShow(Show.of(self, "/ipsec/endpoints/" + endpoint.id()));
    }

    private String selectors() {
        return device.isPresent() ? ALL : subnet + " <-> " + peerSubnet;
    }

    private static String toName(Controller peer) {
        return "to-" + peer.name().replaceAll("[^A-Za-z0-9._-]", "-");
    }

    private static boolean isGone(Throwable failure) {
        return Vns3Error.in(failure)
                .filter(error -> error.status() == 404 || error.detail().equals("endpoint_id does not exist"))
                .isPresent();
    }
}
