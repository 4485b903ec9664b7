// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InternetGateway;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionVpcInfo;

/**
 * What there is in an account, as Describe calls show it, in lines that do not depend on ids: resources are named by what they
 * are, such as {@code subnet 10.1.1.0/24}. Default VPCs, terminated instances and deleted stacks are left out.
 */
final class Inventory {
    /** States of peerings that stay to be seen for a while after their end. */
    private static final Set<String> ENDED = Set.of("deleted", "rejected", "failed", "expired");

    private final Ec2AsyncClient ec2;
    private final CloudFormationAsyncClient cloudFormation;
    private final Map<String, String> names = new HashMap<>();
    private final List<String> lines = new ArrayList<>();

    private Inventory(Ec2AsyncClient ec2, CloudFormationAsyncClient cloudFormation) {
        this.ec2 = ec2;
        this.cloudFormation = cloudFormation;
    }

    /** The lines, in their natural order. */
    static List<String> of(Ec2AsyncClient ec2, CloudFormationAsyncClient cloudFormation) {
        Inventory inventory = new Inventory(ec2, cloudFormation);
        inventory.look();
        return inventory.lines.stream().sorted().toList();
    }

    private void look() {
        // all at once: one after the other would take ten times as long
        var allVpcs = ec2.describeVpcs();
        var allSubnets = ec2.describeSubnets();
        var allSecurityGroups = ec2.describeSecurityGroups();
        var allNetworkInterfaces = ec2.describeNetworkInterfaces();
        var allInstances = ec2.describeInstances();
        var allInternetGateways = ec2.describeInternetGateways();
        var allVpcPeeringConnections = ec2.describeVpcPeeringConnections();
        var allRouteTables = ec2.describeRouteTables();
        var allAddresses = ec2.describeAddresses();
        var allKeyPairs = ec2.describeKeyPairs();
        var allStacks = cloudFormation.describeStacks();
        List<Vpc> vpcs =
                allVpcs.join().vpcs().stream().filter(vpc -> !vpc.isDefault()).toList();
        name(vpcs, Vpc::vpcId, vpc -> "vpc " + vpc.cidrBlock());
        List<Subnet> subnets = allSubnets.join().subnets().stream()
                .filter(subnet -> ours(subnet.vpcId()))
                .toList();
        name(subnets, Subnet::subnetId, subnet -> "subnet " + subnet.cidrBlock());
        List<SecurityGroup> groups = allSecurityGroups.join().securityGroups().stream()
                .filter(group -> ours(group.vpcId()))
                .toList();
        name(groups, SecurityGroup::groupId, group -> "group '" + group.description() + "'");
        List<NetworkInterface> cards = allNetworkInterfaces.join().networkInterfaces().stream()
                .filter(card -> ours(card.vpcId()))
                .toList();
        name(cards, NetworkInterface::networkInterfaceId, this::card);
        List<Instance> instances = allInstances.join().reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .filter(instance -> !List.of("terminated", "shutting-down")
                        .contains(instance.state().nameAsString()))
                .toList();
        name(instances, Instance::instanceId, instance -> "instance in " + name(instance.subnetId()));
        List<InternetGateway> gateways = allInternetGateways.join().internetGateways().stream()
                .filter(gateway -> gateway.attachments().stream().allMatch(made -> ours(made.vpcId())))
                .toList();
        name(gateways, InternetGateway::internetGatewayId, this::gateway);
        List<VpcPeeringConnection> peerings = allVpcPeeringConnections.join().vpcPeeringConnections().stream()
                .filter(peering -> !ENDED.contains(peering.status().codeAsString()))
                .toList();
        name(
                peerings,
                VpcPeeringConnection::vpcPeeringConnectionId,
                peering -> "peering of " + vpc(peering.requesterVpcInfo()) + " with " + vpc(peering.accepterVpcInfo()));
        List<RouteTable> tables = allRouteTables.join().routeTables().stream()
                .filter(table -> ours(table.vpcId()))
                .toList();

        vpcs.forEach(vpc -> line(name(vpc.vpcId()), vpc.stateAsString(), tags(vpc.tags())));
        subnets.forEach(subnet -> line(
                name(subnet.subnetId()),
                name(subnet.vpcId()),
                subnet.availabilityZone(),
                Boolean.TRUE.equals(subnet.mapPublicIpOnLaunch()) ? "public" : "",
                tags(subnet.tags())));
        groups.forEach(group -> line(
                name(group.groupId()),
                name(group.vpcId()),
                "in " + rules(opened(group)),
                "out " + rules(group.ipPermissionsEgress()),
                tags(group.tags())));
        cards.forEach(card -> line(
                name(card.networkInterfaceId()),
                "source/dest check " + card.sourceDestCheck(),
                sorted(card.groups().stream().map(group -> name(group.groupId()))),
                card.attachment() == null || card.attachment().instanceId() == null
                        ? "loose"
                        : "on " + name(card.attachment().instanceId()),
                tags(card.tagSet())));
        instances.forEach(instance -> line(
                name(instance.instanceId()),
                instance.state().nameAsString(),
                instance.imageId(),
                instance.instanceTypeAsString(),
                String.valueOf(instance.keyName()),
                tags(instance.tags())));
        gateways.forEach(gateway -> line(name(gateway.internetGatewayId()), tags(gateway.tags())));
        tables.forEach(this::table);
        peerings.forEach(peering ->
                line(name(peering.vpcPeeringConnectionId()), peering.status().codeAsString(), tags(peering.tags())));
        allAddresses.join().addresses().forEach(this::address);
        allKeyPairs.join().keyPairs().forEach(this::keyPair);
        allStacks.join().stacks().forEach(this::stack);
    }

