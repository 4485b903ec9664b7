// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lengths and characters are those of Azure's page. */
class NameRuleTest {
    @ParameterizedTest
    @CsvSource({
        "Microsoft.Network/virtualNetworks, 2, 64",
        "Microsoft.Network/virtualNetworks/subnets, 1, 80",
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings, 1, 80",
        "Microsoft.Network/routeTables, 1, 80",
        "Microsoft.Network/networkSecurityGroups, 1, 80",
        "Microsoft.Network/networkSecurityGroups/securityRules, 1, 80",
        "Microsoft.Network/networkInterfaces, 1, 80",
        "Microsoft.Network/publicIPAddresses, 1, 80",
        "Microsoft.Compute/virtualMachines, 1, 64"
    })
    void aNameIsNotShorterOrLongerThanAzureTakesIt(String type, int min, int max) {
        NameRule rule = NameRule.of(type, "thing");

        assertThat(rule.problem("a".repeat(min))).isEmpty();
        assertThat(rule.problem("a".repeat(max))).isEmpty();
        assertThat(rule.problem("a".repeat(min - 1))).isPresent();
        assertThat(rule.problem("a".repeat(max + 1))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hub", "7", "hub-1.west_europe", "GatewaySubnet", "ends_"})
    void lettersDigitsDotsDashesAndUnderscoresNameWhatIsInANetwork(String name) {
        assertThat(NameRule.of("Microsoft.Network/routeTables", "route table").problem(name))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"_a", ".a", "-a", "a.", "a-", "a b", "a/b", "a#b", "a\nb", "a\n", "ä", "a(b)"})
    void nothingElseDoes(String name) {
        assertThat(NameRule.of("Microsoft.Network/routeTables", "route table").problem(name))
                .contains("'" + name + "' cannot name a route table: a name has 1 to 80 letters, digits and any of -_.,"
                        + " begins with a letter or digit and does not end with a dot or dash");
    }

    @Test
    void aResourceGroupTakesLettersOfEveryLanguageAndParentheses() {
        NameRule rule = NameRule.RESOURCE_GROUP;

        assertThat(rule.problem("Fördervereine_(2026)")).isEmpty();
        assertThat(rule.problem("a".repeat(90))).isEmpty();
        assertThat(rule.problem("a".repeat(91))).isPresent();
        assertThat(rule.problem("fed.")).isPresent();
        assertThat(rule.problem("a b")).isPresent();
    }

    @Test
    void aNameThatATokenFollowsLeavesRoomForIt() {
        String token = "-" + "0".repeat(32);
        for (NameRule rule : new NameRule[] {NameRule.beginningOf("route"), NameRule.DEPLOYMENT}) {
            int most = (rule == NameRule.DEPLOYMENT ? 64 : 80) - token.length();
            assertThat(rule.problem("a".repeat(most))).isEmpty();
            assertThat(rule.problem("a".repeat(most + 1))).isPresent();
        }
    }
}
