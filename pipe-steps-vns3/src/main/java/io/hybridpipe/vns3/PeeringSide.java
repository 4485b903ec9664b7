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
import io.hybridpipe.vns3.api.LinkHistory;
import io.hybridpipe.vns3.api.NewEndpoint;
import io.hybridpipe.vns3.api.NewTunnel;
import io.hybridpipe.vns3.api.TunnelStatus;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One controller's side of a peering: what is there, what is made, what is taken away. */
final class PeeringSide {
    static final String ENDPOINT_KIND = "VNS3::IpsecEndpoint";
    static final String TUNNEL_KIND = "VNS3::IpsecTunnel";

    /** What one tunnel joins, as this side sees it. */
    record Selectors(Cidr local, Cidr remote) {
        static final Selectors ALL = new Selectors(Cidr.of("0.0.0.0/0"), Cidr.of("0.0.0.0/0"));

        Selectors mirrored() {
            return new Selectors(remote, local);
        }

        boolean areOf(IpsecEndpoint.Selectors tunnel) {
            return tunnel.localSubnet().equals(local.toString())
                    && tunnel.remoteSubnet().equals(remote.toString());
        }

        @Override
        public String toString() {
            return local + " <-> " + remote;
        }
    }

    private final Controller self;
    private final Controller peer;
    private final List<Selectors> wanted;
    private final Optional<String> device;
    private final Secret<String> psk;
    private final String extraConfig;
    private final Vns3Client client;
    private final StepContext context;
    private final Mark mark;
    private final Set<Resource> said = ConcurrentHashMap.newKeySet();

    PeeringSide(
            Controller self,
            Controller peer,
            List<Selectors> wanted,
            Optional<String> device,
            Secret<String> psk,
            String extraConfig,
            Vns3Access access,
            StepContext context) {
        this.self = self;
        this.peer = peer;
        this.wanted = wanted;
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

    /** What the tunnels join, in the order of a side's ends. */
    List<Selectors> wanted() {
        return wanted;
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

    /** The whole side, if all of it is configured, and as it is wanted. */
    Optional<Tunnel.Side> whole(Ipsec seen, Optional<String> peerIdentity) {
        return asWanted(seen, peerIdentity).flatMap(this::toSide);
    }

    /** Makes what is missing, in place of what is not as it is wanted. */
    Mono<Tunnel.Side> make(Ipsec seen, Optional<String> peerIdentity) {
        Optional<IpsecEndpoint> kept = asWanted(seen, peerIdentity);
        Mono<IpsecEndpoint> endpoint = kept.map(Mono::just)
                .orElseGet(() -> refuseForeign(seen).then(Mono.defer(() -> requestEndpoint(toEndpoint(peerIdentity)))));
        // a call that took effect after it was given up makes a second endpoint, which fights with the first
        return Flux.fromIterable(made(seen))
                .filter(made -> !Optional.of(made).equals(kept))
                .concatMap(this::requestDelete)
                .then(endpoint)
                .flatMap(this::tunnelsUnder);
    }

    /** Takes away one thing of this step's making; emits when there is nothing left. */
    Mono<Boolean> takeAway() {
        return client.ipsec().flatMap(seen -> {
            List<IpsecEndpoint> left = made(seen);
            if (left.isEmpty()) {
                Removal.seenGone(self, context);
                return Mono.just(true);
            }
            return requestDelete(left.get(0)).then(Mono.empty());
        });
    }

    /** How this side's tunnels are; without those that the controller does not list. */
    Mono<Map<Tunnel.End, TunnelStatus>> statuses(Tunnel.Side side) {
        return client.tunnelStatus().map(all -> {
            Map<Tunnel.End, TunnelStatus> ours = new HashMap<>();
            side.ends().forEach(end -> all.stream()
                    .filter(status -> status.id() == end.tunnel())
                    .findFirst()
                    .ifPresent(status -> ours.put(end, status)));
            return ours;
        });
    }

    /** When one of these tunnels was up last, if one was at all. */
    Mono<Optional<Instant>> lastUp(List<Tunnel.End> ends) {
        return Flux.fromIterable(ends)
                .concatMap(end -> client.linkHistory(end.tunnel()))
                .flatMapIterable(LinkHistory::events)
                .filter(event -> event.text().toLowerCase(Locale.ROOT).contains("up"))
                .flatMap(event -> Mono.justOrEmpty(event.at()))
                .collect(Collectors.maxBy(Comparator.naturalOrder()));
    }

    private Mono<Tunnel.Side> tunnelsUnder(IpsecEndpoint endpoint) {
        return Flux.fromIterable(wanted)
                .filter(selectors ->
                        !isRouteBased() && toEnd(endpoint, selectors).isEmpty())
                .concatMap(selectors -> requestTunnel(endpoint.id(), selectors))
                .last(endpoint)
                // a route-based endpoint is born with its tunnel, whose answer need not show it yet
                .flatMap(made -> toSide(made).isPresent() ? Mono.just(made) : client.endpoint(made.id()))
                .doOnNext(this::sayMade)
                .flatMap(made -> Mono.justOrEmpty(toSide(made)))
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent("endpoint " + endpoint.id() + " on " + self
                        + " does not have the tunnels " + wanted + " after they were made")));
    }

    private Mono<IpsecEndpoint> requestEndpoint(NewEndpoint endpoint) {
        return context.mutate(Mono.defer(() -> client.createEndpoint(endpoint)).doOnNext(this::sayMade));
    }

