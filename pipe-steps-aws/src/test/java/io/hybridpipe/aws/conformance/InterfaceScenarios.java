// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttribute;

/** Network interfaces and elastic addresses. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class InterfaceScenarios {
    private static final String NO_CARD = "eni-00000000000000000";
    private static final String NO_ADDRESS = "eipalloc-00000000000000000";

    private InterfaceScenarios() {}

    static List<Scenario> all() {
        return Stream.of(interfaces(), addresses()).flatMap(List::stream).toList();
    }

    private static List<Scenario> interfaces() {
        return List.of(
                ok("CreateNetworkInterface", "an address, a group and tags", g -> g.ec2()
                        .createNetworkInterface(r -> r.subnetId(g.subnet())
                                .privateIpAddress("10.1.1.10")
                                .groups(g.group())
                                .description("controller")
                                .tagSpecifications(t -> t.resourceType("network-interface")
                                        .tags(tag -> tag.key("pipe").value("fednet"))))),
                ok("CreateNetworkInterface", "the same client token twice", g -> {
                    String subnet = g.subnet();
                    g.ec2()
                            .createNetworkInterface(r -> r.subnetId(subnet)
                                    .privateIpAddress("10.1.1.10")
                                    .clientToken("once"))
                            .join();
                    return g.ec2().createNetworkInterface(r -> r.subnetId(subnet)
                            .privateIpAddress("10.1.1.10")
                            .clientToken("once"));
                }),
                refused("CreateNetworkInterface", "IdempotentParameterMismatch", "a used client token", g -> {
                    String subnet = g.subnet();
                    g.ec2()
                            .createNetworkInterface(r -> r.subnetId(subnet)
                                    .privateIpAddress("10.1.1.10")
                                    .clientToken("once"))
                            .join();
                    return g.ec2().createNetworkInterface(r -> r.subnetId(subnet)
                            .privateIpAddress("10.1.1.11")
                            .clientToken("once"));
                }),
                refused("CreateNetworkInterface", "InvalidIPAddress.InUse", "a taken address", g -> {
                    g.card();
                    return g.ec2()
                            .createNetworkInterface(r -> r.subnetId(g.subnet()).privateIpAddress("10.1.1.10"));
                }),
                refused("CreateNetworkInterface", "InvalidParameterValue", "an address outside", g -> g.ec2()
                        .createNetworkInterface(r -> r.subnetId(g.subnet()).privateIpAddress("10.9.9.9"))),
                refused("CreateNetworkInterface", "InvalidSubnetID.NotFound", "in an unknown subnet", g -> g.ec2()
                        .createNetworkInterface(r -> r.subnetId("subnet-00000000000000000"))),
                refused("CreateNetworkInterface", "InvalidGroup.NotFound", "in an unknown group", g -> g.ec2()
                        .createNetworkInterface(r -> r.subnetId(g.subnet()).groups("sg-00000000000000000"))),
                ok("DeleteNetworkInterface", "a free one", g -> g.ec2()
                        .deleteNetworkInterface(r -> r.networkInterfaceId(g.card()))),
                refused("DeleteNetworkInterface", "InvalidParameterValue", "in use by an instance", g -> {
                    g.instance();
                    return g.ec2().deleteNetworkInterface(r -> r.networkInterfaceId(g.card()));
                }),
                refused("DeleteNetworkInterface", "InvalidNetworkInterfaceID.NotFound", "unknown", g -> g.ec2()
                        .deleteNetworkInterface(r -> r.networkInterfaceId(NO_CARD))),
                ok("DescribeNetworkInterfaces", "a free one", g -> g.ec2()
                        .describeNetworkInterfaces(r -> r.networkInterfaceIds(g.card()))),
                ok("DescribeNetworkInterfaces", "one of an instance, by that", g -> {
                    g.card("10.1.1.11");
                    return g.ec2()
                            .describeNetworkInterfaces(r -> r.filters(filter("attachment.instance-id", g.instance())));
                }),
                ok("DescribeNetworkInterfaces", "one with an elastic address", g -> {
                            g.mappedAddress();
                            return g.ec2().describeNetworkInterfaces(r -> r.networkInterfaceIds(g.card()));
                        })
                        .leaving(".*publicIp"),
                refused("DescribeNetworkInterfaces", "InvalidNetworkInterfaceID.NotFound", "unknown", g -> g.ec2()
                        .describeNetworkInterfaces(r -> r.networkInterfaceIds(NO_CARD))),
                ok("ModifyNetworkInterfaceAttribute", "source/dest check off", g -> g.ec2()
                        .modifyNetworkInterfaceAttribute(
                                r -> r.networkInterfaceId(g.card()).sourceDestCheck(v -> v.value(false)))),
                ok("ModifyNetworkInterfaceAttribute", "other groups", g -> g.ec2()
                        .modifyNetworkInterfaceAttribute(
                                r -> r.networkInterfaceId(g.card()).groups(g.group("db")))),
                refused("ModifyNetworkInterfaceAttribute", "InvalidNetworkInterfaceID.NotFound", "unknown", g -> g.ec2()
                        .modifyNetworkInterfaceAttribute(
                                r -> r.networkInterfaceId(NO_CARD).sourceDestCheck(v -> v.value(false)))),
                ok("DescribeNetworkInterfaceAttribute", "source/dest check", g -> g.ec2()
                        .describeNetworkInterfaceAttribute(r ->
                                r.networkInterfaceId(g.card()).attribute(NetworkInterfaceAttribute.SOURCE_DEST_CHECK))),
                refused(
                        "DescribeNetworkInterfaceAttribute",
                        "InvalidNetworkInterfaceID.NotFound",
                        "unknown",
                        g -> g.ec2().describeNetworkInterfaceAttribute(r -> r.networkInterfaceId(NO_CARD)
                                .attribute(NetworkInterfaceAttribute.SOURCE_DEST_CHECK))),
                ok("AttachNetworkInterface", "as the second of an instance", g -> {
                    g.instance();
                    return g.ec2().attachNetworkInterface(r -> r.networkInterfaceId(g.card("10.1.1.11"))
                            .instanceId(g.instance())
                            .deviceIndex(1));
                }),
                refused("AttachNetworkInterface", "InvalidInstanceID.NotFound", "to an unknown instance", g -> g.ec2()
                        .attachNetworkInterface(r -> r.networkInterfaceId(g.card())
                                .instanceId("i-00000000000000000")
                                .deviceIndex(1))),
                ok("DetachNetworkInterface", "the second of an instance", g -> {
                    String attachment = g.ec2()
                            .attachNetworkInterface(r -> r.networkInterfaceId(g.card("10.1.1.11"))
                                    .instanceId(g.instance())
                                    .deviceIndex(1))
                            .join()
                            .attachmentId();
                    return g.ec2().detachNetworkInterface(r -> r.attachmentId(attachment));
                }),
                refused("DetachNetworkInterface", "InvalidAttachmentID.NotFound", "unknown", g -> g.ec2()
                        .detachNetworkInterface(r -> r.attachmentId("eni-attach-00000000000000000"))));
    }

    private static List<Scenario> addresses() {
        return List.of(
                ok("AllocateAddress", "tags", g -> g.ec2().allocateAddress(r -> r.domain("vpc")
                                .tagSpecifications(t -> t.resourceType("elastic-ip")
                                        .tags(tag -> tag.key("pipe").value("fednet")))))
                        .leaving("publicIp"),
                ok("ReleaseAddress", "a free one", g -> g.ec2().releaseAddress(r -> r.allocationId(g.address()))),
                refused("ReleaseAddress", "InvalidIPAddress.InUse", "mapped to an interface", g -> {
                    g.mappedAddress();
                    return g.ec2().releaseAddress(r -> r.allocationId(g.address()));
                }),
                refused("ReleaseAddress", "InvalidAllocationID.NotFound", "unknown", g -> g.ec2()
                        .releaseAddress(r -> r.allocationId(NO_ADDRESS))),
                ok("AssociateAddress", "an interface without any", g -> {
                    g.gateway();
                    return g.ec2()
                            .associateAddress(r -> r.allocationId(g.address()).networkInterfaceId(g.card()));
                }),
                refused("AssociateAddress", "Resource.AlreadyAssociated", "mapped to another interface", g -> {
                    g.mappedAddress();
                    return g.ec2().associateAddress(r -> r.allocationId(g.address())
                            .networkInterfaceId(g.card("10.1.1.11"))
                            .allowReassociation(false));
                }),
                refused("AssociateAddress", "Gateway.NotAttached", "in a VPC without a gateway", g -> g.ec2()
                        .associateAddress(r -> r.allocationId(g.address()).networkInterfaceId(g.card()))),
                refused("AssociateAddress", "InvalidAllocationID.NotFound", "unknown", g -> {
                    g.gateway();
                    return g.ec2()
                            .associateAddress(r -> r.allocationId(NO_ADDRESS).networkInterfaceId(g.card()));
                }),
                refused("AssociateAddress", "InvalidNetworkInterfaceID.NotFound", "unknown interface", g -> g.ec2()
                        .associateAddress(r -> r.allocationId(g.address()).networkInterfaceId(NO_CARD))),
                ok("DisassociateAddress", "mapped to an interface", g -> {
                    String mapped = g.mappedAddress();
                    return g.ec2().disassociateAddress(r -> r.associationId(mapped));
                }),
                refused("DisassociateAddress", "InvalidAssociationID.NotFound", "unknown", g -> g.ec2()
                        .disassociateAddress(r -> r.associationId("eipassoc-00000000000000000"))),
                ok("DescribeAddresses", "a free one", g -> g.ec2().describeAddresses(r -> r.allocationIds(g.address())))
                        .leaving("addresses\\[0\\].publicIp"),
                ok("DescribeAddresses", "mapped to an interface", g -> {
                            g.mappedAddress();
                            return g.ec2().describeAddresses(r -> r.allocationIds(g.address()));
                        })
                        .leaving("addresses\\[0\\].publicIp"),
                refused("DescribeAddresses", "InvalidAllocationID.NotFound", "unknown", g -> g.ec2()
                        .describeAddresses(r -> r.allocationIds(NO_ADDRESS))));
    }
}
