// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.core.http.rest.Response;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.InstanceViewTypes;
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

    /** Seen with its instance view; a forced deletion does not wait for the machine to shut down, since its disk goes too. */
    static final Kind<VirtualMachineInner> MACHINE = new Kind<>(
            "Microsoft.Compute/virtualMachines",
            "virtual machine",
            "az vm show",
            VirtualMachineInner::tags,
            VirtualMachineInner::provisioningState,
            (account, at) -> account.compute()
                    .getVirtualMachines()
                    .getByResourceGroupWithResponseAsync(at.group(), at.name(), InstanceViewTypes.INSTANCE_VIEW)
                    .map(Response::getValue),
            (account, at, body) -> account.compute()
                    .getVirtualMachines()
                    .createOrUpdateWithResponseAsync(at.group(), at.name(), body, null, null),
            (account, at) ->
                    account.compute().getVirtualMachines().deleteWithResponseAsync(at.group(), at.name(), true));

    /** Made along with its machine; its name has the step's token in it. */
    static final Kind<DiskInner> DISK = new Kind<>(
            "Microsoft.Compute/disks",
            "disk",
            "az disk show",
            null,
            DiskInner::provisioningState,
            (account, at) -> account.compute().getDisks().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) ->
                    account.compute().getDisks().createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) -> account.compute().getDisks().deleteWithResponseAsync(at.group(), at.name()));

    private MachineKinds() {}
}
