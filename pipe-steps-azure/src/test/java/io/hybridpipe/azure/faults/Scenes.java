// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.faults;

import io.hybridpipe.Key;
import io.hybridpipe.Scope;
import io.hybridpipe.Step;
import io.hybridpipe.azure.network.AddRoute;
import io.hybridpipe.azure.network.AllowInbound;
import io.hybridpipe.azure.network.AzureController;
import io.hybridpipe.azure.network.AzureInterface;
import io.hybridpipe.azure.network.AzurePeering;
import io.hybridpipe.azure.network.AzureVnet;
import io.hybridpipe.azure.network.CreateNetworkInterface;
import io.hybridpipe.azure.network.CreatePublicAddress;
import io.hybridpipe.azure.network.CreateRouteTable;
import io.hybridpipe.azure.network.CreateSecurityGroup;
import io.hybridpipe.azure.network.CreateVnet;
import io.hybridpipe.azure.network.InboundRule;
import io.hybridpipe.azure.network.LaunchController;
import io.hybridpipe.azure.network.PeerVnets;
import io.hybridpipe.azure.network.TemporarySecurityRule;
import io.hybridpipe.azure.resources.DeleteResource;
import io.hybridpipe.azure.resources.DeleteResourceGroup;
import io.hybridpipe.azure.resources.DeployTemplate;
import io.hybridpipe.azure.resources.EnsureResourceGroup;
import io.hybridpipe.faults.Scene;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.List;

/** Each step and scope of the module in a small pipe. */
final class Scenes {
    private static final String PLACED = "{'location': '" + AzureStage.PLACE + "'}";

    private static final String HUB = """
            {'location': '%s', 'properties': {
              'addressSpace': {'addressPrefixes': ['10.2.0.0/16']},
              'subnets': [{'name': 'controllers', 'properties': {'addressPrefix': '10.2.0.0/24'}}]}}
            """.formatted(AzureStage.PLACE);

    private static final String ADDRESS = """
            {'location': '%s', 'sku': {'name': 'Standard'}, 'properties': {'publicIPAllocationMethod': 'Static'}}
            """.formatted(AzureStage.PLACE);

    private static final String CARD = """
            {'location': 'westeurope', 'properties': {'enableIPForwarding': true, 'ipConfigurations': [
              {'name': 'primary', 'properties': {'primary': true, 'subnet': {'id': '%s'}}}]}}
            """;

    private static final String TEMPLATE = """
            {
              "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "contentVersion": "1.0.0.0",
              "parameters": {"block": {"type": "string"}},
              "resources": [
                {"type": "Microsoft.Network/routeTables", "apiVersion": "2024-07-01", "name": "apps",
                 "location": "[resourceGroup().location]", "properties": {}},
                {"type": "Microsoft.Network/routeTables/routes", "apiVersion": "2024-07-01", "name": "apps/there",
                 "dependsOn": ["[resourceId('Microsoft.Network/routeTables', 'apps')]"],
                 "properties": {"addressPrefix": "10.1.0.0/16", "nextHopType": "VnetLocal"}},
                {"type": "Microsoft.Network/virtualNetworks/subnets", "apiVersion": "2024-07-01", "name": "hub/apps",
                 "properties": {"addressPrefix": "[parameters('block')]",
                                "routeTable": {"id": "[resourceId('Microsoft.Network/routeTables', 'apps')]"}},
                 "dependsOn": ["[resourceId('Microsoft.Network/routeTables/routes', 'apps', 'there')]"]}
              ],
              "outputs": {"table": {"type": "string", "value": "[resourceId('Microsoft.Network/routeTables', 'apps')]"}}
            }
            """;

