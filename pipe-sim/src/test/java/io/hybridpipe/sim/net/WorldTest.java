// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorldTest {

    private final World world = World.on(SimClock.manual(Instant.EPOCH));

    private static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }

    /** A cloud of one interface that takes in TCP 443 only and reaches its neighbours and the internet. */
    private record OnePort(String name, Port port) implements CloudNetwork {
        @Override
        public List<Port> ports() {
            return List.of(port);
        }

        @Override
        public Next send(Port from, Packet packet) {
            if (packet.destination().equals(port.privateAddress())) {
                return new Next.Deliver(port, packet, List.of("local"));
            }
            return from.publicAddress()
                    .<Next>map(source -> new Next.ToInternet(packet.withSource(source), List.of("translated")))
                    .orElseGet(() -> new Next.Dropped(name, "no public address", List.of()));
        }

        @Override
        public Next deliver(Port to, Packet packet) {
            return packet.destinationPort() == 443
                    ? new Next.Deliver(to, packet.withDestination(to.privateAddress()), List.of("443 is open"))
                    : new Next.Dropped("firewall of " + to.id(), "no rule", List.of());
        }
    }

    private static Port port(String id, String privateAddress, String publicAddress) {
        return new Port(
                id,
                ip(privateAddress),
                Optional.of(publicAddress).filter(a -> !a.isEmpty()).map(WorldTest::ip),
                "");
    }

    @Test
    void admitsFromTheInternetWhatTheCloudOfTheDestinationLetsIn() {
        world.add(new OnePort("x", port("eni-1", "10.1.0.10", "203.0.113.1")));
        assertThat(world.admits(ip("198.51.100.9"), ip("203.0.113.1"), Protocol.TCP, 443))
                .isTrue();
        assertThat(world.admits(ip("198.51.100.9"), ip("203.0.113.1"), Protocol.TCP, 8000))
                .isFalse();
        assertThat(world.admits(ip("198.51.100.9"), ip("203.0.113.2"), Protocol.TCP, 443))
                .isFalse();
    }

    @Test
    void aCallerInACloudMustGetOutOfItFirst() {
        world.add(new OnePort("x", port("eni-1", "10.1.0.10", "203.0.113.1")));
        world.add(new OnePort("y", port("eni-2", "10.2.0.10", "203.0.113.2")));
        world.add(new OnePort("z", port("eni-3", "10.3.0.10", "")));
        assertThat(world.admits(ip("203.0.113.2"), ip("203.0.113.1"), Protocol.TCP, 443))
                .isTrue();
        assertThat(world.admits(ip("10.2.0.10"), ip("203.0.113.1"), Protocol.TCP, 443))
                .isTrue();
        assertThat(world.admits(ip("10.3.0.10"), ip("203.0.113.1"), Protocol.TCP, 443))
                .isFalse();
    }

    @Test
    void findsTheMachineBehindAnInterfaceByIdOrAddress() {
        Machine machine = new Machine() {
            @Override
            public String name() {
                return "m";
            }

            @Override
            public Forwarding forward(Packet packet) {
                return new Forwarding.Local("mine");
            }
        };
        var port = port("eni-1", "10.1.0.10", "203.0.113.1");
        assertThat(world.machineAt(port)).isEmpty();
        world.attach(ip("203.0.113.1"), machine);
        assertThat(world.machineAt(port)).contains(machine);
        world.detach(machine);
        world.attach("eni-1", machine);
        assertThat(world.machineAt(port)).contains(machine);
        world.detach(machine);
        assertThat(world.machineAt(port)).isEmpty();
    }
}
