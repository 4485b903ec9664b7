// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * All that one account has in one region. Every access, over the API, by a stack or by a packet, holds this object's monitor.
 */
final class Region {

    /** What all regions of one stand-in share. */
    record Shared(
            SimClock clock,
            Ids ids,
            Supplier<IPAddress> publicAddresses,
            Map<String, SimAws.Image> images,
            Map<String, String> publicParameters,
            int vpcLimit,
            int addressLimit,
            Duration visibleAfter,
            Instances.Announcer announcer,
            Exchange exchange) {}

    final String account;
    final String name;
    final SimClock clock;
    final Ids ids;
    final Shared shared;
    final Tags tags = new Tags();
    final ClientTokens tokens = new ClientTokens();
    final Visibility visibility;
    final AllOrNothing allOrNothing = new AllOrNothing(this);

    final Store<Model.Vpc> vpcStore = new Store<>("vpc", "vpc-", "InvalidVpcID", "vpc ID");
    final Store<Model.Subnet> subnetStore = new Store<>("subnet", "subnet-", "InvalidSubnetID", "subnet ID");
    final Store<Model.InternetGateway> gatewayStore =
            new Store<>("internet-gateway", "igw-", "InvalidInternetGatewayID", "internetGateway ID");
    final Store<Model.RouteTable> tableStore =
            new Store<>("route-table", "rtb-", "InvalidRouteTableID", "routeTable ID");
    final Store<Model.SecurityGroup> groupStore =
            new Store<>("security-group", "sg-", "InvalidGroup", "security group");
    final Store<Model.NetworkInterface> interfaceStore =
            new Store<>("network-interface", "eni-", "InvalidNetworkInterfaceID", "networkInterface ID");
    final Store<Model.ElasticIp> addressStore =
            new Store<>("elastic-ip", "eipalloc-", "InvalidAllocationID", "allocation ID");
    final Store<Model.Instance> instanceStore = new Store<>("instance", "i-", "InvalidInstanceID", "instance ID");
    final Store<Model.KeyPair> keyStore = new Store<>("key-pair", "key-", "InvalidKeyPair", "key pair");

    final Store<Peering> peeringStore =
            new Store<>("vpc-peering-connection", "pcx-", "InvalidVpcPeeringConnectionID", "vpcPeeringConnection ID") {
                @Override
                Map<String, Peering> live() {
                    return shared.exchange().seenFrom(Region.this, clock.instant());
                }
            };

    final Store<Model.Image> imageStore = new Store<>("image", "ami-", "InvalidAMIID", "image id");

    final Vpcs vpcs = new Vpcs(this);
    final Routing routing = new Routing(this);
    final SecurityGroups groups = new SecurityGroups(this);
    final NetworkInterfaces interfaces = new NetworkInterfaces(this);
    final ElasticIps addresses = new ElasticIps(this);
    final Instances instances;
    final Restarts restarts = new Restarts(this);
    final KeyPairs keys = new KeyPairs(this);
    final Peerings peerings;
    final Parameters parameters = new Parameters(this);
    final CloudFormation stacks;

    Region(String account, String name, Shared shared) {
        this.account = account;
        this.name = name;
        this.shared = shared;
        this.clock = shared.clock();
        this.ids = shared.ids();
        this.visibility = new Visibility(clock, shared.visibleAfter());
        this.instances = new Instances(this, shared.announcer());
        shared.images().values().forEach(image -> imageStore.put(new Model.Image(image)));
        this.peerings = new Peerings(this);
        this.stacks = new CloudFormation(this);
    }

    List<Store<?>> stores() {
        return List.of(
                vpcStore,
                subnetStore,
                gatewayStore,
                tableStore,
                groupStore,
                interfaceStore,
                addressStore,
                instanceStore,
                keyStore,
                peeringStore);
    }

    /** The availability zones. */
    Stream<String> zones() {
        return Stream.of("a", "b", "c").map(letter -> name + letter);
    }

    /** Notes that a resource was just made over the API: others see it only after the configured time. */
    void made(String id) {
        visibility.hide(id);
    }

    /** The tags that others see by now. */
    SortedMap<String, String> shownTags(String id) {
        var shown = new TreeMap<>(tags.of(id));
        shown.keySet().removeIf(key -> !visibility.shown(id) || !visibility.shown(Tags.key(id, key)));
        return shown;
    }

    /** Whose and where it is, as one text. */
    String scope() {
        return account + " " + name + " ";
    }

    String arn(String service, String resource) {
        return "arn:aws:%s:%s:%s:%s".formatted(service, name, account, resource);
    }
}
