// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.ElasticIp;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Network interfaces and elastic IP addresses over the API. */
final class InterfaceActions {

    private static final Describe<NetworkInterface> INTERFACES = new Describe<NetworkInterface>(
                    "NetworkInterfaceId", "networkInterfaceSet", region -> region.interfaceStore)
            .filter("network-interface-id", NetworkInterface::id)
            .filter("subnet-id", NetworkInterface::subnet)
            .filter("vpc-id", NetworkInterface::vpc)
            .filter("description", NetworkInterface::description)
            .filter("private-ip-address", NetworkInterface::privateIp)
            .filter("addresses.private-ip-address", NetworkInterface::privateIp)
            .filter("source-dest-check", NetworkInterface::sourceDestCheck)
            .filter("status", InterfaceActions::status)
            .filter("attachment.instance-id", card -> card.attachment().instance())
            .filters("group-id", (region, card) -> card.groups());

    private static final Describe<ElasticIp> ADDRESSES = new Describe<ElasticIp>(
                    "AllocationId", "addressesSet", region -> region.addressStore)
            .filter("allocation-id", ElasticIp::id)
            .filter("public-ip", ElasticIp::publicIp)
            .filter("association-id", ElasticIp::association)
            .filter("network-interface-id", ElasticIp::networkInterface)
            .filters("instance-id", (region, address) -> instance(region, address).stream()
                    .toList())
            .filter("domain", address -> "vpc");

    private InterfaceActions() {}

    private static Optional<String> instance(Region region, ElasticIp address) {
        return region.interfaceStore
                .find(address.networkInterface())
                .map(card -> card.attachment().instance())
                .filter(id -> !id.isEmpty());
    }

    static void register(Map<String, Action> actions) {
        actions.put("CreateNetworkInterface", InterfaceActions::create);
        actions.put("DeleteNetworkInterface", (region, params, answer) -> {
            region.interfaces.delete(params.get("NetworkInterfaceId"));
            answer.put("return", true);
        });
        actions.put(
                "DescribeNetworkInterfaces", INTERFACES.writing((region, out) -> write(region, out.xml(), out.item())));
        actions.put("ModifyNetworkInterfaceAttribute", InterfaceActions::modify);
        actions.put("DescribeNetworkInterfaceAttribute", InterfaceActions::attribute);
        actions.put("AttachNetworkInterface", InterfaceActions::attach);
        actions.put("DetachNetworkInterface", (region, params, answer) -> {
            region.interfaces.detach(params.get("AttachmentId"));
            answer.put("return", true);
        });
        actions.put("AllocateAddress", (region, params, answer) -> {
            var tags = TagActions.given(params, "elastic-ip");
            var address = region.addresses.allocate();
            region.tags.put(address.id(), tags);
            region.made(address.id());
            answer.put("publicIp", address.publicIp())
                    .put("allocationId", address.id())
                    .put("domain", "vpc");
        });
        actions.put("AssociateAddress", InterfaceActions::associate);
        actions.put("DisassociateAddress", (region, params, answer) -> {
            region.addresses.disassociate(params.get("AssociationId"));
            answer.put("return", true);
        });
        actions.put("ReleaseAddress", InterfaceActions::release);
        actions.put("DescribeAddresses", InterfaceActions::describeAddresses);
    }

    private static void create(Region region, Params params, Xml answer) {
        var tags = TagActions.given(params, "network-interface");
        var card = region.tokens.once(
                "CreateNetworkInterface",
                params.find("ClientToken"),
                params.fingerprint("ClientToken", "DryRun"),
                NetworkInterface.class,
                () -> {
                    var made = region.interfaces.create(
                            params.get("SubnetId"),
                            params.find("PrivateIpAddress"),
                            params.list("SecurityGroupId"),
                            params.find("Description").orElse(""));
                    region.tags.put(made.id(), tags);
                    region.made(made.id());
                    return made;
                });
        var now = region.interfaceStore.find(card.id()).orElse(card);
        answer.in("networkInterface", xml -> write(region, xml, now));
        params.find("ClientToken").ifPresent(token -> answer.put("clientToken", token));
    }