    private Mono<IpsecEndpoint> requestTunnel(int endpoint, Selectors selectors) {
        NewTunnel tunnel =
                NewTunnel.between(selectors.local(), selectors.remote()).withDescription(mark.text());
        return context.mutate(
                Mono.defer(() -> client.createTunnel(endpoint, tunnel)).doOnNext(this::sayMade));
    }

    private Mono<Void> requestDelete(IpsecEndpoint endpoint) {
        return context.mutate(
                Mono.defer(() -> client.deleteEndpoint(endpoint.id()).then())
                        .onErrorResume(Vns3Error::isNotFound, gone -> Mono.empty())
                        .doOnSuccess(done -> sayGone(endpoint)));
    }

    /** Somebody else's tunnel with the same ends would fight with ours for the same packets. */
    private Mono<Void> refuseForeign(Ipsec seen) {
        return seen.endpoints().stream()
                .filter(endpoint -> !mark.isOn(endpoint.description()))
                .filter(endpoint -> endpoint.gateway().equals(peer.address().toString()))
                .flatMap(endpoint -> fighting(endpoint)
                        .map(tunnel -> "endpoint " + endpoint.id() + " '" + endpoint.name() + "' on " + self + " has "
                                + tunnel + " to " + peer + " already, and this run did not make it"))
                .findFirst()
                .map(foreign -> Mono.<Void>error(StepFailure.permanent(foreign)))
                .orElse(Mono.empty());
    }

    private Stream<String> fighting(IpsecEndpoint endpoint) {
        // no description says how a controller writes the selectors of a route-based one
        return isRouteBased() && endpoint.vpnType().equals("vti")
                ? Stream.of("a route-based tunnel")
                : wanted.stream()
                        .filter(selectors -> endpoint.tunnels().stream().anyMatch(selectors::areOf))
                        .map(selectors -> "a tunnel " + selectors);
    }

    /** The endpoint of this step's making that may stay: nothing of it is otherwise than wanted, though a tunnel may be missing. */
    private Optional<IpsecEndpoint> asWanted(Ipsec seen, Optional<String> peerIdentity) {
        NewEndpoint endpoint = toEndpoint(peerIdentity);
        return made(seen).stream().filter(made -> isAsWanted(made, endpoint)).findFirst();
    }

    private boolean isAsWanted(IpsecEndpoint made, NewEndpoint endpoint) {
        String gateway = endpoint.gateway().toString();
        return made.gateway().equals(gateway)
                && made.identity().orElse(gateway).equals(endpoint.identity().orElse(gateway))
                && made.vpnType().equals(isRouteBased() ? "vti" : "policy")
                && device.map(address -> isOrNotTold(made.deviceAddress(), address))
                        .orElse(true)
                && isOrNotTold(made.pfs(), endpoint.pfs())
                && isOrNotTold(made.ikeVersion(), endpoint.ikeVersion())
                && isOrNotTold(made.natTraversal(), endpoint.natTraversal())
                && isOrNotTold(toWords(made.extraConfig()), words(endpoint.extraConfig()))
                && isOrNotTold(made.psk(), psk)
                && made.tunnels().stream()
                        .allMatch(tunnel -> wanted.stream().anyMatch(selectors -> isOf(tunnel, selectors)));
    }

    /** What a controller does not tell cannot be compared. */
    private static <T> boolean isOrNotTold(Optional<T> told, T wanted) {
        return told.isEmpty() || told.get().equals(wanted);
    }

    /** Some controllers tell all words in one text; empty if they tell none. */
    private static Optional<Set<String>> toWords(List<String> texts) {
        return Optional.of(words(String.join(" ", texts))).filter(words -> !words.isEmpty());
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).collect(Collectors.toSet());
    }

    /** A route-based endpoint has but one tunnel, and no description says how a controller writes its selectors. */
    private boolean isOf(IpsecEndpoint.Selectors tunnel, Selectors selectors) {
        return isRouteBased() || selectors.areOf(tunnel);
    }

    private NewEndpoint toEndpoint(Optional<String> peerIdentity) {
        return NewEndpoint.of(toName(peer), peer.address(), psk)
                .withDescription(mark.text())
                .withIdentity(
                        peerIdentity.filter(id -> !id.equals(peer.address().toString())))
                .withDevice(device)
                .withExtraConfig(extraConfig);
    }

    private Optional<Tunnel.Side> toSide(IpsecEndpoint endpoint) {
        List<Tunnel.End> ends = wanted.stream()
                .flatMap(selectors -> toEnd(endpoint, selectors).stream())
                .toList();
        return ends.size() == wanted.size()
                ? Optional.of(new Tunnel.Side(self.name(), self.address(), endpoint.id(), ends))
                : Optional.empty();
    }

    private Optional<Tunnel.End> toEnd(IpsecEndpoint endpoint, Selectors selectors) {
        return endpoint.tunnels().stream()
                .filter(tunnel -> isOf(tunnel, selectors))
                .map(tunnel -> new Tunnel.End(tunnel.id(), selectors.local()))
                .findFirst();
    }

    private boolean isRouteBased() {
        return device.isPresent();
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

    private static String toName(Controller peer) {
        return "to-" + peer.name().replaceAll("[^A-Za-z0-9._-]", "-");
    }
}
