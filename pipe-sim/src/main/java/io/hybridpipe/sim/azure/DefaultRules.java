// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The six rules that stand in every network security group behind all others and cannot be taken out
 * (<a href="https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules">
 * Microsoft's list</a>).
 */
final class DefaultRules {

    record Rule(
            String name,
            String description,
            String direction,
            int priority,
            String source,
            String destination,
            String access) {

        ObjectNode properties(String provisioningState) {
            var properties = Json.object()
                    .put("provisioningState", provisioningState)
                    .put("description", description)
                    .put("protocol", "*")
                    .put("sourcePortRange", "*")
                    .put("destinationPortRange", "*")
                    .put("sourceAddressPrefix", source)
                    .put("destinationAddressPrefix", destination)
                    .put("access", access)
                    .put("priority", priority)
                    .put("direction", direction);
            for (var list : List.of(
                    "sourcePortRanges",
                    "destinationPortRanges",
                    "sourceAddressPrefixes",
                    "destinationAddressPrefixes")) {
                properties.putArray(list);
            }
            return properties;
        }
    }

    static final List<Rule> ALL = List.of(
            new Rule(
                    "AllowVnetInBound",
                    "Allow inbound traffic from all VMs in VNET",
                    "Inbound",
                    65000,
                    "VirtualNetwork",
                    "VirtualNetwork",
                    "Allow"),
            new Rule(
                    "AllowAzureLoadBalancerInBound",
                    "Allow inbound traffic from azure load balancer",
                    "Inbound",
                    65001,
                    "AzureLoadBalancer",
                    "*",
                    "Allow"),
            new Rule("DenyAllInBound", "Deny all inbound traffic", "Inbound", 65500, "*", "*", "Deny"),
            new Rule(
                    "AllowVnetOutBound",
                    "Allow outbound traffic from all VMs to all VMs in VNET",
                    "Outbound",
                    65000,
                    "VirtualNetwork",
                    "VirtualNetwork",
                    "Allow"),
            new Rule(
                    "AllowInternetOutBound",
                    "Allow outbound traffic from all VMs to Internet",
                    "Outbound",
                    65001,
                    "*",
                    "Internet",
                    "Allow"),
            new Rule("DenyAllOutBound", "Deny all outbound traffic", "Outbound", 65500, "*", "*", "Deny"));

    private DefaultRules() {}
}
