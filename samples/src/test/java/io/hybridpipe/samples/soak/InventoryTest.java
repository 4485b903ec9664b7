// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InventoryTest {
    @Test
    void thingsThatDifferInTheirIdsOnlyAreEqual() {
        assertThat(Inventory.normal(
                        List.of("route-table rtb-0123456789abcdef0: 10.0.0.0/16 -> eni-00000000000000001 {run=case-1}"),
                        "case-1"))
                .isEqualTo(Inventory.normal(
                        List.of("route-table rtb-fedcba98765432100: 10.0.0.0/16 -> eni-00000000000000002 {run=case-2}"),
                        "case-2"));
    }

    @Test
    void controllersOfTwoRunsHaveCertificatesOfTheirOwn() {
        assertThat(Inventory.normal(List.of("fed-1 certificate sha256: " + "ab".repeat(32)), "run"))
                .isEqualTo(Inventory.normal(List.of("fed-1 certificate sha256: " + "cd".repeat(32)), "run"));
    }

    @Test
    void whatIsThereTwiceAndWhatIsAnotherThingIsADifference() {
        List<String> wanted = Inventory.normal(List.of("vpc vpc-0123456789abcdef0: cidr=10.1.0.0/16"), "run");

        assertThat(Inventory.difference(
                        wanted,
                        Inventory.normal(
                                List.of(
                                        "vpc vpc-0123456789abcdef0: cidr=10.1.0.0/16",
                                        "vpc vpc-0123456789abcdef1: cidr=10.1.0.0/16"),
                                "run")))
                .containsExactly("too many: vpc vpc-#: cidr=10.1.0.0/16");
        assertThat(Inventory.difference(
                        wanted, Inventory.normal(List.of("vpc vpc-0123456789abcdef0: cidr=10.9.0.0/16"), "run")))
                .containsExactly("too many: vpc vpc-#: cidr=10.9.0.0/16", "missing:  vpc vpc-#: cidr=10.1.0.0/16");
        assertThat(Inventory.difference(wanted, List.of())).containsExactly("missing:  vpc vpc-#: cidr=10.1.0.0/16");
    }
}
