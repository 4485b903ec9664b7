// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.guide;

// snippet: imports
import static io.hybridpipe.Element.step;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.AzureEnvironment.Endpoint;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.network.AddRoute;
import io.hybridpipe.azure.network.AllowInbound;
import io.hybridpipe.azure.network.AzureController;
import io.hybridpipe.azure.network.AzureInterface;
import io.hybridpipe.azure.network.AzureVnet;
import io.hybridpipe.azure.network.CreateNetworkInterface;
import io.hybridpipe.azure.network.CreatePublicAddress;
import io.hybridpipe.azure.network.CreateRouteTable;
import io.hybridpipe.azure.network.CreateSecurityGroup;
import io.hybridpipe.azure.network.CreateVnet;
import io.hybridpipe.azure.network.InboundRule;
import io.hybridpipe.azure.network.LaunchController;
import io.hybridpipe.azure.network.TemporarySecurityRule;
import io.hybridpipe.azure.resources.EnsureResourceGroup;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.azure.SimAzure;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
// end

/** The pipe of {@code docs/azure-steps.md}: a network with a controller, without a template. */
public final class FineGrainedPipe {
    // snippet: keys
    public static final Key<String> REGION = Key.of("region", String.class);
    public static final Key<Cidr> HUB_CIDR = Key.of("hub-cidr", Cidr.class);
    public static final Key<Cidr> CONTROLLER_CIDR = Key.of("controller-cidr", Cidr.class);
    public static final Key<Cidr> WORKLOAD_CIDR = Key.of("workload-cidr", Cidr.class);
    public static final Key<Cidr> VPC_CIDR = Key.of("vpc-cidr", Cidr.class);
    public static final Key<Cidr> PEERS = Key.of("peers", Cidr.class);
    public static final Key<Cidr> MY_IP = Key.of("my-ip", Cidr.class);
    public static final Key<String> ADMIN_KEY = Key.of("admin-key", String.class);

    public static final Key<String> GROUP = Key.of("group", String.class);
    public static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    public static final Key<String> CONTROLLER_RULES = Key.of("controller-rules", String.class);
    public static final Key<String> ROUTES = Key.of("routes", String.class);
    public static final Key<String> ADDRESS_ID = Key.of("address-id", String.class);
    public static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    public static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    public static final Key<AzureController> CONTROLLER = Key.of("controller", AzureController.class);
    // end

    /** All that it needs. */
    public static final State INPUT = State.of(REGION, "westeurope")
            .with(HUB_CIDR, Cidr.of("10.2.0.0/16"))
            .with(CONTROLLER_CIDR, Cidr.of("10.2.0.0/24"))
            .with(WORKLOAD_CIDR, Cidr.of("10.2.1.0/24"))
            .with(VPC_CIDR, Cidr.of("10.1.0.0/16"))
            .with(PEERS, Cidr.of("198.51.100.0/24"))
            .with(MY_IP, Cidr.of("203.0.113.7/32"))
            .with(
                    ADMIN_KEY,
                    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt operator");

    private FineGrainedPipe() {}

    // snippet: account
    public static AzureAccount account(SimAzure azure) {
        AzureEnvironment environment =
                new AzureEnvironment(Map.of(Endpoint.RESOURCE_MANAGER.identifier(), azure.endpoint() + "/"));
        AzureProfile profile = new AzureProfile(null, azure.subscription(), environment);
        return AzureAccount.of("federation", profile, new HttpPipelineBuilder().build())
                .pollEvery(Duration.ofMillis(5));
    }
    // end

    /**
     * The pipe.
     *
     * @param setUp what is done while the controller admits its caller
     */
    // snippet: pipe
    public static Pipe in(AzureAccount account, UnaryOperator<Pipe.Builder> setUp) {
        return Pipe.named("hub-network")
                .needs(REGION, HUB_CIDR, CONTROLLER_CIDR, WORKLOAD_CIDR, VPC_CIDR, PEERS, MY_IP, ADMIN_KEY)
                .step(
                        "group",
                        EnsureResourceGroup.in(account)
                                .named("hub")
                                .location(REGION)
                                .into(GROUP))
                .step(
                        "vnet",
                        CreateVnet.in(account)
                                .resourceGroup(GROUP)
                                .named("hub")
                                .location(REGION)
                                .space(HUB_CIDR)
                                .subnet("controllers", CONTROLLER_CIDR)
                                .subnet("workloads", WORKLOAD_CIDR)
                                .into(HUB))
                .concurrently(
                        "inside",
                        step(
                                "rules",
                                CreateSecurityGroup.in(account)
                                        .resourceGroup(GROUP)
                                        .named("controllers")
                                        .location(REGION)
                                        .inbound(
                                                "ipsec",
                                                InboundRule.udp(500, 4500).from(PEERS))
                                        .associate(HUB.map(hub -> hub.subnet("controllers")))
                                        .into(CONTROLLER_RULES)),
                        step(
                                "routes",
                                CreateRouteTable.in(account)
                                        .resourceGroup(GROUP)
                                        .named("workloads")
                                        .location(REGION)
                                        .associate(HUB.map(hub -> hub.subnet("workloads")))
                                        .into(ROUTES)),
                        step(
                                "address",
                                CreatePublicAddress.in(account)
                                        .resourceGroup(GROUP)
                                        .named("controller")
                                        .location(REGION)
                                        .into(ADDRESS_ID, ADDRESS)))
                .step(
                        "card",
                        CreateNetworkInterface.in(account)
                                .resourceGroup(GROUP)
                                .named("controller")
                                .location(REGION)
                                .subnet(HUB.map(hub -> hub.subnet("controllers")))
                                .publicAddress(ADDRESS_ID)
                                .forwardingIp()
                                .into(CARD))
                .step(
                        "controller",
                        LaunchController.in(account)
                                .resourceGroup(GROUP)
                                .named("controller")
                                .location(REGION)
                                .size("Standard_B2s")
                                .marketplace("cohesive", "vns3", "byol", "latest")
                                .plan("cohesive", "vns3", "byol")
                                .acceptingTerms()
                                .networkInterface(CARD.map(AzureInterface::id))
                                .adminKey(Input.value("operator"), ADMIN_KEY)
                                .into(CONTROLLER))
                .concurrently(
                        "reach",
                        step(
                                "to-vpc",
                                AddRoute.in(account)
                                        .tableId(ROUTES)
                                        .named("to-vpc")
                                        .to(VPC_CIDR)
                                        .viaAppliance(CONTROLLER.map(AzureController::privateIp))),
                        step(
                                "from-vpc",
                                AllowInbound.in(account)
                                        .securityGroupId(CONTROLLER_RULES)
                                        .named("from-vpc")
                                        .any()
                                        .from(VPC_CIDR)))
                .during(
                        "api-access",
                        TemporarySecurityRule.in(account)
                                .securityGroupId(CONTROLLER_RULES)
                                .tcp(8000)
                                .from(MY_IP),
                        setUp)
                .build();
    }
    // end
}
