// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;

/** What is asked for dry: whether it is permitted. Each call would succeed otherwise. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class DryRunScenarios {
    private DryRunScenarios() {}

    static List<Scenario> all() {
        return List.of(
                dry("CreateVpc", g -> g.ec2()
                        .createVpc(r -> r.cidrBlock("10.1.0.0/16").dryRun(true))),
                dry("DeleteVpc", g -> g.ec2().deleteVpc(r -> r.vpcId(g.vpc()).dryRun(true))),
                dry("CreateSubnet", g -> g.ec2()
                        .createSubnet(
                                r -> r.vpcId(g.vpc()).cidrBlock("10.1.1.0/24").dryRun(true))),
                dry("DeleteSubnet", g -> g.ec2()
                        .deleteSubnet(r -> r.subnetId(g.subnet()).dryRun(true))),
                dry("CreateInternetGateway", g -> g.ec2().createInternetGateway(r -> r.dryRun(true))),
                dry("AttachInternetGateway", g -> g.ec2()
                        .attachInternetGateway(r -> r.internetGatewayId(g.looseGateway())
                                .vpcId(g.vpc())
                                .dryRun(true))),
                dry("CreateRouteTable", g -> g.ec2()
                        .createRouteTable(r -> r.vpcId(g.vpc()).dryRun(true))),
                dry("AssociateRouteTable", g -> g.ec2()
                        .associateRouteTable(r ->
                                r.routeTableId(g.table()).subnetId(g.subnet()).dryRun(true))),
                dry("CreateRoute", g -> g.ec2().createRoute(r -> r.routeTableId(g.table())
                        .destinationCidrBlock("0.0.0.0/0")
                        .gatewayId(g.gateway())
                        .dryRun(true))),
                dry("CreateSecurityGroup", g -> g.ec2().createSecurityGroup(r -> r.vpcId(g.vpc())
                        .groupName("web")
                        .description("web")
                        .dryRun(true))),
                dry("AuthorizeSecurityGroupIngress", g -> g.ec2()
                        .authorizeSecurityGroupIngress(r -> r.groupId(g.group())
                                .ipPermissions(p -> p.ipProtocol("tcp")
                                        .fromPort(8000)
                                        .toPort(8000)
                                        .ipRanges(range -> range.cidrIp("203.0.113.7/32")))
                                .dryRun(true))),
                dry("CreateNetworkInterface", g -> g.ec2()
                        .createNetworkInterface(r -> r.subnetId(g.subnet()).dryRun(true))),
                dry("AllocateAddress", g -> g.ec2().allocateAddress(r -> r.dryRun(true))),
                dry("RunInstances", g -> {
                    String subnet = g.subnet();
                    return g.ec2().runInstances(r -> r.imageId(Ground.IMAGE)
                            .instanceType("t3.small")
                            .minCount(1)
                            .maxCount(1)
                            .subnetId(subnet)
                            .dryRun(true));
                }),
                dry("CreateKeyPair", g -> g.ec2()
                        .createKeyPair(r -> r.keyName("bootstrap").dryRun(true))),
                dry("CreateTags", g -> g.ec2().createTags(r -> r.resources(g.vpc())
                        .tags(t -> t.key("pipe").value("fednet"))
                        .dryRun(true))),
                dry("DescribeVpcs", g -> g.ec2().describeVpcs(r -> r.dryRun(true))));
    }

    private static Scenario dry(String action, Scenario.Call call) {
        return refused(action, "DryRunOperation", "dry", call);
    }
}
