// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class NetworkConfigTest {
    private static final NetworkConfig ORDERS = NetworkConfig.of("orders", Cidr.of("10.1.0.0/16"))
            .withSubnet(SubnetRequest.of("app", 24))
            .withSubnet(SubnetRequest.of("controller", Cidr.of("10.1.9.0/28")))
            .withOnPremises(Cidr.of("10.0.0.0/16"));

    @Test
    void survivesJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        String text = json.writeValueAsString(ORDERS);
        assertThat(text)
                .isEqualTo(
                        "{\"name\":\"orders\",\"cidr\":\"10.1.0.0/16\",\"subnets\":[{\"name\":\"app\",\"prefix\":24},"
                                + "{\"name\":\"controller\",\"prefix\":28,\"cidr\":\"10.1.9.0/28\"}],\"onPremises\":[\"10.0.0.0/16\"]}");
        assertThat(json.readValue(text, NetworkConfig.class)).isEqualTo(ORDERS);
    }

    @Test
    void givesItsSubnetsTheirPlaces() {
        assertThat(ORDERS.allocate()).hasToString("{app=10.1.0.0/24, controller=10.1.9.0/28}");
    }

    @Test
    void isRefusedWhenMadeIfItCannotBe() {
        assertThatThrownBy(() -> ORDERS.withOnPremises(Cidr.of("10.0.0.0/8")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("/onPremises/1: '10.0.0.0/8' overlaps the network's 10.1.0.0/16");
        assertThatThrownBy(() -> ORDERS.withSubnet(SubnetRequest.of("app", 25)))
                .hasMessage("/subnets/2/name: 'app' is there twice");
    }
}
