// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;

/** The kinds of resources that a machine is made of. */
final class MachineKinds {
    static final Kind<PublicIpAddressInner> PUBLIC_ADDRESS = new Kind<>(
            "Microsoft.Network/publicIPAddresses",
            "public address",
            "az network public-ip show",
            PublicIpAddressInner::tags,
            PublicIpAddressInner::provisioningState,
            (account, at) -> account.network().getPublicIpAddresses().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) -> account.network()
                    .getPublicIpAddresses()
                    .createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) -> account.network().getPublicIpAddresses().deleteWithResponseAsync(at.group(), at.name()));

    static final Kind<NetworkInterfaceInner> INTERFACE = new Kind<>(
            "Microsoft.Network/networkInterfaces",
            "network interface",
            "az network nic show",
            NetworkInterfaceInner::tags,
            NetworkInterfaceInner::provisioningState,
            (account, at) -> account.network().getNetworkInterfaces().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) -> account.network()
                    .getNetworkInterfaces()
                    .createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) -> account.network().getNetworkInterfaces().deleteWithResponseAsync(at.group(), at.name()));

    private MachineKinds() {}
}