    private static void attach(Region region, Params params, Xml answer) {
        var card = region.interfaceStore.get(params.get("NetworkInterfaceId"));
        var instance = region.instanceStore.get(params.get("InstanceId"));
        var index = params.number("DeviceIndex").orElseThrow(() -> AwsError.missing("DeviceIndex"));
        if (!instance.alive()) {
            throw AwsError.of("IncorrectState", "Instance '%s' is not 'running' or 'stopped'.", instance.id());
        }
        if (!region.subnetStore.get(card.subnet()).zone().equals(instance.zone())) {
            throw AwsError.of(
                    "InvalidParameterCombination",
                    "You may not attach a network interface to an instance if they are not in the same availability zone");
        }
        var made = region.interfaces.attach(card.id(), instance.id(), index, false);
        answer.put("attachmentId", made.id());
    }

    private static void modify(Region region, Params params, Xml answer) {
        var card = region.interfaceStore.get(params.get("NetworkInterfaceId"));
        var groups = params.list("SecurityGroupId");
        var check = params.find("SourceDestCheck.Value").map(Boolean::parseBoolean);
        var description = params.find("Description.Value");
        var attachment = params.find("Attachment.AttachmentId");
        var given = (groups.isEmpty() ? 0 : 1)
                + Stream.of(check, description, attachment)
                        .filter(Optional::isPresent)
                        .count();
        if (given != 1) {
            throw AwsError.of(
                    "InvalidParameterCombination",
                    given == 0 ? "No attributes specified." : "Fields for multiple attribute types specified");
        }
        region.interfaces.checkGroups(card.vpc(), groups);
        var changed = groups.isEmpty() ? card : card.withGroups(groups);
        changed = check.map(changed::withSourceDestCheck).orElse(changed);
        region.interfaceStore.put(description.map(changed::withDescription).orElse(changed));
        attachment.ifPresent(
                id -> region.interfaces.deleteOnTermination(id, params.flag("Attachment.DeleteOnTermination")));
        answer.put("return", true);
    }

    private static void attribute(Region region, Params params, Xml answer) {
        var card = region.interfaceStore.get(params.get("NetworkInterfaceId"));
        answer.put("networkInterfaceId", card.id());
        switch (params.get("Attribute")) {
            case "sourceDestCheck" -> answer.in("sourceDestCheck", xml -> xml.put("value", card.sourceDestCheck()));
            case "description" -> answer.in("description", xml -> xml.put("value", card.description()));
            case "groupSet" -> groups(region, answer, card);
            default ->
                throw AwsError.invalid("Value (%s) for parameter attribute is invalid.", params.get("Attribute"));
        }
    }

    private static void associate(Region region, Params params, Xml answer) {
        var card = params.find("NetworkInterfaceId");
        var instance = params.find("InstanceId");
        if (card.isPresent() && instance.isPresent()) {
            throw AwsError.of(
                    "InvalidParameterCombination", "You may specify only one of network interface or instance id");
        }
        var allocation = params.find("AllocationId")
                .or(() -> params.find("PublicIp").map(ip -> owned(region, ip).id()))
                .orElseThrow(() -> AwsError.missing("AllocationId"));
        var target = card.or(() -> instance.map(id -> primary(region, id)))
                .orElseThrow(() -> AwsError.missing("NetworkInterfaceId"));
        var made = region.addresses.associate(allocation, target, params.flag("AllowReassociation"));
        answer.put("return", true).put("associationId", made);
    }

    private static ElasticIp owned(Region region, String publicIp) {
        return region.addresses
                .byAddress(publicIp)
                .orElseThrow(() -> AwsError.of("AuthFailure", "The address '%s' does not belong to you.", publicIp));
    }

