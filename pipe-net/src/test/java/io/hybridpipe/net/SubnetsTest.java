// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubnetsTest {
    private static final Cidr VPC = Cidr.of("10.1.0.0/22");

    private static Subnets allocate(SubnetRequest... requests) {
        return Subnets.allocate(VPC, List.of(requests), List.of());
    }

    @Test
    void sizedOnesGetTheFirstFreeBlockInDeclaredOrder() {
        Subnets subnets = allocate(
                SubnetRequest.of("app", 24),
                SubnetRequest.of("tiny", 28),
                SubnetRequest.of("db", 24),
                SubnetRequest.of("edge", 28));
        assertThat(subnets).hasToString("{app=10.1.0.0/24, tiny=10.1.1.0/28, db=10.1.2.0/24, edge=10.1.1.16/28}");
    }

    @Test
    void fixedOnesStayAndTheOthersGoRoundThem() {
        Subnets subnets = allocate(
                SubnetRequest.of("app", 24),
                SubnetRequest.of("controller", Cidr.of("10.1.0.128/25")),
                SubnetRequest.of("db", 25));
        assertThat(subnets).hasToString("{app=10.1.1.0/24, controller=10.1.0.128/25, db=10.1.0.0/25}");
    }

    @Test
    void goRoundWhatIsTakenEvenIfItReachesBeyondTheNetwork() {
        Subnets subnets = Subnets.allocate(
                VPC, List.of(SubnetRequest.of("app", 24)), List.of(Cidr.of("10.1.0.0/23"), Cidr.of("10.2.0.0/16")));
        assertThat(subnets.cidr("app")).isEqualTo(Cidr.of("10.1.2.0/24"));
        assertThatThrownBy(() ->
                        Subnets.allocate(VPC, List.of(SubnetRequest.of("app", 24)), List.of(Cidr.of("10.0.0.0/8"))))
                .hasMessage("/subnets/0: 'app' does not fit: no /24 is free in 10.1.0.0/22; nothing is left");
    }

    @Test
    void saysWhatIsLeftWhenOneDoesNotFit() {
        assertThatThrownBy(() -> allocate(
                        SubnetRequest.of("a", Cidr.of("10.1.0.0/24")),
                        SubnetRequest.of("b", Cidr.of("10.1.2.64/26")),
                        SubnetRequest.of("big", 23)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "/subnets/2: 'big' does not fit: no /23 is free in 10.1.0.0/22; left: 10.1.1.0/24, 10.1.2.0/26,"
                                + " 10.1.2.128/25, 10.1.3.0/24");
    }

    @Test
    void listsOnlyTheFirstFreeBlocksWhenThereAreMany() {
        List<Cidr> everyOther = IntStream.range(0, 16)
                .mapToObj(i -> Cidr.of("10.1.0." + i * 16 + "/29"))
                .toList();
        assertThatThrownBy(() ->
                        Subnets.allocate(Cidr.of("10.1.0.0/24"), List.of(SubnetRequest.of("app", 28)), everyOther))
                .hasMessage(
                        "/subnets/0: 'app' does not fit: no /28 is free in 10.1.0.0/24; left: 10.1.0.8/29, 10.1.0.24/29,"
                                + " 10.1.0.40/29, 10.1.0.56/29, 10.1.0.72/29, 10.1.0.88/29 and 10 more");
    }

    @Test
    void oneMayBeTheWholeNetwork() {
        assertThat(allocate(SubnetRequest.of("all", 22)).cidr("all")).isEqualTo(VPC);
    }

    @Test
    void worksForIpv6() {
        Subnets subnets = Subnets.allocate(
                Cidr.of("2001:db8:0:100::/56"),
                List.of(SubnetRequest.of("a", 64), SubnetRequest.of("b", 64)),
                List.of());
        assertThat(subnets).hasToString("{a=2001:db8:0:100::/64, b=2001:db8:0:101::/64}");
    }

    @ParameterizedTest
    @CsvSource({"1,29", "3,29", "4,28", "11,28", "12,27", "251,24", "252,23", "65531,16", "4294967291,0"})
    void hostsFitBesideTheFiveAddressesThatCloudsKeep(long hosts, int prefix) {
        assertThat(SubnetRequest.forHosts("app", hosts).prefix()).isEqualTo(prefix);
    }

    @Test
    void refusesHostCountsThatNoSubnetHas() {
        assertThatThrownBy(() -> SubnetRequest.forHosts("app", 0))
                .hasMessage("0 hosts do not fit into any IPv4 subnet");
        assertThatThrownBy(() -> SubnetRequest.forHosts("app", 4294967292L))
                .hasMessage("4294967292 hosts do not fit into any IPv4 subnet");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheOneThatWasMeant() {
        Subnets subnets = allocate(SubnetRequest.of("app", 24), SubnetRequest.of("data", 24));
        assertThatThrownBy(() -> subnets.cidr("date")).hasMessage("no subnet 'date'; did you mean 'data'?");
        assertThatThrownBy(() -> subnets.cidr("web-tier")).hasMessage("no subnet 'web-tier'; there are 'app', 'data'");
    }

    @Test
    void areAnObjectInJsonAndKeepTheirOrder() throws Exception {
        ObjectMapper json = new ObjectMapper();
        Subnets subnets = allocate(SubnetRequest.of("z", 24), SubnetRequest.of("a", 24));
        String text = json.writeValueAsString(subnets);
        assertThat(text).isEqualTo("{\"z\":\"10.1.0.0/24\",\"a\":\"10.1.1.0/24\"}");
        assertThat(json.readValue(text, Subnets.class)).isEqualTo(subnets);
        assertThat(subnets.byName()).isEqualTo(Map.of("z", Cidr.of("10.1.0.0/24"), "a", Cidr.of("10.1.1.0/24")));
    }
}
