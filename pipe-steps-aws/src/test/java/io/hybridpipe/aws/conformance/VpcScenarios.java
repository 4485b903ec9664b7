// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;

/** VPCs and subnets. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class VpcScenarios {
    private static final String NO_VPC = "vpc-00000000000000000";
    private static final String NO_SUBNET = "subnet-00000000000000000";

    private VpcScenarios() {}

    static List<Scenario> all() {
        return List.of(
                ok("CreateVpc", "a block and tags", g -> g.ec2()
                        .createVpc(r -> r.cidrBlock("10.1.0.0/16").tagSpecifications(t -> t.resourceType("vpc")
                                .tags(tag -> tag.key("pipe").value("fednet"))))),
                refused("CreateVpc", "InvalidVpc.Range", "a /8", g -> g.ec2()
                        .createVpc(r -> r.cidrBlock("10.0.0.0/8"))),
                refused("CreateVpc", "InvalidVpc.Range", "a /29", g -> g.ec2()
                        .createVpc(r -> r.cidrBlock("10.0.0.0/29"))),
                refused("CreateVpc", "InvalidParameterValue", "no block at all", g -> g.ec2()
                        .createVpc(r -> r.cidrBlock("orders"))),
                refused("CreateVpc", "MissingParameter", "no block", g -> g.ec2()
                        .createVpc(r -> {})),
                refused("CreateVpc", "VpcLimitExceeded", "the sixth", g -> {
                    IntStream.range(1, 6).forEach(i -> g.vpc("10." + i + ".0.0/16"));
                    return g.ec2().createVpc(r -> r.cidrBlock("10.6.0.0/16"));
                }),
                ok("DeleteVpc", "nothing in it", g -> g.ec2().deleteVpc(r -> r.vpcId(g.vpc()))),
                refused("DeleteVpc", "DependencyViolation", "a subnet in it", g -> {
                    g.subnet();
                    return g.ec2().deleteVpc(r -> r.vpcId(g.vpc()));
                }),
                refused("DeleteVpc", "DependencyViolation", "a gateway attached to it", g -> {
                    g.gateway();
                    return g.ec2().deleteVpc(r -> r.vpcId(g.vpc()));
                }),
                refused("DeleteVpc", "DependencyViolation", "a security group in it", g -> {
                    g.group();
                    return g.ec2().deleteVpc(r -> r.vpcId(g.vpc()));
                }),
                refused("DeleteVpc", "InvalidVpcID.NotFound", "unknown", g -> g.ec2()
                        .deleteVpc(r -> r.vpcId(NO_VPC))),
                ok("DescribeVpcs", "by id", g -> {
                    g.vpc("10.2.0.0/16");
                    return g.ec2().describeVpcs(r -> r.vpcIds(g.vpc()));
                }),
                ok("DescribeVpcs", "by a tag that none bears", g -> {
                    g.vpc();
                    return g.ec2().describeVpcs(r -> r.filters(filter("tag:token", "nobody")));
                }),
                ok("DescribeVpcs", "by a tag", g -> {
                    g.vpc("10.2.0.0/16");
                    g.ec2()
                            .createTags(r -> r.resources(g.vpc())
                                    .tags(tag -> tag.key("token").value("abc")))
                            .join();
                    return g.ec2().describeVpcs(r -> r.filters(filter("tag:token", "abc")));
                }),
                ok("DescribeVpcs", "by block", g -> {
                    g.vpc("10.2.0.0/16");
                    g.vpc();
                    return g.ec2().describeVpcs(r -> r.filters(filter("cidr", "10.2.0.0/16")));
                }),
                refused("DescribeVpcs", "InvalidVpcID.NotFound", "unknown", g -> g.ec2()
                        .describeVpcs(r -> r.vpcIds(NO_VPC))),
                refused("DescribeVpcs", "InvalidVpcID.Malformed", "an id that is none", g -> g.ec2()
                        .describeVpcs(r -> r.vpcIds("orders"))),
                refused("DescribeSubnets", "InvalidParameterValue", "an unknown filter, nothing there", g -> g.ec2()
                        .describeSubnets(r -> r.filters(filter("vpc-id", NO_VPC), filter("colour", "red")))),
                refused("DescribeVpcs", "InvalidParameterValue", "an unknown filter", g -> {
                    g.vpc();
                    return g.ec2().describeVpcs(r -> r.filters(filter("colour", "red")));
                }),
                ok("ModifyVpcAttribute", "names for hosts", g -> g.ec2()
                        .modifyVpcAttribute(r -> r.vpcId(g.vpc()).enableDnsHostnames(v -> v.value(true)))),
                refused("ModifyVpcAttribute", "InvalidVpcID.NotFound", "unknown", g -> g.ec2()
                        .modifyVpcAttribute(r -> r.vpcId(NO_VPC).enableDnsHostnames(v -> v.value(true)))),
                ok("DescribeVpcAttribute", "names for hosts, when nobody asked for them", g -> g.ec2()
                        .describeVpcAttribute(r -> r.vpcId(g.vpc()).attribute(VpcAttributeName.ENABLE_DNS_HOSTNAMES))),
                ok("DescribeVpcAttribute", "names for hosts, switched on", g -> {
                    g.ec2()
                            .modifyVpcAttribute(r -> r.vpcId(g.vpc()).enableDnsHostnames(v -> v.value(true)))
                            .join();
                    return g.ec2().describeVpcAttribute(r -> r.vpcId(g.vpc())
                            .attribute(VpcAttributeName.ENABLE_DNS_HOSTNAMES));
                }),
                refused("DescribeVpcAttribute", "InvalidVpcID.NotFound", "unknown", g -> g.ec2()
                        .describeVpcAttribute(r -> r.vpcId(NO_VPC).attribute(VpcAttributeName.ENABLE_DNS_SUPPORT))),
                ok("CreateSubnet", "a block and a zone", g -> g.ec2().createSubnet(r -> r.vpcId(g.vpc())
                        .cidrBlock("10.1.1.0/24")
                        .availabilityZone(Ground.ZONE)
                        .tagSpecifications(t -> t.resourceType("subnet")
                                .tags(tag -> tag.key("pipe").value("fednet"))))),
                refused("CreateSubnet", "InvalidSubnet.Range", "outside of the VPC", g -> g.ec2()
                        .createSubnet(r -> r.vpcId(g.vpc()).cidrBlock("10.3.0.0/24"))),
                refused("CreateSubnet", "InvalidSubnet.Range", "a /29", g -> g.ec2()
                        .createSubnet(r -> r.vpcId(g.vpc()).cidrBlock("10.1.1.0/29"))),
                refused("CreateSubnet", "InvalidSubnet.Conflict", "half of another", g -> {
                    g.subnet();
                    return g.ec2().createSubnet(r -> r.vpcId(g.vpc()).cidrBlock("10.1.1.128/25"));
                }),
                refused("CreateSubnet", "InvalidVpcID.NotFound", "an unknown VPC", g -> g.ec2()
                        .createSubnet(r -> r.vpcId(NO_VPC).cidrBlock("10.1.1.0/24"))),
                refused("CreateSubnet", "InvalidParameterValue", "a zone that is nowhere", g -> g.ec2()
                        .createSubnet(
                                r -> r.vpcId(g.vpc()).cidrBlock("10.1.1.0/24").availabilityZone("mars-1a"))),
                refused("CreateSubnet", "MissingParameter", "no VPC", g -> g.ec2()
                        .createSubnet(r -> r.cidrBlock("10.1.1.0/24"))),
                ok("DeleteSubnet", "nothing in it", g -> g.ec2().deleteSubnet(r -> r.subnetId(g.subnet()))),
                ok("DeleteSubnet", "a table associated with it", g -> {
                    g.association();
                    return g.ec2().deleteSubnet(r -> r.subnetId(g.subnet()));
                }),
                refused("DeleteSubnet", "DependencyViolation", "a network interface in it", g -> {
                    g.card();
                    return g.ec2().deleteSubnet(r -> r.subnetId(g.subnet()));
                }),
                refused("DeleteSubnet", "InvalidSubnetID.NotFound", "unknown", g -> g.ec2()
                        .deleteSubnet(r -> r.subnetId(NO_SUBNET))),
                ok("DescribeSubnets", "by VPC", g -> {
                    g.subnet();
                    g.card();
                    return g.ec2().describeSubnets(r -> r.filters(filter("vpc-id", g.vpc())));
                }),
                ok("DescribeSubnets", "by zone and VPC, of which there is none", g -> {
                    g.subnet();
                    return g.ec2()
                            .describeSubnets(r ->
                                    r.filters(filter("vpc-id", g.vpc()), filter("availability-zone", "eu-central-1b")));
                }),
                refused("DescribeSubnets", "InvalidSubnetID.NotFound", "unknown", g -> g.ec2()
                        .describeSubnets(r -> r.subnetIds(NO_SUBNET))),
                ok("ModifySubnetAttribute", "public addresses at launch", g -> g.ec2()
                        .modifySubnetAttribute(r -> r.subnetId(g.subnet()).mapPublicIpOnLaunch(v -> v.value(true)))),
                refused("ModifySubnetAttribute", "InvalidSubnetID.NotFound", "unknown", g -> g.ec2()
                        .modifySubnetAttribute(r -> r.subnetId(NO_SUBNET).mapPublicIpOnLaunch(v -> v.value(true)))),
                ok("DescribeAvailabilityZones", "all", g -> g.ec2().describeAvailabilityZones()));
    }
}
