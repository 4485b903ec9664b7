// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;

/** VPC peering, in one account and across two. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class PeeringScenarios {
    private static final String NO_PEERING = "pcx-00000000000000000";

    private PeeringScenarios() {}

    static List<Scenario> all() {
        return List.of(
                ok("CreateVpcPeeringConnection", "in one account, with tags", g -> g.ec2()
                        .createVpcPeeringConnection(r -> r.vpcId(g.vpc())
                                .peerVpcId(g.vpc("10.2.0.0/16"))
                                .tagSpecifications(t -> t.resourceType("vpc-peering-connection")
                                        .tags(tag -> tag.key("pipe").value("fednet"))))),
                ok("CreateVpcPeeringConnection", "with another account's VPC", g -> {
                    String theirs = g.inOtherAccount().vpc("10.2.0.0/16");
                    return g.ec2()
                            .createVpcPeeringConnection(
                                    r -> r.vpcId(g.vpc()).peerVpcId(theirs).peerOwnerId(Ground.OTHER_ACCOUNT));
                }),
                refused("CreateVpcPeeringConnection", "InvalidVpcID.NotFound", "of an unknown VPC", g -> g.ec2()
                        .createVpcPeeringConnection(
                                r -> r.vpcId("vpc-00000000000000000").peerVpcId(g.vpc()))),
                ok("AcceptVpcPeeringConnection", "in one account", g -> {
                    String peering = requested(g);
                    return g.ec2().acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                ok("AcceptVpcPeeringConnection", "by the other account", g -> {
                    Ground other = g.inOtherAccount();
                    String peering = requestedOf(g, other);
                    return other.ec2().acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                refused("AcceptVpcPeeringConnection", "OperationNotPermitted", "by the one that asked", g -> {
                    String peering = requestedOf(g, g.inOtherAccount());
                    return g.ec2().acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                refused("AcceptVpcPeeringConnection", "InvalidStateTransition", "a rejected one", g -> {
                    String peering = requested(g);
                    g.ec2()
                            .rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering))
                            .join();
                    return g.ec2().acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                refused("AcceptVpcPeeringConnection", "InvalidVpcPeeringConnectionID.NotFound", "unknown", g -> g.ec2()
                        .acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(NO_PEERING))),
                ok("RejectVpcPeeringConnection", "a request", g -> {
                    String peering = requested(g);
                    return g.ec2().rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                refused("RejectVpcPeeringConnection", "InvalidVpcPeeringConnectionID.NotFound", "unknown", g -> g.ec2()
                        .rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(NO_PEERING))),
                ok("DeleteVpcPeeringConnection", "an active one", g -> {
                    String peering = active(g);
                    return g.ec2().deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                refused("DeleteVpcPeeringConnection", "InvalidVpcPeeringConnectionID.NotFound", "unknown", g -> g.ec2()
                        .deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(NO_PEERING))),
                refused("DeleteVpcPeeringConnection", "InvalidStateTransition", "a rejected one", g -> {
                    String peering = requested(g);
                    g.ec2()
                            .rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering))
                            .join();
                    return g.ec2().deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(peering));
                }),
                ok("DescribeVpcPeeringConnections", "an active one", g -> {
                    String peering = active(g);
                    return g.ec2().describeVpcPeeringConnections(r -> r.vpcPeeringConnectionIds(peering));
                }),
                ok("DescribeVpcPeeringConnections", "by VPC, as the other account sees it", g -> {
                    Ground other = g.inOtherAccount();
                    requestedOf(g, other);
                    return other.ec2()
                            .describeVpcPeeringConnections(
                                    r -> r.filters(filter("accepter-vpc-info.vpc-id", other.vpc("10.2.0.0/16"))));
                }),
                refused(
                        "DescribeVpcPeeringConnections",
                        "InvalidVpcPeeringConnectionID.NotFound",
                        "unknown",
                        g -> g.ec2().describeVpcPeeringConnections(r -> r.vpcPeeringConnectionIds(NO_PEERING))),
                ok("CreateRoute", "to a peering", g -> {
                    String peering = active(g);
                    return g.ec2().createRoute(r -> r.routeTableId(g.table())
                            .destinationCidrBlock("10.2.0.0/16")
                            .vpcPeeringConnectionId(peering));
                }),
                refused("CreateRoute", "InvalidVpcPeeringConnectionID.NotFound", "to an unknown peering", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(g.table())
                                .destinationCidrBlock("10.2.0.0/16")
                                .vpcPeeringConnectionId(NO_PEERING))),
                refused("DeleteVpc", "DependencyViolation", "an active peering holds it", g -> {
                    active(g);
                    return g.ec2().deleteVpc(r -> r.vpcId(g.vpc()));
                }));
    }

    /** A request between 10.1.0.0/16 and 10.2.0.0/16 of one account. */
    private static String requested(Ground g) {
        return request(g, g.vpc("10.2.0.0/16"), Ground.ACCOUNT);
    }

    private static String requestedOf(Ground g, Ground other) {
        return request(g, other.vpc("10.2.0.0/16"), Ground.OTHER_ACCOUNT);
    }

    private static String request(Ground g, String peer, String owner) {
        String id = g.ec2()
                .createVpcPeeringConnection(
                        r -> r.vpcId(g.vpc()).peerVpcId(peer).peerOwnerId(owner))
                .join()
                .vpcPeeringConnection()
                .vpcPeeringConnectionId();
        return await(g, id, "pending-acceptance");
    }

    private static String active(Ground g) {
        String id = requested(g);
        g.ec2().acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)).join();
        return await(g, id, "active");
    }

    private static String await(Ground g, String id, String state) {
        VpcPeeringConnection seen = g.await(
                        () -> g.ec2().describeVpcPeeringConnections(r -> r.vpcPeeringConnectionIds(id)),
                        answer -> answer.vpcPeeringConnections()
                                .get(0)
                                .status()
                                .codeAsString()
                                .equals(state))
                .vpcPeeringConnections()
                .get(0);
        return seen.vpcPeeringConnectionId();
    }
}