    /** A machine whose template keeps its disk, and its interface: what is made has to go in an order of its own. */
    private static final String MACHINE = """
            {
              "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "contentVersion": "1.0.0.0",
              "resources": [
                {"type": "Microsoft.Network/networkInterfaces", "apiVersion": "2024-07-01", "name": "card",
                 "location": "[resourceGroup().location]",
                 "properties": {"ipConfigurations": [{"name": "primary", "properties": {"primary": true,
                   "subnet": {"id": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hub', 'controllers')]"}}}]}},
                {"type": "Microsoft.Compute/virtualMachines", "apiVersion": "2024-07-01", "name": "controller",
                 "location": "[resourceGroup().location]",
                 "dependsOn": ["[resourceId('Microsoft.Network/networkInterfaces', 'card')]"],
                 "properties": {
                   "hardwareProfile": {"vmSize": "Standard_B2s"},
                   "storageProfile": {
                     "imageReference": {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"},
                     "osDisk": {"name": "controller-os", "createOption": "FromImage"}},
                   "osProfile": {"computerName": "controller", "adminUsername": "ops",
                     "linuxConfiguration": {"disablePasswordAuthentication": true, "ssh": {"publicKeys": [
                       {"path": "/home/ops/.ssh/authorized_keys", "keyData": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt ops"}]}}},
                   "networkProfile": {"networkInterfaces": [
                     {"id": "[resourceId('Microsoft.Network/networkInterfaces', 'card')]", "properties": {"primary": true}}]}}}
              ]
            }
            """;

    private Scenes() {}

    /** One for each step and scope that changes something. */
    static List<Scene<AzureStage>> all() {
        return List.of(
                Scene.step("EnsureResourceGroup", Scenes::ensureResourceGroup),
                Scene.step("CreateVnet", Scenes::createVnet),
                Scene.step("CreatePublicAddress", Scenes::createPublicAddress),
                Scene.step("CreateNetworkInterface", Scenes::createNetworkInterface),
                Scene.step("CreateSecurityGroup", Scenes::createSecurityGroup),
                Scene.step("AllowInbound", Scenes::allowInbound),
                Scene.step("CreateRouteTable", Scenes::createRouteTable),
                Scene.step("LaunchController", Scenes::launchController),
                Scene.step("LaunchController-plan", Scenes::launchOfAPlan),
                Scene.step("PeerVnets", Scenes::peerVnets),
                Scene.step("DeployTemplate", Scenes::deployTemplate),
                Scene.step("DeployTemplate-beside", Scenes::deployBeside),
                Scene.step("DeployTemplate-machine", Scenes::deployMachine),
                Scene.step("AddRoute", Scenes::addRoute),
                Scene.scope("TemporarySecurityRule", Scenes::temporarySecurityRule),
                Scene.irreversible("DeleteResource", Scenes::deleteResource),
                Scene.irreversible("DeleteResourceGroup", Scenes::deleteResourceGroup));
    }

    private static Step ensureResourceGroup(AzureStage stage) {
        return EnsureResourceGroup.in(stage.account())
                .named("orders")
                .location(AzureStage.PLACE)
                .into(Key.of("group", String.class));
    }

    private static Step createVnet(AzureStage stage) {
        return CreateVnet.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("hub")
                .location(AzureStage.PLACE)
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .subnet("apps", Cidr.of("10.2.1.0/24"))
                .into(Key.of("vnet", AzureVnet.class));
    }

    private static Step createPublicAddress(AzureStage stage) {
        return CreatePublicAddress.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("outside")
                .location(AzureStage.PLACE)
                .into(Key.of("id", String.class), Key.of("address", Ip.class));
    }

    private static Step createNetworkInterface(AzureStage stage) {
        return CreateNetworkInterface.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("card")
                .location(AzureStage.PLACE)
                .subnet(stage.put("virtualNetworks/hub", HUB) + "/subnets/controllers")
                .publicAddress(stage.put("publicIPAddresses/outside", ADDRESS))
                .forwardingIp()
                .into(Key.of("card", AzureInterface.class));
    }

    private static Step createSecurityGroup(AzureStage stage) {
        return CreateSecurityGroup.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("doors")
                .location(AzureStage.PLACE)
                .inbound("ipsec", InboundRule.udp(500, 4500).fromTag("Internet"))
                .associate(stage.put("virtualNetworks/hub", HUB) + "/subnets/controllers")
                .into(Key.of("group", String.class));
    }

    private static Step allowInbound(AzureStage stage) {
        return AllowInbound.in(stage.account())
                .securityGroupId(stage.put("networkSecurityGroups/doors", PLACED))
                .udp(500, 4500)
                .from(Cidr.of("203.0.113.0/24"));
    }

