// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.SmallCloud;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** Two clouds with a controller and a host each, which let IKE and IPsec in and nothing else. */
final class TwoSides implements AutoCloseable {
    static final String LEFT_ENDPOINT =
            "{'name': 'right', 'ipaddress': '203.0.113.2', 'secret': 'shared', 'ike_version': 2}";
    static final String RIGHT_ENDPOINT =
            "{'name': 'left', 'ipaddress': '203.0.113.1', 'secret': 'shared', 'ike_version': 2}";
    static final String LEFT_TUNNEL = "{'local_subnet': '10.1.0.0/16', 'remote_subnet': '10.2.0.0/16'}";
    static final String RIGHT_TUNNEL = "{'local_subnet': '10.2.0.0/16', 'remote_subnet': '10.1.0.0/16'}";

    final SimClock clock;
    final World world;
    final SmallCloud x;
    final SmallCloud y;
    final SimVns3 left;
    final SimVns3 right;

    TwoSides() {
        this(SimClock.manual(Instant.parse("2026-11-21T08:00:00Z")), UnaryOperator.identity());
    }

    /** @param each what the controllers are given beside the usual */
    TwoSides(SimClock clock, UnaryOperator<SimVns3.Builder> each) {
        this.clock = clock;
        world = World.on(clock);
        x = cloud("x", 1);
        y = cloud("y", 2);
        left = each.apply(controller("left", 1)).start();
        right = each.apply(controller("right", 2)).start();
    }

    private SmallCloud cloud(String name, int n) {
        SmallCloud cloud = SmallCloud.named(name, "10." + n + ".0.0/16")
                .port("gw" + n, "10." + n + ".0.10", "203.0.113." + n)
                .forwards("gw" + n)
                .port("host" + n, "10." + n + ".1.10", "")
                .openToAll("host" + n)
                .open("gw" + n, Protocol.UDP, 500, "0.0.0.0/0")
                .open("gw" + n, Protocol.UDP, 4500, "0.0.0.0/0")
                .open("gw" + n, Protocol.ICMP, 0, "10." + n + ".0.0/16")
                .route("10.0.0.0/8", "gw" + n)
                .route("203.0.113.0/24", "internet");
        world.add(cloud);
        return cloud;
    }

    private SimVns3.Builder controller(String name, int n) {
        return SimVns3.builder()
                .world(world)
                .name(name)
                .machine("machine-gw" + n)
                .password("secret")
                .inService();
    }

    /** Configures both sides, with words of the usual configuration replaced where a test wants another. */
    void configure(String leftEndpoint, String leftTunnel, String rightEndpoint, String rightTunnel) {
        configure(left, leftEndpoint, leftTunnel);
        configure(right, rightEndpoint, rightTunnel);
    }

    void configureAlike() {
        configure(LEFT_ENDPOINT, LEFT_TUNNEL, RIGHT_ENDPOINT, RIGHT_TUNNEL);
    }

    private static void configure(SimVns3 controller, String endpoint, String tunnel) {
        String id = post(controller, "/ipsec/endpoints", endpoint);
        if (!tunnel.isEmpty()) {
            post(controller, "/ipsec/endpoints/" + id + "/tunnels", tunnel);
        }
    }

    static String post(SimVns3 controller, String path, String body) {
        return controller
                .configure("POST", path, body.replace('\'', '"'))
                .path("id")
                .asText();
    }

    void advance(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    @Override
    public void close() {
        left.close();
        right.close();
        clock.close();
    }
}
