// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 10.1.0.1",
                "10.1.0",
                "10.1.0.256",
                "10.01.0.1",
                "0x0a010001",
                "167837697",
                "localhost",
                "*",
                "fe80::1%eth0",
                "1::2::3",
                "10.1.0.1-5"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> Ip.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not an IP address");
    }

    @Test
    void saysThatABlockIsNoAddress() {
        assertThatThrownBy(() -> Ip.of("10.1.0.1/32"))
                .hasMessage("'10.1.0.1/32' is not an IP address: it has a prefix length");
    }

    @Test
    void showsTheCanonicalForm() {
        assertThat(Ip.of("2001:0DB8:0:0::1")).hasToString("2001:db8::1").isEqualTo(Ip.of("2001:db8::1"));
        assertThat(Ip.of("10.1.0.1").isIpv6()).isFalse();
        assertThat(Ip.of("::1").isIpv6()).isTrue();
    }

    @Test
    void becomesTheJdksAddressWithoutALookUp() throws Exception {
        assertThat(Ip.of("10.1.0.1").toInetAddress()).isEqualTo(InetAddress.getByAddress(new byte[] {10, 1, 0, 1}));
    }

    @Test
    void sortsByNumberNotByText() {
        assertThat(Stream.of("::1", "10.10.0.0", "10.9.0.0").map(Ip::of).sorted())
                .map(Ip::toString)
                .containsExactly("10.9.0.0", "10.10.0.0", "::1");
    }

    @Test
    void isAPlainStringInJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(Ip.of("10.1.0.1"))).isEqualTo("\"10.1.0.1\"");
        assertThat(json.readValue("\"10.1.0.1\"", Ip.class)).isEqualTo(Ip.of("10.1.0.1"));
    }
}
