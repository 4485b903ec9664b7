// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.vns3.Negotiation.Counters;
import java.time.Duration;
import java.util.HashMap;
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

    /** @param up for how long the tunnel has been up; {@code begun} names when that began */
    Counters counters(Tunnel tunnel, Duration up, Object begun) {
        long keepAlive = tunnel.ping()
                .seconds()
                .filter(seconds -> seconds > 0)
                .map(Long::valueOf)
                .orElse(KEEP_ALIVE.toSeconds());
        long keptAlive = up.toSeconds() / keepAlive;
        Packets carried = packets.getOrDefault(tunnel.id(), Packets.NONE);
        String association = tunnel.id() + " " + begun + " " + up.toSeconds() / ESP_LIFE.toSeconds();
        return new Counters(
                spi(association + " in"),
                spi(association + " out"),
                (carried.in() + keptAlive) * PACKET_BYTES,
                (carried.out() + keptAlive) * PACKET_BYTES,
                left(ESP_LIFE, up),
                left(IKE_LIFE, up));
    }

    private static String spi(String association) {
        return "%08x".formatted(association.hashCode());
    }

    static long leftOfIke(Duration up) {
        return left(IKE_LIFE, up);
    }

    private static long left(Duration life, Duration age) {
        return life.toSeconds() - age.toSeconds() % life.toSeconds();
    }
}
