// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a public address has an address, and which. */
class PublicAddressesTest {

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).publicAddresses("192.0.2.0/30").start();
    private final ArmClient arm = new ArmClient(azure);

    @BeforeEach
    void createNetwork() {
        put(arm.group("rg"), "{'location':'eastus'}");
        put(
                arm.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':"
                        + "[{'name':'apps','properties':{'addressPrefix':'10.2.1.0/24'}}]}}");
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private void put(String path, String body) {
        assertThat(arm.put(path, body).status()).isIn(200, 201);
        clock.advance(Duration.ofMinutes(1));
    }

    private String address(String name) {
        return arm.get(arm.network("publicIPAddresses/" + name))
                .body()
                .at("/properties/ipAddress")
                .asText();
    }

    private void make(String name, String method) {
        put(
                arm.network("publicIPAddresses/" + name),
                "{'location':'eastus','properties':{'publicIPAllocationMethod':'" + method + "'}}");
    }

    @Test
    void aStaticOneHasItsAddressFromTheStartAndKeepsIt() {
        make("p", "Static");
        assertThat(address("p")).isEqualTo("192.0.2.1");
        make("p", "Static");
        assertThat(address("p")).isEqualTo("192.0.2.1");
    }

    @Test
    void aDynamicOneHasAnAddressWhileAnInterfaceUsesIt() {
        make("p", "Dynamic");
        assertThat(address("p")).isEmpty();

        put(
                arm.network("networkInterfaces/n"),
                "{'location':'eastus','properties':{'ipConfigurations':[{'name':'one','properties':{'publicIPAddress':{'id':'"
                        + arm.network("publicIPAddresses/p") + "'},'subnet':{'id':'"
                        + arm.network("virtualNetworks/v/subnets/apps") + "'}}}]}}");
        assertThat(address("p")).isEqualTo("192.0.2.1");
        assertThat(azure.network(azure.subscription()).ports()).singleElement().satisfies(port -> assertThat(
                        port.publicAddress().orElseThrow())
                .hasToString("192.0.2.1"));

        arm.delete(arm.network("networkInterfaces/n"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(address("p")).isEmpty();
    }

    @Test
    void aPoolThatIsUsedUpIsRefusedUntilAnAddressIsGivenBack() {
        make("one", "Static");
        make("two", "Static");
        var three = "{'location':'eastus','properties':{'publicIPAllocationMethod':'Static'}}";
        assertThat(arm.put(arm.network("publicIPAddresses/three"), three).code())
                .isEqualTo("PublicIPCountLimitReached");

        arm.delete(arm.network("publicIPAddresses/one"));
        clock.advance(Duration.ofMinutes(1));
        make("three", "Static");
        assertThat(address("three")).isEqualTo("192.0.2.1");
    }

    @Test
    void aPoolMustBeABlock() {
        assertThatThrownBy(() -> SimAzure.builder().publicAddresses("192.0.2.1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not an IPv4 block in CIDR notation: 192.0.2.1");
    }
}
