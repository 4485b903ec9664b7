// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.aws.Model.Attachment;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import io.hybridpipe.sim.aws.Model.Subnet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Elastic network interfaces: their private addresses, groups and attachments. */
final class NetworkInterfaces {

    /** AWS keeps the first four addresses of a subnet and the last one. */
    private static final int RESERVED_AT_START = 4;

    /** From "Amazon VPC quotas". */
    static final int GROUPS_PER_INTERFACE = 5;

    private final Region region;

    NetworkInterfaces(Region region) {
        this.region = region;
    }

    NetworkInterface create(String subnetId, Optional<String> privateIp, List<String> groups, String description) {
        var subnet = region.subnetStore.get(subnetId);
        var chosen = groups.isEmpty() ? List.of(defaultGroup(subnet.vpc())) : groups;
        checkGroups(subnet.vpc(), chosen);
        var address = privateIp.map(text -> wanted(subnet, text)).orElseGet(() -> firstFree(subnet));
        return region.interfaceStore.put(new NetworkInterface(
                region.ids.next("eni"),
                subnetId,
                subnet.vpc(),
                address,
                List.copyOf(chosen),
                true,
                description,
                Attachment.NONE,
                ""));
    }

    void delete(String id) {
        if (region.interfaceStore.get(id).attachment().exists()) {
            throw AwsError.invalid("Network interface '%s' is currently in use.", id)
                    .asConflict();
        }
        remove(id);
    }

    /** Removes an interface, attached or not, and gives up its elastic address. */
    void remove(String id) {
        region.addresses.of(id).ifPresent(address -> region.addresses.disassociate(address.association()));
        region.interfaceStore.remove(id);
        region.tags.forget(id);
    }

    /** Sets whether an attached interface ends with its instance. */
    void deleteOnTermination(String attachmentId, boolean delete) {
        var card = byAttachment(attachmentId);
        region.interfaceStore.put(card.withAttachment(card.attachment().deletedOnTermination(delete)));
    }

    Attachment attach(String id, String instance, int index, boolean deleteOnTermination) {
        var card = region.interfaceStore.get(id);
        if (card.attachment().exists()) {
            throw AwsError.of("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", id);
        }
        if (of(instance).stream().anyMatch(other -> other.attachment().index() == index)) {
            throw AwsError.invalid(
                            "Instance '%s' already has an interface attached at device index '%d'.", instance, index)
                    .asConflict();
        }
        var attachment = new Attachment(region.ids.next("eni-attach"), instance, index, deleteOnTermination);
        region.interfaceStore.put(card.withAttachment(attachment));
        return attachment;
    }

    void detach(String attachmentId) {
        var card = byAttachment(attachmentId);
        if (card.attachment().index() == 0) {
            throw AwsError.of("OperationNotPermitted", "The network interface at device index 0 cannot be detached.");
        }
        region.interfaceStore.put(card.withAttachment(Attachment.NONE));
    }

    private NetworkInterface byAttachment(String id) {
        return region.interfaceStore.where(card -> card.attachment().id().equals(id)).stream()
                .findFirst()
                .orElseThrow(
                        () -> AwsError.of("InvalidAttachmentID.NotFound", "The attachment '%s' does not exist", id));
    }

    /** The interfaces of an instance, the primary one first. */
    List<NetworkInterface> of(String instance) {
        return region.interfaceStore.where(card -> card.attachment().instance().equals(instance)).stream()
                .sorted(Comparator.comparingInt(card -> card.attachment().index()))
                .toList();
    }

    void checkGroups(String vpc, List<String> groups) {
        if (groups.size() > GROUPS_PER_INTERFACE) {
            throw AwsError.of(
                    "SecurityGroupsPerInterfaceLimitExceeded",
                    "The maximum number of security groups per interface has been reached.");
        }
        for (var id : groups) {
            if (!region.groupStore.get(id).vpc().equals(vpc)) {
                throw AwsError.of(
                        "InvalidParameter", "Security group %s and VPC %s belong to different networks.", id, vpc);
            }
        }
    }

    private String defaultGroup(String vpc) {
        return region.groupStore
                .where(group -> group.vpc().equals(vpc) && group.name().equals("default"))
                .get(0)
                .id();
    }

    private IPAddress wanted(Subnet subnet, String text) {
        var address = Cidr.address(text);
        if (!subnet.cidr().contains(address) || reserved(subnet, address)) {
            throw AwsError.invalid("Address does not fall within the subnet's address range");
        }
        if (taken(subnet, address)) {
            throw AwsError.of("InvalidIPAddress.InUse", "The specified address is already in use.");
        }
        return address;
    }

    private IPAddress firstFree(Subnet subnet) {
        var first = subnet.cidr().getLower().withoutPrefixLength();
        var size = subnet.cidr().getCount().longValueExact();
        for (long offset = RESERVED_AT_START; offset < size - 1; offset++) {
            var address = first.increment(offset);
            if (!taken(subnet, address)) {
                return address;
            }
        }
        throw AwsError.of(
                "InsufficientFreeAddressesInSubnet",
                "There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.",
                subnet.id());
    }

    private boolean taken(Subnet subnet, IPAddress address) {
        return region.interfaceStore.any(
                card -> card.subnet().equals(subnet.id()) && card.privateIp().equals(address));
    }

    private static boolean reserved(Subnet subnet, IPAddress address) {
        var first = subnet.cidr().getLower().withoutPrefixLength();
        return address.compareTo(first.increment(RESERVED_AT_START)) < 0
                || address.equals(subnet.cidr().getUpper().withoutPrefixLength());
    }
}
