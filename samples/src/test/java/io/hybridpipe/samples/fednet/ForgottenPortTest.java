// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The main job against a federation whose security group lets only half of IPsec in. */
@Timeout(300)
class ForgottenPortTest {
    @Test
    void aSecurityGroupOfTheFederationThatForgetsUdp4500() {
        List<String> traces = new CopyOnWriteArrayList<>();
        FednetRun run = FednetRun.of()
                .prepare(world -> world.put(
                        "/subscriptions/" + StandIns.SUBSCRIPTION
                                + "/resourceGroups/federation/providers/Microsoft.Network/networkSecurityGroups/"
                                + "federation-nsg/securityRules/ike",
                        StandIns.NETWORK_API,
                        """
                        {'properties': {'priority': 200, 'direction': 'Inbound', 'access': 'Allow', 'protocol': 'Udp',
                          'sourceAddressPrefix': '*', 'sourcePortRange': '*', 'destinationAddressPrefix': '*',
                          'destinationPortRange': '500'}}"""))
                .inspect(world -> traces.add(PacketTracer.in(world.world)
                        .trace(Packet.icmp("10.0.0.10", "10.1.1.10"))
                        .end()
                        .toString()))
                .go();

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.err()).as(run.told()).hasLineCount(1).contains("ipsec-peer[fed-", "phase 1 (IKE) is down");
        assertThat(run.after()).containsExactlyElementsOf(run.before());
        assertThat(traces)
                .singleElement(as(STRING))
                .contains("tunnel 1 of on-premises", "it is down: UDP 4500 from ", "network security group federation-")
                .contains("rule DenyAllInBound (priority 65500) denies udp 4500");
    }
}
