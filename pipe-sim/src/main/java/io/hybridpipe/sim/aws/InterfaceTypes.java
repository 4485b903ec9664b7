// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Map;
import java.util.Set;

/** Network interfaces and elastic addresses in stacks. */
final class InterfaceTypes {

    private InterfaceTypes() {}

    static ResourceType networkInterface() {
        return new ResourceType("AWS::EC2::NetworkInterface")
                .requires("SubnetId")
                .allows("PrivateIpAddress")
                .changes("GroupSet", "SourceDestCheck", "Description")
                .tagged()
                .made((region, props, name) -> {
                    var card = region.interfaces.create(
                            props.get("SubnetId"),
                            props.find("PrivateIpAddress"),
                            props.list("GroupSet"),
                            props.or("Description", ""));
                    region.interfaceStore.put(card.withSourceDestCheck(
                            props.flag("SourceDestCheck").orElse(true)));
                    return card.id();
                })
                .updated((region, id, old, wanted) -> {
                    var card = region.interfaceStore.get(id);
                    region.interfaces.checkGroups(card.vpc(), wanted.list("GroupSet"));
                    region.interfaceStore.put(card.withGroups(
                                    wanted.list("GroupSet").isEmpty() ? card.groups() : wanted.list("GroupSet"))
                            .withDescription(wanted.or("Description", ""))
                            .withSourceDestCheck(wanted.flag("SourceDestCheck").orElse(true)));
                })
                .deleted((region, id, props) -> region.interfaces.delete(id))
                .attributes(Set.of("Id", "PrimaryPrivateIpAddress", "VpcId"), (region, id, props) -> {
                    var card = region.interfaceStore.get(id);
                    return Map.of(
                            "Id", id,
                            "PrimaryPrivateIpAddress", card.privateIp().toString(),
                            "VpcId", card.vpc());
                });
    }

    static ResourceType attachment() {
        return new ResourceType("AWS::EC2::NetworkInterfaceAttachment")
                .requires("DeviceIndex", "InstanceId", "NetworkInterfaceId")
                .allows("DeleteOnTermination")
                .made((region, props, name) -> {
                    region.instanceStore.get(props.get("InstanceId"));
                    return region.interfaces
                            .attach(
                                    props.get("NetworkInterfaceId"),
                                    props.get("InstanceId"),
                                    props.whole("DeviceIndex").orElseThrow(),
                                    props.flag("DeleteOnTermination").orElse(true))
                            .id();
                })
                .deleted((region, id, props) -> region.interfaces.detach(id))
                .attributes(Set.of("AttachmentId"), (region, id, props) -> Map.of("AttachmentId", id));
    }

    static ResourceType elasticIp() {
        return new ResourceType("AWS::EC2::EIP")
                .allows("Domain")
                .changes("InstanceId")
                .tagged()
                .made((region, props, name) -> {
                    var address = region.addresses.allocate();
                    attach(region, address.id(), props);
                    return address.publicIp().toString();
                })
                .updated((region, id, old, wanted) -> {
                    var address = region.addressStore.get(allocation(region, id));
                    if (!old.find("InstanceId").equals(wanted.find("InstanceId"))) {
                        if (!address.association().isEmpty()) {
                            region.addresses.disassociate(address.association());
                        }
                        attach(region, address.id(), wanted);
                    }
                })
                .deleted((region, id, props) -> region.addresses.byAddress(id).ifPresent(address -> {
                    if (!address.association().isEmpty()
                            && props.find("InstanceId").isPresent()) {
                        region.addresses.disassociate(address.association());
                    }
                    region.addresses.release(address.id());
                }))
                .attributes(
                        Set.of("AllocationId", "PublicIp"),
                        (region, id, props) -> Map.of("AllocationId", allocation(region, id), "PublicIp", id))
                .taggedAt(InterfaceTypes::allocation);
    }

    private static void attach(Region region, String allocation, Props props) {
        props.find("InstanceId")
                .ifPresent(instance ->
                        region.addresses.associate(allocation, InterfaceActions.primary(region, instance), false));
    }

    private static String allocation(Region region, String publicIp) {
        return region.addresses
                .byAddress(publicIp)
                .map(Model.ElasticIp::id)
                .orElseThrow(() -> AwsError.of("InvalidAddress.NotFound", "Address '%s' not found.", publicIp));
    }

    static ResourceType elasticIpAssociation() {
        return new ResourceType("AWS::EC2::EIPAssociation")
                .allows("AllocationId", "EIP", "NetworkInterfaceId", "InstanceId")
                .made((region, props, name) -> {
                    var allocation = props.find("AllocationId")
                            .or(() -> props.find("EIP").map(ip -> allocation(region, ip)))
                            .orElseThrow(() -> AwsError.missing("AllocationId"));
                    var target = props.find("NetworkInterfaceId")
                            .or(() -> props.find("InstanceId").map(id -> InterfaceActions.primary(region, id)))
                            .orElseThrow(() -> AwsError.missing("NetworkInterfaceId"));
                    return region.addresses.associate(allocation, target, false);
                })
                .deleted((region, id, props) -> region.addresses.disassociate(id))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }
}
