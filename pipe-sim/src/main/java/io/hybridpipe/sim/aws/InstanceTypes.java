// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Instance;
import io.hybridpipe.sim.aws.Model.InstanceState;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Instances and key pairs in stacks. */
final class InstanceTypes {

    private InstanceTypes() {}

    static ResourceType instance() {
        return new ResourceType("AWS::EC2::Instance")
                .requires("ImageId")
                .allows("InstanceType", "KeyName", "SubnetId", "NetworkInterfaces", "PrivateIpAddress")
                .nested(
                        "NetworkInterfaces",
                        "DeviceIndex",
                        "NetworkInterfaceId",
                        "SubnetId",
                        "PrivateIpAddress",
                        "GroupSet",
                        "AssociatePublicIpAddress",
                        "Description")
                .changes("InstanceType", "SecurityGroupIds", "SourceDestCheck", "UserData")
                .tagged()
                .made((region, props, name) -> {
                    var instance = region.instances.run(launch(props), region.ids.next("r"));
                    checkSourceDest(region, primary(region, instance.id()), props);
                    return instance.id();
                })
                .updated(InstanceTypes::change)
                .deleted((region, id, props) -> region.instances.terminate(id))
                .settled(InstanceTypes::settled, (region, id) -> region.instanceStore
                        .find(id)
                        .filter(instance -> instance.state() != InstanceState.TERMINATED)
                        .isEmpty())
                .attributes(
                        Set.of("InstanceId", "PrivateIp", "PublicIp", "AvailabilityZone", "VpcId"),
                        InstanceTypes::instanceAttributes);
    }

    private static void change(Region region, String id, Props old, Props wanted) {
        var card = primary(region, id);
        checkSourceDest(region, card, wanted);
        var groups = wanted.list("SecurityGroupIds");
        if (!groups.isEmpty() && !old.list("SecurityGroupIds").equals(groups)) {
            region.interfaces.checkGroups(card.vpc(), groups);
            region.interfaceStore.put(region.interfaceStore.get(card.id()).withGroups(groups));
        }
        region.restarts.change(id, launch(wanted));
    }

    private static Model.NetworkInterface primary(Region region, String instance) {
        return region.interfaces.of(instance).stream()
                .findFirst()
                .filter(card -> region.instanceStore.get(instance).alive())
                .orElseThrow(() -> AwsError.of(
                        "IncorrectInstanceState",
                        "The instance '%s' is not in a state from which it can be changed.",
                        instance));
    }

    private static void checkSourceDest(Region region, Model.NetworkInterface card, Props props) {
        // not given, the setting stays with the interface, which may have been made with it off
        props.flag("SourceDestCheck").ifPresent(check -> region.interfaceStore.put(card.withSourceDestCheck(check)));
    }

    private static boolean settled(Region region, String id) {
        var instance = region.instanceStore.get(id);
        if (!instance.alive()) {
            throw AwsError.notStabilized("AWS::EC2::Instance", id);
        }
        // one that somebody stopped stays so when an update changes only what needs no restart
        return !region.restarts.pending(id)
                && (instance.state() == InstanceState.RUNNING || instance.state() == InstanceState.STOPPED);
    }

    private static Map<String, Object> instanceAttributes(Region region, String id, Props props) {
        Instance instance = region.instanceStore.get(id);
        // an instance that somebody terminated has no card any more
        var card = region.interfaces.of(id).stream().findFirst();
        return Map.of(
                "InstanceId", id,
                "PrivateIp", card.map(one -> one.privateIp().toString()).orElse(""),
                "PublicIp",
                        card.flatMap(region.addresses::publicAddressOf)
                                .map(Object::toString)
                                .orElse(""),
                "AvailabilityZone", instance.zone(),
                "VpcId", instance.vpc());
    }

    private static Instances.Launch launch(Props props) {
        var cards = new ArrayList<Instances.Card>();
        for (var wanted : props.structs("NetworkInterfaces")) {
            cards.add(new Instances.Card(
                    wanted.whole("DeviceIndex").orElse(0),
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
        var userData = props.find("UserData").map(Instances::userData).orElse("");
        return new Instances.Launch(
                props.get("ImageId"), props.or("InstanceType", "m1.small"), props.or("KeyName", ""), userData, cards);
    }

    static ResourceType keyPair() {
        return new ResourceType("AWS::EC2::KeyPair")
                .requires("KeyName")
                .named("KeyName")
                .allows("KeyType")
                .tagged()
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
