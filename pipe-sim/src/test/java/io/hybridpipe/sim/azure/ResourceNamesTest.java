// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which names of resources are refused, and how. */
class ResourceNamesTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final SimClock CLOCK = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private static final SimAzure AZURE =
            SimAzure.builder().clock(CLOCK).operationTime(OPERATION).start();
    private static final ArmClient ARM = new ArmClient(AZURE);
    private static final String BARE = "{'location':'eastus','properties':{}}";
    private static final String NETWORK =
            "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':[%s]}}";
    private static final String ROUTE = "{'properties':{'addressPrefix':'10.9.0.0/16','nextHopType':'Internet'}}";
    private static final String RULE =
            "{'properties':{'protocol':'Tcp','sourcePortRange':'*','destinationPortRange':'22',"
                    + "'sourceAddressPrefix':'*','destinationAddressPrefix':'*','access':'Allow','priority':100,'direction':'Inbound'}}";
    private static final String DISK =
            "{'location':'eastus','properties':{'creationData':{'createOption':'Empty'},'diskSizeGB':8}}";

    @BeforeAll
    static void build() {
        done(ARM.put(ARM.group("rg"), "{'location':'eastus'}"));
        done(ARM.put(ARM.network("virtualNetworks/net"), NETWORK.formatted(subnet("apps", "10.2.1.0/24"))));
        done(ARM.put(ARM.network("virtualNetworks/far"), NETWORK.formatted("").replace("10.2", "10.3")));
        done(ARM.put(ARM.network("networkInterfaces/nic"), ArmClient.nic(subnetId())));
        done(ARM.put(ARM.network("routeTables/table"), BARE));
        done(ARM.put(ARM.network("networkSecurityGroups/group"), BARE));
    }

    @AfterAll
    static void close() {
        AZURE.close();
        CLOCK.close();
    }

    private static void done(Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201, 202);
        CLOCK.advance(OPERATION);
    }

    private static String subnet(String name, String prefix) {
        return "{'name':'%s','properties':{'addressPrefix':'%s'}}".formatted(name, prefix);
    }

    private static String subnetId() {
        return ARM.network("virtualNetworks/net/subnets/apps");
    }

    /** Where a resource of each type goes, its body, and how long its name may be. */
    static Stream<Arguments> types() {
        return Stream.of(
                arguments(ARM.network("virtualNetworks/"), NETWORK.formatted(""), 64),
                arguments(
                        ARM.network("virtualNetworks/net/subnets/"),
                        subnet("X", "10.2.7.0/24").replace("'name':'X',", ""),
                        80),
                arguments(
                        ARM.network("virtualNetworks/net/virtualNetworkPeerings/"),
                        "{'properties':{'remoteVirtualNetwork':{'id':'" + ARM.network("virtualNetworks/far") + "'}}}",
                        80),
                arguments(ARM.network("networkSecurityGroups/"), BARE, 80),
                arguments(ARM.network("networkSecurityGroups/group/securityRules/"), RULE, 80),
                arguments(ARM.network("routeTables/"), BARE, 80),
                arguments(ARM.network("routeTables/table/routes/"), ROUTE, 80),
                arguments(ARM.network("publicIPAddresses/"), BARE, 80),
                arguments(ARM.network("networkInterfaces/"), ArmClient.nic(subnetId()), 80),
                arguments(
                        ARM.compute("virtualMachines/"),
                        ArmClient.machine(ARM.network("networkInterfaces/nic"), ""),
                        64),
                arguments(ARM.compute("disks/"), DISK, 80));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void aNameIsAsLongAsItsTypeAllowsAndHasNoOtherCharacters(String path, String body, int longest) {
        var before = AZURE.inventory(AZURE.subscription());
        for (var name : List.of("x".repeat(longest + 1), "a b", "a!b", "-a", "_a", ".a", "a-", "a.", "\u00fcber")) {
            assertRefused(ARM.put(path + (name.startsWith("\u00fc") ? "%C3%BCber" : name), body), path, name);
        }
        assertThat(AZURE.inventory(AZURE.subscription())).isEqualTo(before);

        var fits = "0a._-" + "x".repeat(longest - 6) + "_";
        done(ARM.put(path + fits, body));
        var deleted = ARM.delete(path + fits);
        assertThat(deleted.status()).isEqualTo(202);
        CLOCK.advance(OPERATION);
    }

    private static void assertRefused(Answer refused, String path, String name) {
        assertThat(refused.status()).as(name + ": " + refused.response().body()).isEqualTo(400);
        var machine = path.contains("/virtualMachines/");
        if (machine || path.contains("/disks/")) {
            assertThat(refused.code()).isEqualTo("InvalidParameter");
            assertThat(refused.message())
                    .isEqualTo(
                            "The entity name '%s' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,%d}(?<![-.])$.",
                            machine ? "vmName" : "diskName", machine ? 63 : 79);
        } else {
            assertThat(refused.code()).isEqualTo("InvalidResourceName");
            assertThat(refused.message())
                    .startsWith("Resource name " + name + " is invalid. The name can be up to ")
                    .endsWith("The name may contain word characters or '.', '-', '_'.");
        }
    }

    @Test
    void aNameInTheBodyOfAParentIsLookedAtToo() {
        var answer = ARM.put(ARM.network("virtualNetworks/other"), NETWORK.formatted(subnet("a b", "10.2.1.0/24")));

        assertRefused(answer, "", "a b");
    }

    @Test
    void theDiskThatAMachineBootsFromIsNamedByTheSameRule() {
        var answer = ARM.put(
                ARM.compute("virtualMachines/machine"),
                ArmClient.machine(ARM.network("networkInterfaces/nic"), "")
                        .replace("'osDisk':{", "'osDisk':{'name':'boot disk',"));

        assertThat(answer.code()).isEqualTo("InvalidParameter");
        assertThat(answer.body().at("/error/target").asText()).isEqualTo("osDisk.name");
    }
}
