// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** VPCs, subnets, gateways and routes in stacks. */
final class NetworkTypes {

    private NetworkTypes() {}

    static ResourceType vpc() {
        return new ResourceType("AWS::EC2::VPC")
                .requires("CidrBlock")
                .allows("EnableDnsSupport", "EnableDnsHostnames", "Tags")
                .made((region, props, name) -> {
                    var vpc = region.vpcs.create(props.get("CidrBlock"));
                    return dns(region, vpc, props).id();
                })
                .updated((region, id, old, wanted) -> {
                    if (!old.sameBut(wanted, "EnableDnsSupport", "EnableDnsHostnames", "Tags")) {
                        return false;
                    }
                    dns(region, region.vpcStore.get(id), wanted);
                    return true;
                })
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
                .allows("AvailabilityZone", "MapPublicIpOnLaunch", "Tags")
                .made((region, props, name) -> {
                    var subnet = region.vpcs.createSubnet(
                            props.get("VpcId"), props.get("CidrBlock"), props.find("AvailabilityZone"));
                    region.subnetStore.put(subnet.withMapPublicIp(
                            props.flag("MapPublicIpOnLaunch").orElse(false)));
                    return subnet.id();
                })
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

    static ResourceType internetGateway() {
        return new ResourceType("AWS::EC2::InternetGateway")
                .allows("Tags")
                .made((region, props, name) -> region.routing.createGateway().id())
                .deleted((region, id, props) -> region.routing.deleteGateway(id))
                .attributes(Set.of("InternetGatewayId"), (region, id, props) -> Map.of("InternetGatewayId", id));
    }

    static ResourceType gatewayAttachment() {
        return new ResourceType("AWS::EC2::VPCGatewayAttachment")
                .requires("VpcId", "InternetGatewayId")
                .made((region, props, name) -> {
                    region.routing.attachGateway(props.get("InternetGatewayId"), props.get("VpcId"));
                    return "IGW|" + props.get("VpcId");
                })
                .deleted((region, id, props) ->
                        region.routing.detachGateway(props.get("InternetGatewayId"), props.get("VpcId")))
                .attributes(Set.of("AttachmentType"), (region, id, props) -> Map.of("AttachmentType", "IGW"));
    }

    static ResourceType routeTable() {
        return new ResourceType("AWS::EC2::RouteTable")
                .requires("VpcId")
                .allows("Tags")
                .made((region, props, name) ->
                        region.routing.createTable(props.get("VpcId")).id())
                .deleted((region, id, props) -> region.routing.deleteTable(id))
                .attributes(Set.of("RouteTableId"), (region, id, props) -> Map.of("RouteTableId", id));
    }

    static ResourceType tableAssociation() {
        return new ResourceType("AWS::EC2::SubnetRouteTableAssociation")
                .requires("SubnetId", "RouteTableId")
                .made((region, props, name) -> region.routing
                        .associate(props.get("RouteTableId"), props.get("SubnetId"))
                        .id())
                .deleted((region, id, props) -> region.routing.disassociate(id))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    static ResourceType route() {
        return new ResourceType("AWS::EC2::Route")
                .requires("RouteTableId", "DestinationCidrBlock")
                .allows("GatewayId", "InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId")
                .made((region, props, name) -> {
                    region.routing.createRoute(
                            props.get("RouteTableId"), props.get("DestinationCidrBlock"), routeTargets(props));
                    return props.get("RouteTableId") + "|" + props.get("DestinationCidrBlock");
                })
                .updated((region, id, old, wanted) -> {
                    if (!old.sameBut(wanted, "GatewayId", "InstanceId", "NetworkInterfaceId")) {
                        return false;
                    }
                    region.routing.replaceRoute(
                            wanted.get("RouteTableId"), wanted.get("DestinationCidrBlock"), routeTargets(wanted));
                    return true;
                })
                .deleted((region, id, props) ->
                        region.routing.deleteRoute(props.get("RouteTableId"), props.get("DestinationCidrBlock")))
                .attributes(
                        Set.of("CidrBlock"),
                        (region, id, props) -> Map.of("CidrBlock", props.get("DestinationCidrBlock")));
    }

    private static List<String> routeTargets(Props props) {
        return Stream.of("GatewayId", "InstanceId", "NetworkInterfaceId", "VpcPeeringConnectionId")
                .flatMap(name -> props.find(name).stream())
                .toList();
    }
}
