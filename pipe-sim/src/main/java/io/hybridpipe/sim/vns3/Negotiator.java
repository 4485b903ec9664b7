// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Negotiates a controller's tunnels some seconds after a change, and again and again: rules of clouds and other sides change
 * without a word.
 *
 * <p>The clouds' rules decide first, then the {@link Ike}.
 */
final class Negotiator {
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final SimVns3 controller;
    private final Box box;
    private final Ike ike;
    private SimClock.@Nullable Cancellable next;
    private boolean stopped;

    Negotiator(SimVns3 controller, Box box, Ike ike) {
        this.controller = controller;
        this.box = box;
        this.ike = ike;
    }

    void soon() {
        after(DELAY);
    }

    /** Ends what there is of a tunnel, before it is negotiated anew. */
    void bounce(Endpoint endpoint, Tunnel tunnel) {
        ike.bounce(endpoint, tunnel);
    }

    /** The machine went down; it is told when it is up again. */
    void down() {
        ike.down();
    }

    void stop() {
        synchronized (this) {
            stopped = true;
            cancel();
        }
        ike.close();
    }

    private synchronized void after(Duration delay) {
        cancel();
        if (!stopped) {
            next = box.clock().after(delay, this::negotiate);
        }
    }

    private synchronized void cancel() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void negotiate() {
        Optional<Side> here = controller.side();
        if (here.isEmpty()) {
            return;
        }
        List<Ike.Case> cases = new ArrayList<>();
        for (Endpoint endpoint : here.get().endpoints()) {
            endpoint.tunnelsInOrder().forEach(tunnel -> cases.add(look(here.get(), endpoint, tunnel)));
        }
        if (!here.get().endpoints().isEmpty()) {
            // before the judgements, which may have the other side ask for another negotiation at once
            after(AGAIN);
        }
        ike.negotiate(here.get(), cases, this::judged);
    }

    private void judged(Ike.Case each, Verdict verdict) {
        if (controller.judged(each.endpoint(), each.tunnel(), verdict)) {
            Optional<SimVns3> other = other(each.endpoint());
            if (verdict.up()) {
                List<Selectors> selectors = each.endpoint().selectors(each.tunnel());
                Association association = new Association(
                        box.clock().instant(), each.seenAs(), each.endpoint().gateway());
                controller.associated(each.tunnel(), association);
                other.ifPresent(peer -> peer.associated(selectors, association.asSeenFromThere()));
            }
            other.ifPresent(peer -> peer.negotiator().after(Duration.ZERO));
        }
    }

    private Optional<SimVns3> other(Endpoint endpoint) {
        return box.world().flatMap(world -> SimVns3.in(world, endpoint.gateway()));
    }

    private Ike.Case look(Side here, Endpoint endpoint, Tunnel tunnel) {
        Optional<Side> there = other(endpoint).flatMap(SimVns3::side);
        boolean overPublic =
                there.filter(side -> !endpoint.gateway().equals(side.address())).isEmpty();
        IPAddress seenAs = overPublic ? here.address() : here.privateAddress();
        Optional<String> obstacle = !tunnel.enabled()
                ? Optional.of("the tunnel is disabled")
                : there.isEmpty() ? Optional.of("no answer from " + endpoint.gateway()) : obstacle(seenAs, endpoint);
        return new Ike.Case(endpoint, tunnel, seenAs, there, obstacle);
    }

    private Optional<String> obstacle(IPAddress seenAs, Endpoint endpoint) {
        World world = box.world().orElseThrow();
        Optional<String> ike = bothWays(world, seenAs, endpoint.gateway(), Protocol.UDP, 500);
        return ike.or(() -> endpoint.natT()
                ? bothWays(world, seenAs, endpoint.gateway(), Protocol.UDP, 4500)
                : bothWays(world, seenAs, endpoint.gateway(), Protocol.ESP, 0));
    }

    private static Optional<String> bothWays(
            World world, IPAddress here, IPAddress there, Protocol protocol, int port) {
        return world.obstacle(here, there, protocol, port).or(() -> world.obstacle(there, here, protocol, port));
    }
}