    private static void release(Region region, Params params, Xml answer) {
        if (params.find("AllocationId").isEmpty() && params.find("PublicIp").isPresent()) {
            owned(region, params.get("PublicIp"));
            throw AwsError.invalid("You must specify an allocation id when releasing a VPC elastic IP address");
        }
        region.addresses.release(params.get("AllocationId"));
        answer.put("return", true);
    }

    static String primary(Region region, String id) {
        var instance = region.instanceStore.get(id);
        if (instance.state() != Model.InstanceState.RUNNING && instance.state() != Model.InstanceState.STOPPED) {
            throw AwsError.of(
                    "InvalidInstanceID",
                    "The %s instance '%s' is not in a valid state for this operation.",
                    instance.state().text,
                    id);
        }
        return region.instances.onlyInterface(id).id();
    }

    private static void describeAddresses(Region region, Params params, Xml answer) {
        var wanted = params.list("PublicIp");
        for (var ip : wanted) {
            if (region.addresses.byAddress(ip).isEmpty()) {
                throw AwsError.of("InvalidAddress.NotFound", "Address '%s' not found.", ip);
            }
        }
        var selected = ADDRESSES.select(region, params).stream()
                .filter(address ->
                        wanted.isEmpty() || wanted.contains(address.publicIp().toString()))
                .toList();
        answer.each("addressesSet", selected, (xml, address) -> write(region, xml, address));
    }

    private static String status(NetworkInterface card) {
        return card.attachment().exists() ? "in-use" : "available";
    }

    private static void groups(Region region, Xml xml, NetworkInterface card) {
        xml.each("groupSet", card.groups(), (one, id) -> one.put("groupId", id)
                .put(
                        "groupName",
                        region.groupStore
                                .find(id)
                                .map(Model.SecurityGroup::name)
                                .orElse("")));
    }

    static void write(Region region, Xml xml, NetworkInterface card) {
        xml.put("networkInterfaceId", card.id())
                .put("subnetId", card.subnet())
                .put("vpcId", card.vpc())
                .put("availabilityZone", region.subnetStore.get(card.subnet()).zone())
                .put("description", card.description())
                .put("ownerId", region.account)
                .put("status", status(card))
                .put("privateIpAddress", card.privateIp())
                .put("sourceDestCheck", card.sourceDestCheck())
                .put("interfaceType", "interface");
        groups(region, xml, card);
        var attachment = card.attachment();
        if (attachment.exists()) {
            xml.in("attachment", one -> one.put("attachmentId", attachment.id())
                    .put("instanceId", attachment.instance())
                    .put("instanceOwnerId", region.account)
                    .put("deviceIndex", attachment.index())
                    .put("status", "attached")
                    .put("deleteOnTermination", attachment.deleteOnTermination()));
        }
        association(region, xml, card);
        xml.each("privateIpAddressesSet", List.of(card), (one, same) -> {
            one.put("privateIpAddress", same.privateIp()).put("primary", true);
            association(region, one, same);
        });
        TagActions.write(region, xml, card.id());
    }

    private static void association(Region region, Xml xml, NetworkInterface card) {
        region.addresses
                .publicAddressOf(card)
                .ifPresent(publicIp -> xml.in("association", one -> {
                    var elastic = region.addresses.of(card.id());
                    one.put("publicIp", publicIp).put("ipOwnerId", elastic.isPresent() ? region.account : "amazon");
                    elastic.ifPresent(address ->
                            one.put("allocationId", address.id()).put("associationId", address.association()));
                }));
    }

    private static void write(Region region, Xml xml, ElasticIp address) {
        xml.put("publicIp", address.publicIp())
                .put("allocationId", address.id())
                .put("domain", "vpc");
        var card = Optional.of(address.networkInterface())
                .filter(id -> !id.isEmpty())
                .map(region.interfaceStore::get);
        card.ifPresent(one -> xml.put("associationId", address.association())
                .put("networkInterfaceId", one.id())
                .put("networkInterfaceOwnerId", region.account)
                .put("privateIpAddress", one.privateIp())
                .putIf("instanceId", one.attachment().instance()));
        TagActions.write(region, xml, address.id());
    }
}
