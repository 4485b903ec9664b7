// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import java.util.stream.Stream;

/** Internet gateways, route tables and routes. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class RoutingScenarios {
    private static final String NO_VPC = "vpc-00000000000000000";
    private static final String NO_SUBNET = "subnet-00000000000000000";
    private static final String NO_GATEWAY = "igw-00000000000000000";
    private static final String NO_TABLE = "rtb-00000000000000000";
    private static final String NO_CARD = "eni-00000000000000000";
    private static final String NO_ASSOCIATION = "rtbassoc-00000000000000000";
    private static final String ON_PREM = "10.0.0.0/16";

    private RoutingScenarios() {}

    static List<Scenario> all() {
        return Stream.of(gateways(), tables(), routes()).flatMap(List::stream).toList();
    }

    private static List<Scenario> gateways() {
        return List.of(
                ok("CreateInternetGateway", "tags", g -> g.ec2()
                        .createInternetGateway(r -> r.tagSpecifications(t -> t.resourceType("internet-gateway")
                                .tags(tag -> tag.key("pipe").value("fednet"))))),
                ok("AttachInternetGateway", "a free one", g -> g.ec2()
                        .attachInternetGateway(
                                r -> r.internetGatewayId(g.looseGateway()).vpcId(g.vpc()))),
                refused("AttachInternetGateway", "Resource.AlreadyAssociated", "where it is already", g -> g.ec2()
                        .attachInternetGateway(
                                r -> r.internetGatewayId(g.gateway()).vpcId(g.vpc()))),
                refused("AttachInternetGateway", "InvalidParameterValue", "the VPC's second", g -> {
                    g.gateway();
                    return g.ec2().attachInternetGateway(r -> r.internetGatewayId(g.looseGateway())
                            .vpcId(g.vpc()));
                }),
                refused("AttachInternetGateway", "InvalidInternetGatewayID.NotFound", "unknown", g -> g.ec2()
                        .attachInternetGateway(
                                r -> r.internetGatewayId(NO_GATEWAY).vpcId(g.vpc()))),
                refused("AttachInternetGateway", "InvalidVpcID.NotFound", "to an unknown VPC", g -> g.ec2()
                        .attachInternetGateway(
                                r -> r.internetGatewayId(g.looseGateway()).vpcId(NO_VPC))),
                ok("DetachInternetGateway", "an attached one", g -> g.ec2()
                        .detachInternetGateway(
                                r -> r.internetGatewayId(g.gateway()).vpcId(g.vpc()))),
                refused("DetachInternetGateway", "Gateway.NotAttached", "a free one", g -> g.ec2()
                        .detachInternetGateway(
                                r -> r.internetGatewayId(g.looseGateway()).vpcId(g.vpc()))),
                refused("DetachInternetGateway", "DependencyViolation", "addresses are mapped", g -> {
                    g.mappedAddress();
                    return g.ec2().detachInternetGateway(r -> r.internetGatewayId(g.gateway())
                            .vpcId(g.vpc()));
                }),
                refused("DetachInternetGateway", "InvalidInternetGatewayID.NotFound", "unknown", g -> g.ec2()
                        .detachInternetGateway(
                                r -> r.internetGatewayId(NO_GATEWAY).vpcId(g.vpc()))),
                ok("DeleteInternetGateway", "a free one", g -> g.ec2()
                        .deleteInternetGateway(r -> r.internetGatewayId(g.looseGateway()))),
                refused("DeleteInternetGateway", "DependencyViolation", "attached", g -> g.ec2()
                        .deleteInternetGateway(r -> r.internetGatewayId(g.gateway()))),
                refused("DeleteInternetGateway", "InvalidInternetGatewayID.NotFound", "unknown", g -> g.ec2()
                        .deleteInternetGateway(r -> r.internetGatewayId(NO_GATEWAY))),
                ok("DescribeInternetGateways", "by VPC", g -> {
                    g.gateway();
                    g.looseGateway();
                    return g.ec2().describeInternetGateways(r -> r.filters(filter("attachment.vpc-id", g.vpc())));
                }),
                refused("DescribeInternetGateways", "InvalidInternetGatewayID.NotFound", "unknown", g -> g.ec2()
                        .describeInternetGateways(r -> r.internetGatewayIds(NO_GATEWAY))));
    }

    private static List<Scenario> tables() {
        return List.of(
                ok("CreateRouteTable", "tags", g -> g.ec2()
                        .createRouteTable(r -> r.vpcId(g.vpc()).tagSpecifications(t -> t.resourceType("route-table")
                                .tags(tag -> tag.key("pipe").value("fednet"))))),
                refused("CreateRouteTable", "InvalidVpcID.NotFound", "unknown VPC", g -> g.ec2()
                        .createRouteTable(r -> r.vpcId(NO_VPC))),
                ok("DeleteRouteTable", "unused", g -> g.ec2().deleteRouteTable(r -> r.routeTableId(g.table()))),
                refused("DeleteRouteTable", "DependencyViolation", "associated", g -> {
                    g.association();
                    return g.ec2().deleteRouteTable(r -> r.routeTableId(g.table()));
                }),
                refused("DeleteRouteTable", "DependencyViolation", "the main one", g -> g.ec2()
                        .deleteRouteTable(r -> r.routeTableId(g.mainTable()))),
                refused("DeleteRouteTable", "InvalidRouteTableID.NotFound", "unknown", g -> g.ec2()
                        .deleteRouteTable(r -> r.routeTableId(NO_TABLE))),
                ok("AssociateRouteTable", "a subnet without one", g -> g.ec2()
                        .associateRouteTable(r -> r.routeTableId(g.table()).subnetId(g.subnet()))),
                refused("AssociateRouteTable", "Resource.AlreadyAssociated", "a subnet that has another", g -> {
                    g.association();
                    String other = g.ec2()
                            .createRouteTable(r -> r.vpcId(g.vpc()))
                            .join()
                            .routeTable()
                            .routeTableId();
                    return g.ec2()
                            .associateRouteTable(r -> r.routeTableId(other).subnetId(g.subnet()));
                }),
                refused("AssociateRouteTable", "InvalidRouteTableID.NotFound", "unknown", g -> g.ec2()
                        .associateRouteTable(r -> r.routeTableId(NO_TABLE).subnetId(g.subnet()))),
                refused("AssociateRouteTable", "InvalidSubnetID.NotFound", "an unknown subnet", g -> g.ec2()
                        .associateRouteTable(r -> r.routeTableId(g.table()).subnetId(NO_SUBNET))),
                ok("DisassociateRouteTable", "associated", g -> g.ec2()
                        .disassociateRouteTable(r -> r.associationId(g.association()))),
                refused("DisassociateRouteTable", "InvalidAssociationID.NotFound", "unknown", g -> g.ec2()
                        .disassociateRouteTable(r -> r.associationId(NO_ASSOCIATION))),
                ok("ReplaceRouteTableAssociation", "with another table", g -> g.ec2()
                        .replaceRouteTableAssociation(
                                r -> r.associationId(g.association()).routeTableId(g.mainTable()))),
                refused("ReplaceRouteTableAssociation", "InvalidAssociationID.NotFound", "unknown", g -> g.ec2()
                        .replaceRouteTableAssociation(
                                r -> r.associationId(NO_ASSOCIATION).routeTableId(g.table()))),
                refused("ReplaceRouteTableAssociation", "InvalidRouteTableID.NotFound", "an unknown table", g -> g.ec2()
                        .replaceRouteTableAssociation(
                                r -> r.associationId(g.association()).routeTableId(NO_TABLE))),
                ok("DescribeRouteTables", "with an association and routes", g -> {
                    g.association();
                    g.gateway();
                    g.ec2()
                            .createRoute(r -> r.routeTableId(g.table())
                                    .destinationCidrBlock("0.0.0.0/0")
                                    .gatewayId(g.gateway()))
                            .join();
                    return g.ec2().describeRouteTables(r -> r.routeTableIds(g.table()));
                }),
                ok("DescribeRouteTables", "by subnet", g -> {
                    g.association();
                    return g.ec2().describeRouteTables(r -> r.filters(filter("association.subnet-id", g.subnet())));
                }),
                ok("DescribeRouteTables", "the main one", g -> g.ec2()
                        .describeRouteTables(r -> r.routeTableIds(g.mainTable()))),
                ok("DescribeRouteTables", "by the target of a route", g -> {
                    route(g);
                    return g.ec2()
                            .describeRouteTables(r -> r.filters(
                                    filter("vpc-id", g.vpc()), filter("route.destination-cidr-block", ON_PREM)));
                }),
                refused("DescribeRouteTables", "InvalidRouteTableID.NotFound", "unknown", g -> g.ec2()
                        .describeRouteTables(r -> r.routeTableIds(NO_TABLE))));
    }

    private static List<Scenario> routes() {
        return List.of(
                ok("CreateRoute", "to a gateway", g -> g.ec2().createRoute(r -> r.routeTableId(g.table())
                        .destinationCidrBlock("0.0.0.0/0")
                        .gatewayId(g.gateway()))),
                ok("CreateRoute", "to an instance's interface", g -> {
                    g.instance();
                    return g.ec2().createRoute(r -> r.routeTableId(g.table())
                            .destinationCidrBlock(ON_PREM)
                            .networkInterfaceId(g.card()));
                }),
                ok("CreateRoute", "to an instance", g -> g.ec2().createRoute(r -> r.routeTableId(g.table())
                        .destinationCidrBlock(ON_PREM)
                        .instanceId(g.instance()))),
                refused("CreateRoute", "RouteAlreadyExists", "the same again", g -> {
                    route(g);
                    return g.ec2().createRoute(r -> r.routeTableId(g.table())
                            .destinationCidrBlock(ON_PREM)
                            .gatewayId(g.gateway()));
                }),
                refused("CreateRoute", "RouteAlreadyExists", "with another target", g -> {
                    route(g);
                    return g.ec2().createRoute(r -> r.routeTableId(g.table())
                            .destinationCidrBlock(ON_PREM)
                            .networkInterfaceId(g.card()));
                }),
                refused("CreateRoute", "InvalidRouteTableID.NotFound", "in an unknown table", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(NO_TABLE)
                                .destinationCidrBlock(ON_PREM)
                                .gatewayId(g.gateway()))),
                refused("CreateRoute", "InvalidNetworkInterfaceID.NotFound", "to an unknown interface", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(g.table())
                                .destinationCidrBlock(ON_PREM)
                                .networkInterfaceId(NO_CARD))),
                refused("CreateRoute", "InvalidParameterValue", "to a gateway of no VPC", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(g.table())
                                .destinationCidrBlock(ON_PREM)
                                .gatewayId(g.looseGateway()))),
                refused("CreateRoute", "InvalidParameterValue", "no block at all", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(g.table())
                                .destinationCidrBlock("orders")
                                .gatewayId(g.gateway()))),
                refused("CreateRoute", "MissingParameter", "to nowhere", g -> g.ec2()
                        .createRoute(r -> r.routeTableId(g.table()).destinationCidrBlock(ON_PREM))),
                ok("ReplaceRoute", "another target", g -> {
                    route(g);
                    g.instance();
                    return g.ec2().replaceRoute(r -> r.routeTableId(g.table())
                            .destinationCidrBlock(ON_PREM)
                            .networkInterfaceId(g.card()));
                }),
                refused("ReplaceRoute", "InvalidParameterValue", "that is not there", g -> g.ec2()
                        .replaceRoute(r -> r.routeTableId(g.table())
                                .destinationCidrBlock(ON_PREM)
                                .gatewayId(g.gateway()))),
                refused("ReplaceRoute", "InvalidRouteTableID.NotFound", "in an unknown table", g -> g.ec2()
                        .replaceRoute(r -> r.routeTableId(NO_TABLE)
                                .destinationCidrBlock(ON_PREM)
                                .gatewayId(g.gateway()))),
                ok("DeleteRoute", "that is there", g -> {
                    route(g);
                    return g.ec2().deleteRoute(r -> r.routeTableId(g.table()).destinationCidrBlock(ON_PREM));
                }),
                refused("DeleteRoute", "InvalidRoute.NotFound", "that is not there", g -> g.ec2()
                        .deleteRoute(r -> r.routeTableId(g.table()).destinationCidrBlock(ON_PREM))),
                refused("DeleteRoute", "InvalidRouteTableID.NotFound", "in an unknown table", g -> g.ec2()
                        .deleteRoute(r -> r.routeTableId(NO_TABLE).destinationCidrBlock(ON_PREM))),
                refused("DeleteRoute", "InvalidParameterValue", "the VPC's own", g -> g.ec2()
                        .deleteRoute(r -> r.routeTableId(g.table()).destinationCidrBlock("10.1.0.0/16"))),
                ok("DescribeRouteTables", "a route whose gateway is gone", g -> {
                            route(g);
                            g.ec2()
                                    .detachInternetGateway(r ->
                                            r.internetGatewayId(g.gateway()).vpcId(g.vpc()))
                                    .join();
                            return g.ec2().describeRouteTables(r -> r.routeTableIds(g.table()));
                        })
                        .showing("routeTables[0].routes[1].state", "blackhole"));
    }

    private static void route(Ground g) {
        g.ec2()
                .createRoute(r ->
                        r.routeTableId(g.table()).destinationCidrBlock(ON_PREM).gatewayId(g.gateway()))
                .join();
    }
}
