// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.vns3.Negotiation.Counters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What tunnels carried since they came up, where no real gateway counts: the packets that the world's tracer or a caller sent
 * through them, and a keep-alive in both directions every 30 seconds, or as often as the tunnel's own ping is set to go.
 *
 * <p>Associations are negotiated anew after 8 hours for ESP and 24 hours for IKE, as esp_time_remaining of real controllers
 * suggests; each negotiation gives them new names.
 */
final class Traffic {
    static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private static final Duration ESP_LIFE = Duration.ofHours(8);
    private static final Duration IKE_LIFE = Duration.ofHours(24);

    /** An IPv4 packet of an ordinary ping; packets of a world have no size of their own. */
    private static final long PACKET_BYTES = 84;

    private record Packets(long in, long out) {
        static final Packets NONE = new Packets(0, 0);
    }

    private final Map<Integer, Packets> packets = new HashMap<>();

    void sent(int tunnel) {
        packets.merge(tunnel, new Packets(0, 1), Traffic::sum);
    }

    void received(int tunnel) {
        packets.merge(tunnel, new Packets(1, 0), Traffic::sum);
    }

    private static Packets sum(Packets a, Packets b) {
        return new Packets(a.in() + b.in(), a.out() + b.out());
    }

    void reset(int tunnel) {
        packets.remove(tunnel);
    }

    /**
     * @param up for how long this end has been up
     * @param age for how long both ends have had the association
     */
    Counters counters(Endpoint endpoint, Tunnel tunnel, Duration up, Association association, Duration age) {
        long keepAlive = tunnel.ping()
                .seconds()
                .filter(seconds -> seconds > 0)
                .map(Long::valueOf)
                .orElse(KEEP_ALIVE.toSeconds());
        long keptAlive = up.toSeconds() / keepAlive;
        Packets carried = packets.getOrDefault(tunnel.id(), Packets.NONE);
        List<Selectors> selectors = endpoint.selectors(tunnel);
        long renewals = age.toSeconds() / ESP_LIFE.toSeconds();
        return new Counters(
                association.inboundSpi(selectors, renewals),
                association.outboundSpi(selectors, renewals),
                (carried.in() + keptAlive) * PACKET_BYTES,
                (carried.out() + keptAlive) * PACKET_BYTES,
                left(ESP_LIFE, age),
                left(IKE_LIFE, age));
    }

    static long leftOfIke(Duration up) {
        return left(IKE_LIFE, up);
    }

    private static long left(Duration life, Duration age) {
        return life.toSeconds() - age.toSeconds() % life.toSeconds();
    }
}