    private static Step createRouteTable(AzureStage stage) {
        return CreateRouteTable.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("routes")
                .location(AzureStage.PLACE)
                .associate(stage.put("virtualNetworks/hub", HUB) + "/subnets/controllers")
                .into(Key.of("table", String.class));
    }

    private static Step launchController(AzureStage stage) {
        String subnet = stage.put("virtualNetworks/hub", HUB) + "/subnets/controllers";
        return LaunchController.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("controller")
                .location(AzureStage.PLACE)
                .size("Standard_B2s")
                .marketplace("canonical", "ubuntu-24_04-lts", "server", "latest")
                .networkInterface(stage.put("networkInterfaces/card", CARD.formatted(subnet)))
                .adminKey(
                        "operator",
                        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt operator")
                .into(Key.of("controller", AzureController.class));
    }

    /** Of a marketplace plan whose terms nobody has accepted, at a public address. */
    private static Step launchOfAPlan(AzureStage stage) {
        String subnet = stage.put("virtualNetworks/hub", HUB) + "/subnets/controllers";
        String address = stage.put("publicIPAddresses/outside", ADDRESS);
        String card = CARD.formatted(subnet)
                .replace("'primary': true,", "'primary': true, 'publicIPAddress': {'id': '" + address + "'},");
        return LaunchController.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("controller")
                .location(AzureStage.PLACE)
                .size("Standard_B2s")
                .marketplace("cohesive", "vns3", "byol", "latest")
                .plan("cohesive", "vns3", "byol")
                .acceptingTerms()
                .networkInterface(stage.put("networkInterfaces/card", card))
                .adminPassword("operator", "Correct-Horse-7")
                .into(Key.of("controller", AzureController.class));
    }

    private static Step deployMachine(AzureStage stage) {
        stage.put("virtualNetworks/hub", HUB);
        return DeployTemplate.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("machine")
                .template(MACHINE);
    }

    private static Step peerVnets(AzureStage stage) {
        String hub = stage.put("virtualNetworks/hub", HUB);
        String spoke = stage.put(stage.otherAccount(), "virtualNetworks/spoke", HUB.replace("10.2.", "10.3."));
        return PeerVnets.between(stage.account(), hub)
                .and(stage.otherAccount(), spoke)
                .into(Key.of("peering", AzurePeering.class));
    }

    /** Into a group where the virtual network is there already; the template's subnet, table and route are new. */
    private static Step deployBeside(AzureStage stage) {
        stage.put("virtualNetworks/hub", HUB);
        return DeployTemplate.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("apps")
                .template(TEMPLATE)
                .parameter("block", "10.2.1.0/24")
                .output("table", Key.of("table", String.class));
    }

    private static Step addRoute(AzureStage stage) {
        stage.put("routeTables/routes", PLACED);
        return AddRoute.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .table("routes")
                .to(Cidr.of("10.1.0.0/16"))
                .viaAppliance(Ip.of("10.2.0.4"));
    }

    private static Step deployTemplate(AzureStage stage) {
        return DeployTemplate.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .named("hub")
                .templateFrom("classpath:templates/hub.json")
                .parameter("space", Cidr.of("10.2.0.0/16"))
                .output("hub", Key.of("hub", String.class));
    }

    private static Scope temporarySecurityRule(AzureStage stage) {
        stage.put("networkSecurityGroups/doors", PLACED);
        return TemporarySecurityRule.in(stage.account())
                .resourceGroup(AzureStage.GROUP)
                .securityGroup("doors")
                .tcp(8000)
                .from(Cidr.of("203.0.113.7/32"));
    }

    private static Step deleteResource(AzureStage stage) {
        stage.put("routeTables/routes", PLACED);
        return DeleteResource.in(stage.account())
                .id("/subscriptions/" + stage.account().subscription() + "/resourceGroups/" + AzureStage.GROUP
                        + "/providers/Microsoft.Network/routeTables/routes");
    }

    private static Step deleteResourceGroup(AzureStage stage) {
        stage.put("routeTables/routes", PLACED);
        return DeleteResourceGroup.in(stage.account()).named(AzureStage.GROUP);
    }
}
