// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.BootDiagnostics;
import com.azure.resourcemanager.compute.models.DeleteOptions;
import com.azure.resourcemanager.compute.models.DiagnosticsProfile;
import com.azure.resourcemanager.compute.models.DiskCreateOptionTypes;
import com.azure.resourcemanager.compute.models.DiskDeleteOptionTypes;
import com.azure.resourcemanager.compute.models.HardwareProfile;
import com.azure.resourcemanager.compute.models.ImageReference;
import com.azure.resourcemanager.compute.models.ManagedDiskParameters;
import com.azure.resourcemanager.compute.models.NetworkInterfaceReference;
import com.azure.resourcemanager.compute.models.NetworkProfile;
import com.azure.resourcemanager.compute.models.OSDisk;
import com.azure.resourcemanager.compute.models.OSProfile;
import com.azure.resourcemanager.compute.models.Plan;
import com.azure.resourcemanager.compute.models.StorageAccountTypes;
import com.azure.resourcemanager.compute.models.StorageProfile;
import com.azure.resourcemanager.compute.models.VirtualMachineSizeTypes;
import io.hybridpipe.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The machine that is wanted, with all inputs known.
 *
 * @param interfaces the ids of its network interfaces, the primary one first
 * @param login empty for an image that has its users already
 * @param diskType such as {@code Premium_LRS}
 */
record MachineBody(
        String name,
        String location,
        String size,
        List<String> interfaces,
        ImageReference image,
        Optional<MarketplacePlan> plan,
        Optional<Login> login,
        Optional<Secret<String>> customData,
        Optional<Secret<String>> userData,
        Optional<String> zone,
        Optional<String> diskType,
        Optional<Integer> diskSizeGb) {

    /** As it is sent, with the name of its disk. */
    VirtualMachineInner toInner(Map<String, String> tags, String diskName) {
        VirtualMachineInner body = new VirtualMachineInner()
                .withHardwareProfile(new HardwareProfile().withVmSize(VirtualMachineSizeTypes.fromString(size)))
                .withStorageProfile(
                        new StorageProfile().withImageReference(image).withOsDisk(toDisk(diskName)))
                .withNetworkProfile(new NetworkProfile()
                        .withNetworkInterfaces(IntStream.range(0, interfaces.size())
                                .mapToObj(i -> toReference(interfaces.get(i), i == 0))
                                .toList()))
                .withDiagnosticsProfile(
                        new DiagnosticsProfile().withBootDiagnostics(new BootDiagnostics().withEnabled(false)));
        login.map(this::toProfile).ifPresent(body::withOsProfile);
        plan.map(MachineBody::toPlan).ifPresent(body::withPlan);
        zone.map(List::of).ifPresent(body::withZones);
        userData.map(MachineBody::encoded).ifPresent(body::withUserData);
        body.withLocation(location).withTags(tags);
        return body;
    }

    private OSDisk toDisk(String diskName) {
        OSDisk disk = new OSDisk()
                .withName(diskName)
                .withCreateOption(DiskCreateOptionTypes.FROM_IMAGE)
                .withDeleteOption(DiskDeleteOptionTypes.DELETE);
        diskType.map(StorageAccountTypes::fromString)
                .ifPresent(type -> disk.withManagedDisk(new ManagedDiskParameters().withStorageAccountType(type)));
        diskSizeGb.ifPresent(disk::withDiskSizeGB);
        return disk;
    }

    private OSProfile toProfile(Login given) {
        OSProfile profile = given.toProfile(computerName());
        customData.map(MachineBody::encoded).ifPresent(profile::withCustomData);
        return profile;
    }

    /** Host names hold fewer characters than names of machines. */
    private String computerName() {
        String host = name.replaceAll("[^A-Za-z0-9-]", "-");
        return host.substring(0, Math.min(host.length(), 63));
    }

    private static NetworkInterfaceReference toReference(String id, boolean primary) {
        NetworkInterfaceReference reference =
                new NetworkInterfaceReference().withPrimary(primary).withDeleteOption(DeleteOptions.DETACH);
        reference.withId(id);
        return reference;
    }

    private static Plan toPlan(MarketplacePlan plan) {
        return new Plan()
                .withPublisher(plan.publisher())
                .withProduct(plan.product())
                .withName(plan.name());
    }

    private static String encoded(Secret<String> text) {
        return Base64.getEncoder().encodeToString(text.reveal().getBytes(StandardCharsets.UTF_8));
    }
}
