// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Element;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.sim.Call;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A controller and all that it stands on, made by steps and taken back in the order of dependence. */
@Timeout(180)
class ControllerPipeTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<String> RULES = Key.of("rules", String.class);
    private static final Key<String> ADDRESS_ID = Key.of("address-id", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    private static final Key<AzureController> CONTROLLER = Key.of("controller", AzureController.class);

    /** What the stand-in shows at once need not be looked for over seconds. */
    private static final UnaryOperator<StepOptions> HURRIED = options -> options.withVisibility(Duration.ofMillis(20))
            .withRetry(RetryPolicy.ofAll(Backoff.ofDefaults()
                    .withDelays(Duration.ofMillis(20), Duration.ofMillis(100))
                    .withMaxAttempts(30)));

    private Cloud cloud;
    private SortedMap<String, Map<String, Object>> before;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void theControllerHasItsAddressesAndWhenTheLastStepFailsNothingIsLeft() {
        AtomicReference<AzureController> seen = new AtomicReference<>();

        RunReport report = run(controller -> {
            seen.set(controller);
            throw new IllegalStateException("no license");
        });

        assertThat(seen.get()).satisfies(controller -> {
            assertThat(controller.privateIp()).hasToString("10.2.0.10");
            assertThat(controller.publicIp()).isPresent();
        });
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(report.made()).isEmpty();
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(deleted())
                .containsSubsequence(
                        "Microsoft.Compute/virtualMachines/delete",
                        "Microsoft.Network/networkInterfaces/delete",
                        "Microsoft.Network/virtualNetworks/delete")
                .containsSubsequence(
                        "Microsoft.Network/networkInterfaces/delete", "Microsoft.Network/publicIPAddresses/delete");
    }

    @Test
    void aLackOfCapacityIsSurvivedWithOneMachineInTheEnd() {
        cloud.azure()
                .failNextOperation("Microsoft.Compute/virtualMachines/write", "AllocationFailed", "Allocation failed.");

        RunReport report = run(controller -> {});

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.DONE);
        assertThat(deleted()).containsExactly("Microsoft.Compute/virtualMachines/delete");
        assertThat(cloud.inventory().keySet().stream()
                        .filter(id -> !before.containsKey(id))
                        .map(id ->
                                id.replaceAll(".*/providers/Microsoft\\.", "").replaceAll("os-\\w+", "os")))
                .containsExactlyInAnyOrder(
                        "Compute/disks/os",
                        "Compute/virtualMachines/controller",
                        "Network/networkInterfaces/controller",
                        "Network/networkSecurityGroups/controllers",
                        "Network/publicIPAddresses/controller",
                        "Network/virtualNetworks/hub");
    }

    private List<String> deleted() {
        return cloud.calls().changing().stream()
                .map(Call::action)
                .filter(action -> action.endsWith("/delete"))
                .toList();
    }

    private RunReport run(Consumer<AzureController> last) {
        return pipe(cloud.account(), last)
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(Duration.ofSeconds(40));
    }

    private static Pipe pipe(AzureAccount account, Consumer<AzureController> last) {
        return Pipe.named("controller")
                .step(
                        "vnet",
                        CreateVnet.in(account)
                                .resourceGroup("fed")
                                .named("hub")
                                .location("westeurope")
                                .space(Cidr.of("10.2.0.0/16"))
                                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                                .into(HUB),
                        HURRIED)
                .concurrently(
                        "inside",
                        Element.step(
                                "rules",
                                CreateSecurityGroup.in(account)
                                        .resourceGroup("fed")
                                        .named("controllers")
                                        .location("westeurope")
                                        .inbound(
                                                "ipsec",
                                                InboundRule.udp(500, 4500).from(Cidr.of("198.51.100.0/24")))
                                        .into(RULES),
                                HURRIED),
                        Element.step(
                                "address",
                                CreatePublicAddress.in(account)
                                        .resourceGroup("fed")
                                        .named("controller")
                                        .location("westeurope")
                                        .into(ADDRESS_ID, ADDRESS),
                                HURRIED))
                .step(
                        "card",
                        CreateNetworkInterface.in(account)
                                .resourceGroup("fed")
                                .named("controller")
                                .location("westeurope")
                                .subnet(HUB.map(hub -> hub.subnet("controllers")))
                                .privateIp(Ip.of("10.2.0.10"))
                                .securityGroup(RULES)
                                .publicAddress(ADDRESS_ID)
                                .forwardingIp()
                                .into(CARD),
                        HURRIED)
                .step(
                        "machine",
                        LaunchController.in(account)
                                .resourceGroup("fed")
                                .named("controller")
                                .location("westeurope")
                                .size("Standard_B2s")
                                .marketplace("cohesive", "vns3", "byol", "latest")
                                .plan("cohesive", "vns3", "byol")
                                .networkInterface(CARD.map(AzureInterface::id))
                                .adminPassword("operator", "Correct-Horse-7")
                                .into(CONTROLLER),
                        HURRIED)
                .step("set-up", Step.using(CONTROLLER, last))
                .build();
    }
}
