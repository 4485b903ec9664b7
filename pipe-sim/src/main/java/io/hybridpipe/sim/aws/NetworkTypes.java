// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** VPCs, subnets, gateways and routes in stacks. */
final class NetworkTypes {

    private static final String[] TARGETS = {"GatewayId", "InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId"};

    private NetworkTypes() {}

    static ResourceType vpc() {
        return new ResourceType("AWS::EC2::VPC")
                .requires("CidrBlock")
                .changes("EnableDnsSupport", "EnableDnsHostnames")
                .tagged()
                .made((region, props, name) -> {
                    var vpc = region.vpcs.create(props.get("CidrBlock"));
                    return dns(region, vpc, props).id();
                })
                .updated((region, id, old, wanted) -> dns(region, region.vpcStore.get(id), wanted))
                .deleted((region, id, props) -> region.vpcs.delete(id))
                .attributes(
                        Set.of("VpcId", "CidrBlock", "DefaultSecurityGroup"),
                        (region, id, props) -> Map.of(
                                "VpcId", id,
                                "CidrBlock", region.vpcStore.get(id).cidr().toString(),
                                "DefaultSecurityGroup",
                                        region.groupStore
                                                .where(group -> group.vpc().equals(id)
                                                        && group.name().equals("default"))
                                                .get(0)
                                                .id()));
    }

    private static Model.Vpc dns(Region region, Model.Vpc vpc, Props props) {
        return region.vpcStore.put(vpc.withDns(
                props.flag("EnableDnsSupport").orElse(true),
                props.flag("EnableDnsHostnames").orElse(false)));
    }

    static ResourceType subnet() {
        return new ResourceType("AWS::EC2::Subnet")
                .requires("VpcId", "CidrBlock")
                .allows("AvailabilityZone")
                .changes("MapPublicIpOnLaunch")
                .tagged()
                .made((region, props, name) -> {
                    var subnet = region.vpcs.createSubnet(
                            props.get("VpcId"), props.get("CidrBlock"), props.find("AvailabilityZone"));
                    return mapPublicIp(region, subnet, props).id();
                })
                .updated((region, id, old, wanted) -> mapPublicIp(region, region.subnetStore.get(id), wanted))
                .deleted((region, id, props) -> region.vpcs.deleteSubnet(id))
                .attributes(Set.of("SubnetId", "VpcId", "CidrBlock", "AvailabilityZone"), (region, id, props) -> {
                    var subnet = region.subnetStore.get(id);
                    return Map.of(
                            "SubnetId", id,
                            "VpcId", subnet.vpc(),
                            "CidrBlock", subnet.cidr().toString(),
                            "AvailabilityZone", subnet.zone());
                });
    }

    private static Model.Subnet mapPublicIp(Region region, Model.Subnet subnet, Props props) {
        return region.subnetStore.put(
                subnet.withMapPublicIp(props.flag("MapPublicIpOnLaunch").orElse(false)));
    }

    static ResourceType internetGateway() {
        return new ResourceType("AWS::EC2::InternetGateway")
                .tagged()
                .made((region, props, name) -> region.routing.createGateway().id())
                .deleted((region, id, props) -> region.routing.deleteGateway(id))
                .attributes(Set.of("InternetGatewayId"), (region, id, props) -> Map.of("InternetGatewayId", id));
    }

    static ResourceType gatewayAttachment() {
        return new ResourceType("AWS::EC2::VPCGatewayAttachment")
                .requires("VpcId", "InternetGatewayId")
                .changes("InternetGatewayId")
                .made((region, props, name) -> {
                    region.routing.attachGateway(props.get("InternetGatewayId"), props.get("VpcId"));
                    return "IGW|" + props.get("VpcId");
                })
                .updated((region, id, old, wanted) -> {
                    region.routing.detachGateway(old.get("InternetGatewayId"), old.get("VpcId"));
                    region.routing.attachGateway(wanted.get("InternetGatewayId"), wanted.get("VpcId"));
                })
                .deleted((region, id, props) ->
                        region.routing.detachGateway(props.get("InternetGatewayId"), props.get("VpcId")))
                .attributes(Set.of("AttachmentType"), (region, id, props) -> Map.of("AttachmentType", "IGW"));
    }