    private boolean ours(@Nullable String vpc) {
        return vpc != null && names.containsKey(vpc);
    }

    private <T> void name(List<T> resources, Function<T, String> id, Function<T, String> name) {
        resources.forEach(resource -> names.put(id.apply(resource), name.apply(resource)));
    }

    private String name(@Nullable String id) {
        return id == null || id.isEmpty()
                ? "nothing"
                : names.getOrDefault(id, id.replaceAll("-[0-9a-f]{8,17}$", " unknown"));
    }

    private String card(NetworkInterface card) {
        // moto's own words for an interface that was launched without any
        String description =
                Objects.requireNonNullElse(card.description(), "").replace("Primary network interface", "");
        return "interface '" + description + "' in " + name(card.subnetId());
    }

    private String gateway(InternetGateway gateway) {
        return "gateway of " + sorted(gateway.attachments().stream().map(made -> name(made.vpcId())));
    }

    private String vpc(VpcPeeringConnectionVpcInfo side) {
        return side.ownerId() + " " + name(side.vpcId());
    }

    private void table(RouteTable table) {
        boolean main = table.associations().stream().anyMatch(made -> Boolean.TRUE.equals(made.main()));
        line(
                (main ? "main table of " : "table of ") + name(table.vpcId()),
                "for "
                        + sorted(table.associations().stream()
                                .filter(made -> made.subnetId() != null)
                                .map(made -> name(made.subnetId()))),
                "routes " + sorted(table.routes().stream().map(this::route)),
                tags(table.tags()));
    }

    private String route(Route route) {
        String target = Stream.of(
                        route.networkInterfaceId(),
                        route.instanceId(),
                        route.vpcPeeringConnectionId(),
                        route.gatewayId())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return route.destinationCidrBlock() + " " + name(target) + " " + route.stateAsString();
    }

    private void address(Address address) {
        line("address", "for " + name(address.networkInterfaceId()), tags(address.tags()));
    }

    private void keyPair(KeyPairInfo pair) {
        line("key pair " + pair.keyName(), tags(pair.tags()));
    }

    private void stack(Stack stack) {
        line(
                "stack " + stack.stackName(),
                stack.stackStatusAsString(),
                "outputs " + sorted(stack.outputs().stream().map(output -> output.outputKey())));
    }

    /** Without what a VPC's own group allows to itself: moto 5.2.1 does not have that rule. */
    private static List<IpPermission> opened(SecurityGroup group) {
        return group.groupName().equals("default")
                ? group.ipPermissions().stream()
                        .filter(permission -> permission.userIdGroupPairs().stream()
                                .noneMatch(pair -> pair.groupId().equals(group.groupId())))
                        .toList()
                : group.ipPermissions();
    }

    private String rules(List<IpPermission> permissions) {
        return sorted(permissions.stream().flatMap(permission -> {
            String service = permission.ipProtocol()
                    + (permission.fromPort() == null || permission.ipProtocol().equals("-1")
                            ? ""
                            : " " + permission.fromPort() + "-" + permission.toPort());
            return Stream.concat(
                    permission.ipRanges().stream().map(range -> service + " " + range.cidrIp()),
                    permission.userIdGroupPairs().stream().map(pair -> service + " " + name(pair.groupId())));
        }));
    }

    private static String tags(Collection<Tag> tags) {
        return tags.stream()
                .filter(tag -> !tag.key().startsWith("aws:"))
                .collect(Collectors.toMap(Inventory::key, Inventory::value, (a, b) -> b, TreeMap::new))
                .toString();
    }

    /** Each run has an id and tokens of its own. */
    private static String key(Tag tag) {
        return tag.key().replaceAll("[0-9a-f]{16,}", "*");
    }

    private static String value(Tag tag) {
        return tag.key().matches("hybridpipe:(run|token|expires)")
                ? "*"
                : tag.value().replaceAll("[0-9a-f]{16,}", "*");
    }

    private static String sorted(Stream<String> parts) {
        return parts.sorted().toList().toString();
    }

    private void line(String... parts) {
        lines.add(Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", ")));
    }
}
