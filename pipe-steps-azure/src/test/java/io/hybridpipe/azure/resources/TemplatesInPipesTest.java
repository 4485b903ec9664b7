// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.network.AzureInterface;
import io.hybridpipe.azure.network.AzureVnet;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.azure.network.CreateNetworkInterface;
import io.hybridpipe.azure.network.CreateRouteTable;
import io.hybridpipe.azure.network.CreateSecurityGroup;
import io.hybridpipe.azure.network.CreateVnet;
import io.hybridpipe.azure.network.InboundRule;
import io.hybridpipe.azure.network.LaunchController;
import io.hybridpipe.azure.network.PeerVnets;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.FailureReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.json.Json;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** Templates as the engine runs them; each run is undone. */
@Timeout(180)
class TemplatesInPipesTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<AzureVnet> SPOKE = Key.of("spoke", AzureVnet.class);
    private static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    private static final Key<Ip> CONTROLLER = Key.of("controller", Ip.class);
    private static final String SSH =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt ops";

    /** How steps mark what is theirs, and what the service makes up. */
    private static final Set<String> OURS = Set.of("tags", "description", "resourceGuid");

    private static Cloud cloud;
    private static SortedMap<String, Map<String, Object>> before;

    /** What was there right before the run was undone. */
    private final SortedMap<String, Map<String, Object>> made = new TreeMap<>();

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @Test
    void aFailureDeepInsideIsOneLineAndTheReportHasTheWholeChain() {
        cloud.azure().failNextOperation("Microsoft.Network/virtualNetworks/subnets/write", "SubnetIsFull", "No room.");
        Pipe pipe = Pipe.named("deep").step("deploy", hub()).build();

        RunReport report = run(pipe);

        String subnet = "/subscriptions/" + cloud.azure().subscription()
                + "/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub/subnets/workloads";
        FailureReport failure = report.failure().orElseThrow();
        assertThat(failure.message())
                .matches("deployment fed/hub-[0-9a-f]{32}, resource " + subnet
                        + ": SubnetIsFull: No room\\. \\(federation, subscription .*\\)");
        assertThat(failure.causes())
                .satisfiesExactly(
                        outermost -> assertThat(outermost)
                                .startsWith("DeploymentFailed: At least one resource deployment operation failed."),
                        next -> assertThat(next).isEqualTo("Conflict"),
                        next -> assertThat(next).startsWith("ResourceDeploymentFailure: "),
                        innermost -> assertThat(innermost).isEqualTo("SubnetIsFull: No room."));
        assertThat(Json.compact().write(report.fields())).contains("\"Conflict\"", "\"SubnetIsFull: No room.\"");
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.made()).isEmpty();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aTemplateMakesWhatTheStepsMakeAndBothAreGoneWhenTheyAreUndone() {
        RunReport bySteps = run(steps());
        SortedMap<String, Map<String, Object>> ofSteps = new TreeMap<>(made);
        assertThat(bySteps.outcome()).as("%s", bySteps).isEqualTo(Outcome.UNDONE);
        assertThat(cloud.inventory()).isEqualTo(before);

        RunReport byTemplate = run(Pipe.named("template")
                .step("landscape", landscape())
                .step("look", look())
                .build());
        assertThat(byTemplate.outcome()).as("%s", byTemplate).isEqualTo(Outcome.UNDONE);
        assertThat(cloud.inventory()).isEqualTo(before);

        assertThat(ofSteps.toString()).contains("/virtualMachines/controller", "Connected");
        assertThat(plain(made)).isEqualTo(plain(ofSteps));
    }

    @Test
    void theDiskThatAMachineMadeIsDeletedWithItAlthoughItsTemplateKeepsIt() throws IOException {
        Pipe pipe = Pipe.named("disk")
                .step("landscape", landscape().template(keepingDisks()))
                .step("look", look())
                .build();

        assertThat(run(pipe).outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(made.keySet()).anyMatch(id -> id.endsWith("/disks/controller-os"));
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    private static String keepingDisks() throws IOException {
        try (InputStream in = TemplatesInPipesTest.class.getResourceAsStream("/templates/landscape.json")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replace(
                    "\"createOption\": \"FromImage\", \"deleteOption\": \"Delete\"", "\"createOption\": \"FromImage\"");
        }
    }

    private static DeployTemplate landscape() {
        return DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("landscape")
                .templateFrom("classpath:templates/landscape.json")
                .parameter("ssh", SSH)
                .output("controller", CONTROLLER, Ip::of);
    }

    private Pipe steps() {
        AzureAccount account = cloud.account();
        return Pipe.named("steps")
                .step(
                        "hub",
                        CreateVnet.in(account)
                                .resourceGroup("fed")
                                .named("hub")
                                .location("westeurope")
                                .space(Cidr.of("10.2.0.0/16"))
                                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                                .into(HUB))
                .step(
                        "spoke",
                        CreateVnet.in(account)
                                .resourceGroup("fed")
                                .named("spoke")
                                .location("westeurope")
                                .space(Cidr.of("10.3.0.0/16"))
                                .subnet("apps", Cidr.of("10.3.0.0/24"))
                                .into(SPOKE))
                .step(
                        "doors",
                        CreateSecurityGroup.in(account)
                                .resourceGroup("fed")
                                .named("hub-doors")
                                .location("westeurope")
                                .inbound("ipsec", InboundRule.udp(500, 4500).from(Cidr.of("203.0.113.0/24")))
                                .associate(HUB.map(hub -> hub.subnet("controllers"))))
                .step(
                        "routes",
                        CreateRouteTable.in(account)
                                .resourceGroup("fed")
                                .named("hub-routes")
                                .location("westeurope")
                                .associate(HUB.map(hub -> hub.subnet("controllers"))))
                .step(
                        "peering",
                        PeerVnets.between(account, HUB.map(AzureVnet::id))
                                .and(account, SPOKE.map(AzureVnet::id))
                                .allowForwardedTraffic())
                .step(
                        "card",
                        CreateNetworkInterface.in(account)
                                .resourceGroup("fed")
                                .named("card")
                                .location("westeurope")
                                .subnet(HUB.map(hub -> hub.subnet("controllers")))
                                .forwardingIp()
                                .into(CARD))
                .step(
                        "controller",
                        LaunchController.in(account)
                                .resourceGroup("fed")
                                .named("controller")
                                .location("westeurope")
                                .size("Standard_B2s")
                                .networkInterface(CARD.map(AzureInterface::id))
                                .marketplace("canonical", "ubuntu-24_04-lts", "server", "latest")
                                .adminKey("ops", SSH))
                .step("look", look())
                .build();
    }

    private static DeployTemplate hub() {
        return DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .templateFrom("classpath:templates/hub.json")
                .parameter("space", "10.2.0.0/16");
    }

    /** Writes down what is there, and fails. */
    private Step look() {
        return Step.reading()
                .withoutEffect()
                .as((state, context) -> Mono.fromRunnable(() -> {
                    made.clear();
                    made.putAll(cloud.inventory());
                    throw StepFailure.of(FailureClass.PERMANENT, "seen enough");
                }));
    }

    private static RunReport run(Pipe pipe) {
        return pipe.start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .blockOptional(SOON)
                .orElseThrow();
    }

    /** Without deployments, tags, generated ids, and the names that have a step's token in them. */
    private static Map<String, Object> plain(Map<String, Map<String, Object>> inventory) {
        Map<String, Object> plain = new TreeMap<>();
        inventory.forEach((id, content) -> {
            if (!id.contains("/deployments/")) {
                plain.put(named(id), plain(content));
            }
        });
        return plain;
    }

    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new TreeMap<>();
            map.forEach((key, each) -> {
                if (!OURS.contains(String.valueOf(key))) {
                    plain.put(String.valueOf(key), plain(each));
                }
            });
            return plain;
        }
        if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>();
            list.forEach(each -> plain.add(plain(each)));
            return plain;
        }
        return value instanceof String text ? named(text) : String.valueOf(value);
    }

    private static String named(String text) {
        return text.replaceAll("hybridpipe-[0-9a-f]{32}|to-spoke|to-hub", "PEERING")
                .replaceAll("os-[0-9a-f]{32}|controller-os", "DISK")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID");
    }
}
