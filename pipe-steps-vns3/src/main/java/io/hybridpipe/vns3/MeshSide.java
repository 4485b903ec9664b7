// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Peering;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** One controller's side of a mesh: what is there, what is made, what is taken away. */
final class MeshSide {
    private final Controller self;
    private final List<Controller> mesh;
    private final Optional<Integer> mtu;
    private final Vns3Client client;
    private final StepContext context;
    private final Made made;

    MeshSide(Controller self, List<Controller> mesh, Optional<Integer> mtu, Vns3Client client, StepContext context) {
        this.self = self;
        this.mesh = mesh;
        this.mtu = mtu;
        this.client = client;
        this.context = context;
        made = Made.before(context);
    }

    Controller self() {
        return self;
    }

    /** What is configured; of this step's making it is also said to be made, since who made it may not have lived to say so. */
    Mono<Seen> look() {
        return peek().doOnNext(seen -> seen.ours().forEach(link -> context.made(link.resource())));
    }

    private Mono<Seen> peek() {
        return client.peering().map(Seen::new);
    }

    /** Takes away one peer of this step's making; emits when there is none left. */
    Mono<Boolean> takeAway() {
        return peek().flatMap(seen -> seen.ours().stream()
                .findFirst()
                .map(link -> link.requestDelete().then(Mono.<Boolean>empty()))
                .orElseGet(() -> {
                    Removal.seenGone(self, context);
                    return Mono.just(true);
                }));
    }

    /** What one look at this side saw. */
    final class Seen {
        private final Peering peering;

        Seen(Peering peering) {
            this.peering = peering;
        }

        Peering peering() {
            return peering;
        }

        Controller self() {
            return self;
        }

        /** The same side as it is by now. */
        Mono<Seen> again() {
            return peek();
        }

        /** The peers that this step made: said to be made, and still at a controller of this mesh. */
        List<Link> ours() {
            return peering.controllers().stream()
                    .filter(member -> member.address()
                            .filter(address ->
                                    mesh.stream().anyMatch(each -> toHost(each).equals(address)))
                            .isPresent())
                    .map(member -> new Link(member.id(), member.address().orElseThrow()))
                    .filter(link -> made.contains(link.resource()))
                    .toList();
        }

        List<Link> missing(List<Seen> all) {
            return wanted(all).filter(link -> find(link).isEmpty()).toList();
        }

        /** A peer that is there otherwise than wanted. */
        Optional<String> otherwise(List<Seen> all) {
            return wanted(all)
                    .flatMap(link -> find(link).stream()
                            .filter(there -> !link.host().equals(there.address().orElseThrow())
                                    || mtu.isPresent() && there.mtu().isPresent() && !mtu.equals(there.mtu()))
                            .map(there -> self + " has peer " + link.id() + " at "
                                    + there.address().orElseThrow()
                                    + there.mtu().map(is -> " with MTU " + is).orElse("") + " already, wanted is "
                                    + link.host()
                                    + mtu.map(is -> " with MTU " + is).orElse("")
                                    + ", and this run did not make it"))
                    .findFirst();
        }

        /** One line for each controller that this one does not reach. */
        List<String> unreached(List<Seen> all) {
            return others(all)
                    .filter(other -> peering.controller(other.id())
                            .flatMap(Peering.Member::reachable)
                            .filter(reachable -> reachable)
                            .isEmpty())
                    .map(other -> self + " does not reach " + other.self())
                    .toList();
        }

        private int id() {
            return peering.id().orElseThrow();
        }

        private Stream<Seen> others(List<Seen> all) {
            return all.stream().filter(each -> !each.self().equals(self));
        }

        private Stream<Link> wanted(List<Seen> all) {
            return others(all).map(other -> new Link(other.id(), toHost(other.self())));
        }

        private Optional<Peering.Member> find(Link link) {
            return peering.controller(link.id())
                    .filter(member -> member.address().isPresent());
        }
    }

    /** This controller's way to another one. */
    final class Link {
        private final int id;
        private final String host;

        Link(int id, String host) {
            this.id = id;
            this.host = host;
        }

        int id() {
            return id;
        }

        String host() {
            return host;
        }

        Mono<Peering> make() {
            return Mono.defer(() -> {
                // said before the call, whose answer may get lost: a peer bears no mark
                context.made(resource());
                return context.mutate(Mono.defer(() -> client.addPeer(id, host, mtu)));
            });
        }

        Mono<Peering> requestDelete() {
            return context.mutate(Mono.defer(() -> client.removePeer(id))
                    .onErrorResume(Vns3Error::isNotFound, gone -> Mono.empty())
                    .doOnSuccess(done -> context.gone(resource())));
        }

        Resource resource() {
            return Resource.of(PeerMesh.KIND, self.address() + "/" + id, self.toString())
                    .withShow(Show.of(self, "/peering"));
        }
    }

    private static String toHost(Controller controller) {
        return controller.address().toString();
    }
}
