// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.aws.Model.Subnet;
import io.hybridpipe.sim.aws.Model.Vpc;
import java.util.Optional;
import java.util.stream.Collectors;

/** VPCs and subnets: blocks that must fit into and beside one another, and what keeps them from being deleted. */
final class Vpcs {

    private final Region region;

    Vpcs(Region region) {
        this.region = region;
    }

    Vpc create(String cidr) {
        var block = Cidr.block(cidr, "cidrBlock");
        if (!sizeAllowed(block)) {
            throw AwsError.of("InvalidVpc.Range", "The CIDR '%s' is invalid.", cidr);
        }
        if (region.vpcStore.all().size() >= region.shared.vpcLimit()) {
            throw AwsError.of("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
        }
        var vpc = region.vpcStore.put(new Vpc(region.ids.next("vpc"), block, true, false));
        region.shared.exchange().vpcMade(region, vpc);
        region.routing.createMainTable(vpc);
        region.groups.createDefault(vpc);
        return vpc;
    }

    void delete(String id) {
        region.vpcStore.get(id);
        var used = region.subnetStore.any(subnet -> subnet.vpc().equals(id))
                || region.gatewayStore.any(gateway -> gateway.vpc().equals(id))
                || region.tableStore.any(table -> table.vpc().equals(id) && !table.main())
                || region.groupStore.any(
                        group -> group.vpc().equals(id) && !group.name().equals("default"))
                || region.peerings.hold(id);
        if (used) {
            throw AwsError.dependency("The vpc '%s' has dependencies and cannot be deleted.", id);
        }
        region.tableStore
                .where(table -> table.vpc().equals(id))
                .forEach(table -> forget(region.tableStore, table.id()));
        region.groupStore.where(group -> group.vpc().equals(id)).forEach(region.groups::forget);
        forget(region.vpcStore, id);
        region.peerings.vpcGone(id);
    }

    Subnet createSubnet(String vpcId, String cidr, Optional<String> zone) {
        var vpc = region.vpcStore.get(vpcId);
        var block = Cidr.block(cidr, "cidrBlock");
        if (!sizeAllowed(block) || !vpc.cidr().contains(block)) {
            throw AwsError.of("InvalidSubnet.Range", "The CIDR '%s' is invalid.", cidr);
        }
        if (region.subnetStore.any(
                subnet -> subnet.vpc().equals(vpcId) && subnet.cidr().intersect(block) != null)) {
            throw AwsError.of("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", cidr);
        }
        var zones = region.zones().toList();
        var chosen = zone.orElse(zones.get(0));
        if (!zones.contains(chosen)) {
            throw AwsError.invalid(
                    "Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the"
                            + " following availability zones: %s.",
                    chosen, zones.stream().collect(Collectors.joining(", ")));
        }
        return region.subnetStore.put(new Subnet(region.ids.next("subnet"), vpcId, block, chosen, false));
    }

    void deleteSubnet(String id) {
        region.subnetStore.get(id);
        if (region.interfaceStore.any(card -> card.subnet().equals(id))) {
            throw AwsError.dependency("The subnet '%s' has dependencies and cannot be deleted.", id);
        }
        region.routing.forgetAssociationsOf(id);
        forget(region.subnetStore, id);
    }

    private void forget(Store<?> store, String id) {
        store.remove(id);
        region.tags.forget(id);
    }

    private static boolean sizeAllowed(IPAddress block) {
        var bits = block.getNetworkPrefixLength();
        return bits != null && bits >= 16 && bits <= 28;
    }
}
