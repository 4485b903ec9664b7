// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Instance;
import io.hybridpipe.sim.aws.Model.InstanceState;
import io.hybridpipe.sim.aws.Model.Rule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The resource types that templates may use; all act on the same EC2 model as the API does. */
final class ResourceTypes {

    private static final Map<String, ResourceType> TYPES = new LinkedHashMap<>();

    static {
        Stream.of(
                        vpc(),
                        subnet(),
                        internetGateway(),
                        gatewayAttachment(),
                        routeTable(),
                        tableAssociation(),
                        route(),
                        securityGroup(),
                        securityGroupRule("Ingress", false),
                        securityGroupRule("Egress", true),
                        networkInterface(),
                        elasticIp(),
                        elasticIpAssociation(),
                        instance(),
                        keyPair())
                .forEach(type -> TYPES.put(type.name(), type));
    }

    private ResourceTypes() {}

    static Optional<ResourceType> find(String name) {
        return Optional.ofNullable(TYPES.get(name));
    }

    static ResourceType get(String name) {
        return find(name).orElseThrow();
    }

    private static ResourceType vpc() {
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

    private static ResourceType subnet() {
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

    private static ResourceType internetGateway() {
        return new ResourceType("AWS::EC2::InternetGateway")
                .allows("Tags")
                .made((region, props, name) -> region.routing.createGateway().id())
                .deleted((region, id, props) -> region.routing.deleteGateway(id))
                .attributes(Set.of("InternetGatewayId"), (region, id, props) -> Map.of("InternetGatewayId", id));
    }

    private static ResourceType gatewayAttachment() {
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

    private static ResourceType routeTable() {
        return new ResourceType("AWS::EC2::RouteTable")
                .requires("VpcId")
                .allows("Tags")
                .made((region, props, name) ->
                        region.routing.createTable(props.get("VpcId")).id())
                .deleted((region, id, props) -> region.routing.deleteTable(id))
                .attributes(Set.of("RouteTableId"), (region, id, props) -> Map.of("RouteTableId", id));
    }

    private static ResourceType tableAssociation() {
        return new ResourceType("AWS::EC2::SubnetRouteTableAssociation")
                .requires("SubnetId", "RouteTableId")
                .made((region, props, name) -> region.routing
                        .associate(props.get("RouteTableId"), props.get("SubnetId"))
                        .id())
                .deleted((region, id, props) -> region.routing.disassociate(id))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    private static ResourceType route() {
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

    private static ResourceType securityGroup() {
        return new ResourceType("AWS::EC2::SecurityGroup")
                .requires("GroupDescription", "VpcId")
                .allows("GroupName", "SecurityGroupIngress", "SecurityGroupEgress", "Tags")
                .made((region, props, name) -> {
                    var group = region.groups.create(
                            props.or("GroupName", name), props.get("GroupDescription"), props.get("VpcId"));
                    try {
                        setRules(region, group.id(), props);
                    } catch (AwsError e) {
                        region.groups.delete(group.id());
                        throw e;
                    }
                    return group.id();
                })
                .updated((region, id, old, wanted) -> {
                    if (!old.sameBut(wanted, "SecurityGroupIngress", "SecurityGroupEgress", "Tags")) {
                        return false;
                    }
                    replaceRules(region, id, rules(region, old), rules(region, wanted));
                    return true;
                })
                .deleted((region, id, props) -> region.groups.delete(id))
                .attributes(
                        Set.of("GroupId", "Id", "VpcId"),
                        (region, id, props) -> Map.of(
                                "GroupId",
                                id,
                                "Id",
                                id,
                                "VpcId",
                                region.groupStore.get(id).vpc()));
    }

    private static void setRules(Region region, String group, Props props) {
        var rules = rules(region, props);
        if (!props.structs("SecurityGroupEgress").isEmpty()) {
            // given egress rules replace the one that allows everything
            var all = region.groupStore.get(group).rules();
            region.groups.revoke(group, all);
        }
        region.groups.authorize(group, rules);
    }

    private static void replaceRules(Region region, String group, List<Rule> old, List<Rule> wanted) {
        // rules that were added over the API since then are not the stack's and stay
        var present = region.groupStore.get(group).rules();
        region.groups.revoke(
                group,
                old.stream()
                        .filter(rule -> wanted.stream().noneMatch(rule::sameAs))
                        .filter(rule -> present.stream().anyMatch(rule::sameAs))
                        .toList());
        region.groups.authorize(
                group,
                wanted.stream()
                        .filter(rule -> old.stream().noneMatch(rule::sameAs))
                        .toList());
    }

    private static List<Rule> rules(Region region, Props props) {
        var rules = new ArrayList<Rule>();
        props.structs("SecurityGroupIngress").forEach(rule -> rules.add(rule(region, rule, false)));
        props.structs("SecurityGroupEgress").forEach(rule -> rules.add(rule(region, rule, true)));
        return rules;
    }

    private static Rule rule(Region region, Props props, boolean egress) {
        var group = egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId";
        var peer = props.find("CidrIp").or(() -> props.find(group));
        return region.groups.toRule(
                egress,
                props.get("IpProtocol"),
                props.number("FromPort"),
                props.number("ToPort"),
                peer.orElseThrow(() -> AwsError.of(
                        "InvalidRequest", "Exactly one of CidrIp and %s must be specified and not empty", group)),
                props.or("Description", ""));
    }

    private static ResourceType securityGroupRule(String direction, boolean egress) {
        return new ResourceType("AWS::EC2::SecurityGroup" + direction)
                .requires("GroupId", "IpProtocol")
                .allows(
                        "FromPort",
                        "ToPort",
                        "CidrIp",
                        "Description",
                        egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId")
                .made((region, props, name) -> region.groups
                        .authorize(props.get("GroupId"), List.of(rule(region, props, egress)))
                        .get(0)
                        .id())
                .deleted((region, id, props) ->
                        region.groups.revoke(props.get("GroupId"), List.of(rule(region, props, egress))))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    private static ResourceType networkInterface() {
        return new ResourceType("AWS::EC2::NetworkInterface")
                .requires("SubnetId")
                .allows("GroupSet", "SourceDestCheck", "PrivateIpAddress", "Description", "Tags")
                .made((region, props, name) -> {
                    var card = region.interfaces.create(
                            props.get("SubnetId"),
                            props.find("PrivateIpAddress"),
                            props.list("GroupSet"),
                            props.or("Description", ""));
                    region.interfaceStore.put(card.withSourceDestCheck(
                            props.flag("SourceDestCheck").orElse(true)));
                    return card.id();
                })
                .updated((region, id, old, wanted) -> {
                    if (!old.sameBut(wanted, "GroupSet", "SourceDestCheck", "Description", "Tags")) {
                        return false;
                    }
                    var card = region.interfaceStore.get(id);
                    region.interfaces.checkGroups(card.vpc(), wanted.list("GroupSet"));
                    region.interfaceStore.put(card.withGroups(
                                    wanted.list("GroupSet").isEmpty() ? card.groups() : wanted.list("GroupSet"))
                            .withDescription(wanted.or("Description", ""))
                            .withSourceDestCheck(wanted.flag("SourceDestCheck").orElse(true)));
                    return true;
                })
                .deleted((region, id, props) -> region.interfaces.delete(id))
                .attributes(Set.of("Id", "PrimaryPrivateIpAddress", "VpcId"), (region, id, props) -> {
                    var card = region.interfaceStore.get(id);
                    return Map.of(
                            "Id", id,
                            "PrimaryPrivateIpAddress", card.privateIp().toString(),
                            "VpcId", card.vpc());
                });
    }

    private static ResourceType elasticIp() {
        return new ResourceType("AWS::EC2::EIP")
                .allows("Domain", "InstanceId", "Tags")
                .made((region, props, name) -> {
                    var address = region.addresses.allocate();
                    props.find("InstanceId")
                            .ifPresent(instance -> region.addresses.associate(
                                    address.id(), InterfaceActions.primary(region, instance), false));
                    return address.publicIp().toString();
                })
                .deleted((region, id, props) -> region.addresses.byAddress(id).ifPresent(address -> {
                    if (!address.association().isEmpty()
                            && props.find("InstanceId").isPresent()) {
                        region.addresses.disassociate(address.association());
                    }
                    region.addresses.release(address.id());
                }))
                .attributes(
                        Set.of("AllocationId", "PublicIp"),
                        (region, id, props) -> Map.of("AllocationId", allocation(region, id), "PublicIp", id))
                .taggedAt(ResourceTypes::allocation);
    }

    private static String allocation(Region region, String publicIp) {
        return region.addresses
                .byAddress(publicIp)
                .map(Model.ElasticIp::id)
                .orElseThrow(() -> AwsError.of("InvalidAddress.NotFound", "Address '%s' not found.", publicIp));
    }

    private static ResourceType elasticIpAssociation() {
        return new ResourceType("AWS::EC2::EIPAssociation")
                .allows("AllocationId", "EIP", "NetworkInterfaceId", "InstanceId")
                .made((region, props, name) -> {
                    var allocation = props.find("AllocationId")
                            .or(() -> props.find("EIP").map(ip -> allocation(region, ip)))
                            .orElseThrow(() -> AwsError.missing("AllocationId"));
                    var target = props.find("NetworkInterfaceId")
                            .or(() -> props.find("InstanceId").map(id -> InterfaceActions.primary(region, id)))
                            .orElseThrow(() -> AwsError.missing("NetworkInterfaceId"));
                    return region.addresses.associate(allocation, target, false);
                })
                .deleted((region, id, props) -> region.addresses.disassociate(id))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }

    private static ResourceType instance() {
        return new ResourceType("AWS::EC2::Instance")
                .requires("ImageId")
                .allows(
                        "InstanceType",
                        "KeyName",
                        "SubnetId",
                        "SecurityGroupIds",
                        "NetworkInterfaces",
                        "PrivateIpAddress",
                        "SourceDestCheck",
                        "UserData",
                        "Tags")
                .made((region, props, name) -> {
                    var instance = region.instances.run(launch(props), region.ids.next("r"));
                    props.flag("SourceDestCheck").ifPresent(check -> {
                        var primary = region.interfaces.of(instance.id()).get(0);
                        region.interfaceStore.put(primary.withSourceDestCheck(check));
                    });
                    return instance.id();
                })
                .deleted((region, id, props) -> region.instances.terminate(id))
                .settled(
                        (region, id) -> region.instanceStore.get(id).state() == InstanceState.RUNNING,
                        (region, id) -> region.instanceStore
                                .find(id)
                                .filter(instance -> instance.state() != InstanceState.TERMINATED)
                                .isEmpty())
                .attributes(
                        Set.of("InstanceId", "PrivateIp", "PublicIp", "AvailabilityZone", "VpcId"),
                        ResourceTypes::instanceAttributes);
    }

    private static Map<String, Object> instanceAttributes(Region region, String id, Props props) {
        Instance instance = region.instanceStore.get(id);
        var primary = region.interfaces.of(id).get(0);
        return Map.of(
                "InstanceId", id,
                "PrivateIp", primary.privateIp().toString(),
                "PublicIp",
                        region.addresses
                                .publicAddressOf(primary)
                                .map(Object::toString)
                                .orElse(""),
                "AvailabilityZone", instance.zone(),
                "VpcId", instance.vpc());
    }

    private static Instances.Launch launch(Props props) {
        var cards = new ArrayList<Instances.Card>();
        for (var wanted : props.structs("NetworkInterfaces")) {
            cards.add(new Instances.Card(
                    Integer.parseInt(wanted.get("DeviceIndex")),
                    wanted.or("NetworkInterfaceId", ""),
                    wanted.or("SubnetId", ""),
                    wanted.find("PrivateIpAddress"),
                    wanted.list("GroupSet"),
                    wanted.flag("AssociatePublicIpAddress"),
                    wanted.or("Description", "")));
        }
        if (cards.isEmpty()) {
            props.find("SubnetId")
                    .ifPresent(subnet -> cards.add(new Instances.Card(
                            0,
                            "",
                            subnet,
                            props.find("PrivateIpAddress"),
                            props.list("SecurityGroupIds"),
                            Optional.empty(),
                            "")));
        }
        var userData = props.find("UserData")
                .map(text -> new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8))
                .orElse("");
        return new Instances.Launch(
                props.get("ImageId"), props.or("InstanceType", "m1.small"), props.or("KeyName", ""), userData, cards);
    }

    private static ResourceType keyPair() {
        return new ResourceType("AWS::EC2::KeyPair")
                .requires("KeyName")
                .allows("KeyType", "Tags")
                .made((region, props, name) -> region.keys
                        .create(props.get("KeyName"), props.or("KeyType", "rsa"))
                        .pair()
                        .name())
                .deleted((region, id, props) -> region.keys.delete(id))
                .attributes(Set.of("KeyPairId", "KeyFingerprint"), (region, id, props) -> {
                    var pair = region.keys.get(id);
                    return Map.of("KeyPairId", pair.id(), "KeyFingerprint", pair.fingerprint());
                })
                .taggedAt((region, id) -> region.keys.get(id).id());
    }
}
