// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ground without any controller; needs root and strongSwan. */
@Tag("lab")
@Timeout(180)
class IpsecLabTest {

    private static Stream<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void aClosedLabLeavesNoNamespaceProcessOrFolderAndIsClosedOnce() throws IOException {
        IpsecLab lab = IpsecLab.open();
        Gateway gateway = lab.gateway("one");
        assertThat(gateway.up()).isTrue();
        assertThat(gateway.up()).isFalse();
        lab.host("10.1.1.10", gateway);
        lab.capture();
        String prefix = lab.prefix();
        assertThat(names("/run/netns"))
                .filteredOn(name -> name.startsWith(prefix))
                .hasSize(3);
        assertThat(ProcessHandle.current().children())
                .anyMatch(child ->
                        child.info().command().filter(Charon.BINARY::equals).isPresent());

        lab.close();
        lab.close();

        assertThat(names("/run/netns")).noneMatch(name -> name.startsWith(prefix));
        assertThat(names(System.getProperty("java.io.tmpdir"))).noneMatch(name -> name.startsWith(prefix));
        assertThatThrownBy(gateway::up).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> lab.gateway("two"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void anInterruptedThreadRemovesEverythingToo() throws IOException {
        IpsecLab lab = IpsecLab.open();
        lab.gateway("one").up();
        Thread.currentThread().interrupt();
        lab.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(names("/run/netns")).noneMatch(name -> name.startsWith(lab.prefix()));
        assertThat(names(System.getProperty("java.io.tmpdir"))).noneMatch(name -> name.startsWith(lab.prefix()));
    }

    @Test
    void whatCannotBeSetKeepsNothingElseFromBeingSet() throws IOException {
        try (IpsecLab lab = IpsecLab.open()) {
            Gateway left = lab.gateway("left");
            Gateway right = lab.gateway("right");
            left.network(Set.of("203.0.113.1"), Set.of(), Set.of(), Set.of());
            right.network(Set.of("203.0.113.9"), Set.of(), Set.of(), Set.of());
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(
                                () -> right.network(Set.of("203.0.113.2"), Set.of(), Set.of(), Set.of("10.9.0.0/16")))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("10.9.0.0/16 dev ipsec0");
            }
            right.network(Set.of("203.0.113.2"), Set.of(), Set.of(), Set.of());
            assertThat(Program.run("ip", "-netns", lab.prefix() + "-2-right", "address", "show", "dev", "wan"))
                    .contains("203.0.113.2/32")
                    .doesNotContain("203.0.113.9");
        }
    }

    @Test
    void labsWithTheSameAddressesDoNotSeeEachOther() throws IOException {
        try (IpsecLab one = IpsecLab.open();
                IpsecLab other = IpsecLab.open()) {
            Gateway here = one.gateway("gateway");
            Gateway there = other.gateway("gateway");
            here.network(Set.of("203.0.113.1"), Set.of(), Set.of(), Set.of());
            there.network(Set.of("203.0.113.2"), Set.of(), Set.of(), Set.of());
            Host host = one.host("10.1.1.10", here);
            Capture ofOne = one.capture();
            Capture ofOther = other.capture();
            try (ofOne;
                    ofOther) {
                assertThat(host.ping("203.0.113.2", 1).ok()).isFalse();
            }
            assertThat(ofOne.packets("arp and host 203.0.113.2")).isNotEmpty();
            assertThat(ofOther.packets("")).isEmpty();
            assertThat(one.host("10.1.1.10", here)).isSameAs(host);
        }
    }

    @Test
    void whatHasNoTunnelDoesNotGoOverTheWireInClear() throws IOException {
        try (IpsecLab lab = IpsecLab.open()) {
            Gateway left = lab.gateway("left");
            Gateway right = lab.gateway("right");
            left.network(Set.of("203.0.113.1"), Set.of(), Set.of(), Set.of());
            right.network(Set.of("203.0.113.2"), Set.of(), Set.of(), Set.of());
            Host from = lab.host("10.1.1.10", left);
            lab.host("10.2.1.10", right);
            Capture capture = lab.capture();
            try (capture) {
                Host.Ping ping = from.ping("10.2.1.10", 2);
                assertThat(ping.received()).isZero();
                assertThat(ping.text()).contains("Destination Host Unreachable");
                // so that an empty capture is not one that saw nothing
                assertThat(from.ping("203.0.113.2", 1).ok()).isFalse();
            }
            assertThat(capture.packets("net 10.2.0.0/16")).isEmpty();
            assertThat(capture.inClear()).isNotEmpty().allMatch(line -> line.contains("10.1.1.10 > 203.0.113.2"));
        }
    }

    @Test
    void aGatewayWhoseCharonDiedHasItStartedAnew() throws IOException {
        try (IpsecLab lab = IpsecLab.open()) {
            Gateway gateway = lab.gateway("one");
            gateway.up();
            gateway.vici()
                    .call(
                            "load-shared",
                            ViciMessage.of("id", "k").with("type", "IKE").with("data", "secret"));
            assertThat(gateway.loaded()).containsExactly("key k");
            gateway.down();
            assertThat(gateway.loaded()).isEmpty();
            assertThatThrownBy(gateway::vici).isInstanceOf(IOException.class).hasMessageContaining("down");
            assertThat(gateway.up()).isTrue();
            assertThat(gateway.loaded()).isEmpty();
        }
    }

    @Test
    void aGatewayWithoutCharonDoesNotComplainOnTheWire() throws IOException {
        try (IpsecLab lab = IpsecLab.open()) {
            lab.gateway("left").network(Set.of("203.0.113.1"), Set.of(), Set.of(), Set.of());
            lab.gateway("right").network(Set.of("203.0.113.2"), Set.of(), Set.of(), Set.of());
            Capture capture = lab.capture();
            try (capture) {
                Program.outcome(
                        new Namespace(lab.prefix() + "-1-left").command("nc", "-u", "-w", "1", "203.0.113.2", "4500"),
                        "late",
                        Duration.ofSeconds(10));
            }
            assertThat(capture.encrypted()).hasSize(1);
            assertThat(capture.inClear()).isEmpty();
        }
    }
}