    static ResourceType routeTable() {
        return new ResourceType("AWS::EC2::RouteTable")
                .requires("VpcId")
                .tagged()
                .made((region, props, name) ->
                        region.routing.createTable(props.get("VpcId")).id())
                .deleted((region, id, props) -> region.routing.deleteTable(id))
                .attributes(Set.of("RouteTableId"), (region, id, props) -> Map.of("RouteTableId", id));
    }

    static ResourceType tableAssociation() {
        return new ResourceType("AWS::EC2::SubnetRouteTableAssociation")
                .requires("SubnetId", "RouteTableId")
                .changes("RouteTableId")
                .made((region, props, name) -> region.routing
                        .associate(props.get("RouteTableId"), props.get("SubnetId"))
                        .id())
                .moved((region, id, old, wanted) -> region.routing
                        .replaceAssociation(id, wanted.get("RouteTableId"))
                        .id())
                .deleted((region, id, props) -> region.routing.disassociate(id))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    static ResourceType route() {
        return new ResourceType("AWS::EC2::Route")
                .requires("RouteTableId", "DestinationCidrBlock")
                .changes(TARGETS)
                .made((region, props, name) -> {
                    region.routing.createRoute(
                            props.get("RouteTableId"), props.get("DestinationCidrBlock"), routeTargets(props));
                    return props.get("RouteTableId") + "|" + props.get("DestinationCidrBlock");
                })
                .updated((region, id, old, wanted) -> region.routing.replaceRoute(
                        wanted.get("RouteTableId"), wanted.get("DestinationCidrBlock"), routeTargets(wanted)))
                .deleted((region, id, props) ->
                        region.routing.deleteRoute(props.get("RouteTableId"), props.get("DestinationCidrBlock")))
                .attributes(
                        Set.of("CidrBlock"),
                        (region, id, props) -> Map.of("CidrBlock", props.get("DestinationCidrBlock")));
    }

    static ResourceType peering() {
        return new ResourceType("AWS::EC2::VPCPeeringConnection")
                .requires("VpcId", "PeerVpcId")
                .allows("PeerOwnerId", "PeerRegion", "PeerRoleArn")
                .tagged()
                .made((region, props, name) -> {
                    var owner = props.or("PeerOwnerId", region.account);
                    if (!owner.equals(region.account)
                            && props.find("PeerRoleArn")
                                    .filter(role -> role.startsWith("arn:aws:iam::" + owner + ":role/"))
                                    .isEmpty()) {
                        throw AwsError.of(
                                "InvalidRequest",
                                "A PeerRoleArn of account %s is needed to accept the peering connection there",
                                owner);
                    }
                    return region.peerings
                            .request(
                                    props.get("VpcId"),
                                    owner,
                                    props.or("PeerRegion", region.name),
                                    props.get("PeerVpcId"))
                            .id();
                })
                .settled(NetworkTypes::established, (region, id) -> region.peeringStore
                        .find(id)
                        .filter(peering -> peering.state() == Peering.State.DELETING)
                        .isEmpty())
                .deleted((region, id, props) -> {
                    if (region.peeringStore.get(id).state().live()) {
                        region.peerings.delete(id);
                    }
                })
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    /** Whether a peering is active; a request that waits is accepted on the way. */
    private static boolean established(Region region, String id) {
        var state = region.peeringStore.get(id).state();
        if (!state.live()) {
            throw AwsError.of(
                    "NotStabilized",
                    "Resource of type 'AWS::EC2::VPCPeeringConnection' with identifier '%s' did not stabilize.",
                    id);
        }
        region.peerings.acceptForOtherSide(id);
        return state == Peering.State.ACTIVE;
    }

    private static List<String> routeTargets(Props props) {
        return Stream.of(TARGETS).flatMap(name -> props.find(name).stream()).toList();
    }
}
