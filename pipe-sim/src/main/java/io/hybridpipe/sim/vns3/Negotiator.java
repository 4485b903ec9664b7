// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Negotiates a controller's tunnels some seconds after a change, and again and again: rules of clouds and other sides change
 * without a word.
 */
final class Negotiator {
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final SimVns3 controller;
    private final Box box;
    private SimClock.@Nullable Cancellable next;
    private boolean stopped;

    Negotiator(SimVns3 controller, Box box) {
        this.controller = controller;
        this.box = box;
    }

    void soon() {
        after(DELAY);
    }

    synchronized void stop() {
        stopped = true;
        cancel();
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
        List<Endpoint> endpoints = here.map(Side::endpoints).orElse(List.of());
        if (endpoints.isEmpty()) {
            return;
        }
        // before the judgements, which may have the other side ask for another negotiation at once
        after(AGAIN);
        for (Endpoint endpoint : endpoints) {
            for (Tunnel tunnel : endpoint.tunnelsInOrder()) {
                if (controller.judged(endpoint, tunnel, judge(here.orElseThrow(), endpoint, tunnel))) {
                    other(endpoint).ifPresent(peer -> peer.negotiator().after(Duration.ZERO));
                }
            }
        }
    }

    private Optional<SimVns3> other(Endpoint endpoint) {
        return box.world().flatMap(world -> SimVns3.in(world, endpoint.gateway()));
    }

    private Verdict judge(Side here, Endpoint endpoint, Tunnel tunnel) {
        if (!tunnel.enabled()) {
            return Verdict.phase1Failed("the tunnel is disabled");
        }
        Optional<Side> there = other(endpoint).flatMap(SimVns3::side);
        if (there.isEmpty()) {
            return Verdict.phase1Failed("no answer from " + endpoint.gateway());
        }
        return obstacle(here, endpoint, there.get())
                .map(Verdict::phase1Failed)
                .orElseGet(() -> Negotiation.between(here, endpoint, tunnel, there.get()));
    }

    private Optional<String> obstacle(Side here, Endpoint endpoint, Side there) {
        World world = box.world().orElseThrow();
        boolean overPublic = endpoint.gateway().equals(there.address());
        IPAddress seenAs = overPublic ? here.address() : here.privateAddress();
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
