// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {
    private static final Cidr VPC = Cidr.of("10.1.0.0/16");

    @Test
    void namesItsParts() {
        assertThat(VPC.network()).isEqualTo(Ip.of("10.1.0.0"));
        assertThat(VPC.last()).isEqualTo(Ip.of("10.1.255.255"));
        assertThat(VPC.prefix()).isEqualTo(16);
        assertThat(VPC.address(266)).isEqualTo(Ip.of("10.1.1.10"));
        assertThat(VPC).hasToString("10.1.0.0/16");
    }

    @Test
    void knowsWhatIsInsideAndWhatOverlaps() {
        assertThat(VPC.contains(Ip.of("10.1.255.255"))).isTrue();
        assertThat(VPC.contains(Ip.of("10.2.0.0"))).isFalse();
        assertThat(VPC.contains(Ip.of("::1"))).isFalse();
        assertThat(VPC.contains(Cidr.of("10.1.4.0/22"))).isTrue();
        assertThat(VPC.contains(Cidr.of("10.0.0.0/15"))).isFalse();
        assertThat(VPC.overlaps(Cidr.of("10.0.0.0/15"))).isTrue();
        assertThat(VPC.overlaps(Cidr.of("10.0.0.0/16"))).isFalse();
        assertThat(VPC.overlaps(Cidr.of("0.0.0.0/0"))).isTrue();
        assertThat(VPC.overlaps(Cidr.of("::/0"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 4294967296, 4294967294",
        "10.1.0.0/24, 256, 254",
        "10.1.0.0/30, 4, 2",
        "10.1.0.0/31, 2, 2",
        "10.1.0.0/32, 1, 1",
        "2001:db8::/64, 18446744073709551616, 18446744073709551616"
    })
    void countsAddressesAndHosts(String cidr, BigInteger addresses, BigInteger hosts) {
        assertThat(Cidr.of(cidr).addresses()).isEqualTo(addresses);
        assertThat(Cidr.of(cidr).hosts()).isEqualTo(hosts);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.1.0.0/33     | '10.1.0.0/33' is not a CIDR: the prefix length '33' is not a number from 0 to 32
            10.1.0.0/       | '10.1.0.0/' is not a CIDR: the prefix length '' is not a number from 0 to 32
            10.1.0.0/-1     | '10.1.0.0/-1' is not a CIDR: the prefix length '-1' is not a number from 0 to 32
            10.1.0.0/016    | '10.1.0.0/016' is not a CIDR: the prefix length '016' is not a number from 0 to 32
            10.1.0.0/16/8   | '10.1.0.0/16/8' is not a CIDR: the prefix length '16/8' is not a number from 0 to 32
            2001:db8::/129  | '2001:db8::/129' is not a CIDR: the prefix length '129' is not a number from 0 to 128
            10.1.0.0        | '10.1.0.0' is not a CIDR: it has no prefix length, such as the /16 of 10.1.0.0/16
            10.1.2.3/16     | '10.1.2.3/16' is not a CIDR: bits are set behind the prefix; the block is 10.1.0.0/16
            10.1/16         | '10.1/16' is not a CIDR: '10.1' is not an IP address
            10.1.0.256/16   | '10.1.0.256/16' is not a CIDR: '10.1.0.256' is not an IP address
            010.1.0.0/16    | '010.1.0.0/16' is not a CIDR: '010.1.0.0' is not an IP address
            10.1-2.0.0/16   | '10.1-2.0.0/16' is not a CIDR: '10.1-2.0.0' is not an IP address
            10.1.*.*/16     | '10.1.*.*/16' is not a CIDR: '10.1.*.*' is not an IP address
            0xa.1.0.0/16    | '0xa.1.0.0/16' is not a CIDR: '0xa.1.0.0' is not an IP address
            fe80::1%eth0/64 | 'fe80::1%eth0/64' is not a CIDR: 'fe80::1%eth0' is not an IP address
            any/16          | 'any/16' is not a CIDR: 'any' is not an IP address
            /16             | '/16' is not a CIDR: '' is not an IP address
            ''              | '' is not a CIDR: it has no prefix length, such as the /16 of 10.1.0.0/16
            """)
    void saysInOneLineWhatIsWrongWithABadText(String text, String message) {
        assertThatThrownBy(() -> Cidr.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void showsLongAndMultilineTextCutAndOnOneLine() {
        assertThatThrownBy(() -> Cidr.of("10.1.0.0\n" + "x".repeat(100)))
                .hasMessage("'10.1.0.0 " + "x".repeat(51)
                        + "…' is not a CIDR: it has no prefix length, such as the /16 of" + " 10.1.0.0/16");
    }

    @Test
    void equalsByBlockWhateverTheSpelling() {
        assertThat(Cidr.of("2001:0db8:0::/32"))
                .isEqualTo(Cidr.of("2001:db8::/32"))
                .hasSameHashCodeAs(Cidr.of("2001:db8::/32"))
                .hasToString("2001:db8::/32");
        assertThat(Cidr.of("10.0.0.0/16")).isNotEqualTo(Cidr.of("10.0.0.0/15"));
        assertThat(Cidr.of(Ip.of("10.1.2.3"), 16)).isEqualTo(VPC);
        assertThat(Ip.of("10.1.2.3").toCidr()).isEqualTo(Cidr.of("10.1.2.3/32"));
        assertThat(VPC.network()).isEqualTo(Ip.of("10.1.0.0")).hasSameHashCodeAs(Ip.of("10.1.0.0"));
    }

    @Test
    void sortsByFirstAddressThenLargerBlockFirst() {
        assertThat(Stream.of("::/0", "10.2.0.0/16", "10.0.0.0/24", "9.0.0.0/8", "10.0.0.0/16")
                        .map(Cidr::of)
                        .sorted())
                .map(Cidr::toString)
                .containsExactly("9.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "10.2.0.0/16", "::/0");
    }

    @Test
    void refusesAPlaceOrPrefixOutsideTheBlock() {
        assertThatThrownBy(() -> Cidr.of("10.1.0.0/30").address(4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("address 4 of 10.1.0.0/30, which has 4");
        assertThatThrownBy(() -> Cidr.of(Ip.of("10.1.0.0"), 33))
                .hasMessage("prefix length 33 is not a number from 0 to 32");
    }

    @Test
    void isAPlainStringInJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(List.of(VPC))).isEqualTo("[\"10.1.0.0/16\"]");
        assertThat(json.readValue("[\"10.1.0.0/16\"]", new TypeReference<List<Cidr>>() {}))
                .containsExactly(VPC);
    }
}
