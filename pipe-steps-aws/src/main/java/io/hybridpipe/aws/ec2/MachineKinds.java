// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/** The kinds of resources that make up a machine. */
final class MachineKinds {
    static final Kind<NetworkInterface> NETWORK_INTERFACE = new Kind<>(
            "AWS::EC2::NetworkInterface",
            ResourceType.NETWORK_INTERFACE,
            "ec2 describe-network-interfaces --network-interface-ids",
            "network-interface-id",
            NetworkInterface::networkInterfaceId,
            NetworkInterface::tagSet,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeNetworkInterfaces",
                    page -> account.ec2()
                            .describeNetworkInterfaces(r -> r.filters(filters).nextToken(page)),
                    DescribeNetworkInterfacesResponse::networkInterfaces,
                    DescribeNetworkInterfacesResponse::nextToken));

    static final Kind<Address> ADDRESS = new Kind<>(
            "AWS::EC2::EIP",
            ResourceType.ELASTIC_IP,
            "ec2 describe-addresses --allocation-ids",
            "allocation-id",
            Address::allocationId,
            Address::tags,
            (account, calls, filters) -> calls.reading(
                            "DescribeAddresses", () -> account.ec2().describeAddresses(r -> r.filters(filters)))
                    .flatMapIterable(answer -> answer.addresses()));

    /** Instances, those too that are terminated: EC2 shows them for another hour. */
    static final Kind<Instance> ANY_INSTANCE = instances(List.of());

    /** Instances that are not terminated. */
    static final Kind<Instance> INSTANCE = instances(List.of(Filter.builder()
            .name("instance-state-name")
            .values("pending", "running", "stopping", "stopped", "shutting-down")
            .build()));

    private MachineKinds() {}

    private static Kind<Instance> instances(List<Filter> only) {
        return new Kind<>(
                "AWS::EC2::Instance",
                ResourceType.INSTANCE,
                "ec2 describe-instances --instance-ids",
                "instance-id",
                Instance::instanceId,
                Instance::tags,
                (account, calls, filters) -> calls.readingAll(
                        "DescribeInstances",
                        page -> account.ec2()
                                .describeInstances(r -> r.filters(Stream.concat(filters.stream(), only.stream())
                                                .toList())
                                        .nextToken(page)),
                        (DescribeInstancesResponse answer) -> answer.reservations().stream()
                                .flatMap(reservation -> reservation.instances().stream())
                                .toList(),
                        DescribeInstancesResponse::nextToken));
    }
}
