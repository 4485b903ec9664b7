// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import io.hybridpipe.azure.AzureAccount;

/** The kinds of resources that say where packets go and which may pass. */
final class NetworkKinds {
    static final Kind<RouteTableInner> ROUTE_TABLE = new Kind<>(
            "Microsoft.Network/routeTables",
            "route table",
            "az network route-table show",
            RouteTableInner::tags,
            RouteTableInner::provisioningState,
            (account, at) -> account.network().getRouteTables().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) ->
                    account.network().getRouteTables().createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) -> account.network().getRouteTables().deleteWithResponseAsync(at.group(), at.name()));

    static final Kind<RouteInner> ROUTE = new Kind<>(
            "Microsoft.Network/routeTables/routes",
            "route",
            "az network route-table route show",
            null,
            RouteInner::provisioningState,
            (account, at) -> account.network().getRoutes().getAsync(at.group(), at.parent(), at.name()),
            (account, at, body) -> account.network()
                    .getRoutes()
                    .createOrUpdateWithResponseAsync(at.group(), at.parent(), at.name(), body),
            (account, at) -> account.network().getRoutes().deleteWithResponseAsync(at.group(), at.parent(), at.name()));

    static final Kind<NetworkSecurityGroupInner> SECURITY_GROUP = new Kind<>(
            "Microsoft.Network/networkSecurityGroups",
            "security group",
            "az network nsg show",
            NetworkSecurityGroupInner::tags,
            NetworkSecurityGroupInner::provisioningState,
            (account, at) ->
                    account.network().getNetworkSecurityGroups().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) -> account.network()
                    .getNetworkSecurityGroups()
                    .createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) ->
                    account.network().getNetworkSecurityGroups().deleteWithResponseAsync(at.group(), at.name()));

    static final Kind<SecurityRuleInner> SECURITY_RULE = new Kind<>(
            "Microsoft.Network/networkSecurityGroups/securityRules",
            "security rule",
            "az network nsg rule show",
            null,
            SecurityRuleInner::provisioningState,
            (account, at) -> account.network().getSecurityRules().getAsync(at.group(), at.parent(), at.name()),
            (account, at, body) -> account.network()
                    .getSecurityRules()
                    .createOrUpdateWithResponseAsync(at.group(), at.parent(), at.name(), body),
            (account, at) ->
                    account.network().getSecurityRules().deleteWithResponseAsync(at.group(), at.parent(), at.name()));

    /** Subnets, which are changed only as they were when they were read: their body is that of all who use them. */
    static final Kind<SubnetInner> SUBNET = new Kind<>(
            "Microsoft.Network/virtualNetworks/subnets",
            "subnet",
            "az network vnet subnet show",
            null,
            SubnetInner::provisioningState,
            (account, at) -> account.network().getSubnets().getAsync(at.group(), at.parent(), at.name()),
            (account, at, body) -> AzureAccount.ifUnchanged(
                    body.etag(),
                    account.network()
                            .getSubnets()
                            .createOrUpdateWithResponseAsync(at.group(), at.parent(), at.name(), body)),
            (account, at) ->
                    account.network().getSubnets().deleteWithResponseAsync(at.group(), at.parent(), at.name()));

    private NetworkKinds() {}
}
