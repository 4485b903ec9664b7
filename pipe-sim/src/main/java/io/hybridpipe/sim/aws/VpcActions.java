// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Subnet;
import io.hybridpipe.sim.aws.Model.Vpc;
import java.util.List;
import java.util.Map;

/** VPCs, subnets and zones over the API. */
final class VpcActions {

    private static final Describe<Vpc> VPCS = new Describe<Vpc>("VpcId", "vpcSet", region -> region.vpcStore)
            .filter("vpc-id", Vpc::id)
            .filter("cidr", Vpc::cidr)
            .filter("cidr-block-association.cidr-block", Vpc::cidr)
            .filter("state", vpc -> "available")
            .filter("is-default", vpc -> false)
            .filters("owner-id", (region, vpc) -> List.of(region.account));

    private static final Describe<Subnet> SUBNETS = new Describe<Subnet>(
                    "SubnetId", "subnetSet", region -> region.subnetStore)
            .filter("subnet-id", Subnet::id)
            .filter("vpc-id", Subnet::vpc)
            .filter("cidr-block", Subnet::cidr)
            .filter("availability-zone", Subnet::zone)
            .filter("state", subnet -> "available");

    private VpcActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateVpc", (region, params, answer) -> {
            var tags = TagActions.given(params, "vpc");
            var vpc = region.vpcs.create(params.get("CidrBlock"));
            region.tags.put(vpc.id(), tags);
            region.made(vpc.id());
            region.tableStore.where(table -> table.vpc().equals(vpc.id())).forEach(table -> region.made(table.id()));
            region.groupStore.where(group -> group.vpc().equals(vpc.id())).forEach(group -> region.made(group.id()));
            answer.in("vpc", xml -> write(region, xml, vpc, "pending"));
        });
        actions.put("DeleteVpc", (region, params, answer) -> {
            region.vpcs.delete(params.get("VpcId"));
            answer.put("return", true);
        });
        actions.put("DescribeVpcs", VPCS.writing((region, out) -> write(region, out.xml(), out.item(), "available")));
        actions.put("ModifyVpcAttribute", VpcActions::modify);
        actions.put("DescribeVpcAttribute", VpcActions::attribute);
        actions.put("CreateSubnet", (region, params, answer) -> {
            var tags = TagActions.given(params, "subnet");
            var subnet = region.vpcs.createSubnet(
                    params.get("VpcId"), params.get("CidrBlock"), params.find("AvailabilityZone"));
            region.tags.put(subnet.id(), tags);
            region.made(subnet.id());
            answer.in("subnet", xml -> write(region, xml, subnet));
        });
        actions.put("DeleteSubnet", (region, params, answer) -> {
            region.vpcs.deleteSubnet(params.get("SubnetId"));
            answer.put("return", true);
        });
        actions.put("DescribeSubnets", SUBNETS.writing((region, out) -> write(region, out.xml(), out.item())));
        actions.put("ModifySubnetAttribute", (region, params, answer) -> {
            var subnet = region.subnetStore.get(params.get("SubnetId"));
            params.find("MapPublicIpOnLaunch.Value")
                    .ifPresent(value -> region.subnetStore.put(subnet.withMapPublicIp(Boolean.parseBoolean(value))));
            answer.put("return", true);
        });
        actions.put("DescribeAvailabilityZones", VpcActions::zones);
    }

    private static void zones(Region region, Params params, Xml answer) {
        var wanted = params.list("ZoneName");
        var all = region.zones().toList();
        wanted.stream().filter(zone -> !all.contains(zone)).findFirst().ifPresent(zone -> {
            throw AwsError.invalid("Invalid availability zone: [%s]", zone);
        });
        var selected = all.stream()
                .filter(zone -> wanted.isEmpty() || wanted.contains(zone))
                .filter(zone -> params.structs("Filter").stream().allMatch(filter -> {
                    var name = filter.get("Name");
                    var value =
                            switch (name) {
                                case "zone-name" -> zone;
                                case "region-name" -> region.name;
                                case "state" -> "available";
                                case "zone-type" -> "availability-zone";
                                case "opt-in-status" -> "opt-in-not-required";
                                default -> throw AwsError.invalid("The filter '%s' is invalid", name);
                            };
                    return Describe.matches(filter, List.of(value));
                }))
                .toList();
        answer.each("availabilityZoneInfo", selected, (xml, zone) -> xml.put("zoneName", zone)
                .put("zoneState", "available")
                .put("regionName", region.name)
                .put("optInStatus", "opt-in-not-required")
                .put("zoneType", "availability-zone"));
    }

    private static void modify(Region region, Params params, Xml answer) {
        var vpc = region.vpcStore.get(params.get("VpcId"));
        var support = params.find("EnableDnsSupport.Value").map(Boolean::parseBoolean);
        var hostnames = params.find("EnableDnsHostnames.Value").map(Boolean::parseBoolean);
        if (support.isPresent() == hostnames.isPresent()) {
            throw AwsError.of(
                    "InvalidParameterCombination", "Exactly one attribute must be given to ModifyVpcAttribute");
        }
        region.vpcStore.put(vpc.withDns(support.orElse(vpc.dnsSupport()), hostnames.orElse(vpc.dnsHostnames())));
        answer.put("return", true);
    }

    private static void attribute(Region region, Params params, Xml answer) {
        var vpc = region.vpcStore.get(params.get("VpcId"));
        answer.put("vpcId", vpc.id());
        switch (params.get("Attribute")) {
            case "enableDnsSupport" -> answer.in("enableDnsSupport", xml -> xml.put("value", vpc.dnsSupport()));
            case "enableDnsHostnames" -> answer.in("enableDnsHostnames", xml -> xml.put("value", vpc.dnsHostnames()));
            default ->
                throw AwsError.invalid("Value (%s) for parameter attribute is invalid.", params.get("Attribute"));
        }
    }

    private static void write(Region region, Xml xml, Vpc vpc, String state) {
        xml.put("vpcId", vpc.id())
                .put("ownerId", region.account)
                .put("state", state)
                .put("cidrBlock", vpc.cidr())
                .put("instanceTenancy", "default")
                .put("isDefault", false);
        TagActions.write(region, xml, vpc.id());
    }

    private static void write(Region region, Xml xml, Subnet subnet) {
        var used = region.interfaceStore
                .where(card -> card.subnet().equals(subnet.id()))
                .size();
        xml.put("subnetId", subnet.id())
                .put("subnetArn", region.arn("ec2", "subnet/" + subnet.id()))
                .put("state", "available")
                .put("ownerId", region.account)
                .put("vpcId", subnet.vpc())
                .put("cidrBlock", subnet.cidr())
                .put("availableIpAddressCount", subnet.cidr().getCount().longValue() - 5 - used)
                .put("availabilityZone", subnet.zone())
                .put("defaultForAz", false)
                .put("mapPublicIpOnLaunch", subnet.mapPublicIp());
        TagActions.write(region, xml, subnet.id());
    }
}
