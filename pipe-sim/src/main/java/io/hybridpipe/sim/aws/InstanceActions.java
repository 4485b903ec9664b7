// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Instance;
import io.hybridpipe.sim.aws.Model.InstanceState;
import io.hybridpipe.sim.aws.Model.KeyPair;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Instances, images and key pairs over the API. */
final class InstanceActions {

    private static final Describe<Instance> INSTANCES = new Describe<Instance>(
                    "InstanceId", "reservationSet", region -> region.instanceStore)
            .idsWithoutPages()
            .filter("instance-id", Instance::id)
            .filter("image-id", Instance::image)
            .filter("instance-state-name", instance -> instance.state().text)
            .filter("instance-state-code", instance -> instance.state().code)
            .filter("instance-type", Instance::type)
            .filter("vpc-id", Instance::vpc)
            .filter("subnet-id", Instance::subnet)
            .filter("availability-zone", Instance::zone)
            .filter("key-name", Instance::keyName)
            .filter("reservation-id", Instance::reservation)
            .filters("owner-id", (region, instance) -> List.of(region.account))
            .filters("private-ip-address", (region, instance) -> cards(region, instance)
                    .map(card -> card.privateIp().toString())
                    .toList())
            .filters("ip-address", (region, instance) -> cards(region, instance)
                    .flatMap(card -> region.addresses.publicAddressOf(card).stream())
                    .map(Object::toString)
                    .toList())
            .filters("network-interface.network-interface-id", (region, instance) -> cards(region, instance)
                    .map(NetworkInterface::id)
                    .toList())
            .filters("instance.group-id", (region, instance) -> cards(region, instance)
                    .flatMap(card -> card.groups().stream())
                    .toList())
            .filters(
                    "client-token",
                    (region, instance) -> token(region, instance).map(List::of).orElse(List.of()));

    private static final Describe<KeyPair> KEYS = new Describe<KeyPair>(
                    "KeyPairId", "keySet", region -> region.keyStore)
            .filter("key-name", KeyPair::name)
            .filter("key-pair-id", KeyPair::id)
            .filter("fingerprint", KeyPair::fingerprint);

    private InstanceActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("RunInstances", InstanceActions::run);
        actions.put(
                "DescribeInstances",
                INSTANCES.writing((region, out) -> writeReservation(region, out.xml(), List.of(out.item()))));
        actions.put("DescribeInstanceStatus", InstanceActions::status);
        actions.put(
                "TerminateInstances",
                (region, params, answer) -> turn(region, params, answer, region.instances::terminate));
        actions.put("StopInstances", (region, params, answer) -> turn(region, params, answer, region.instances::stop));
        actions.put(
                "StartInstances", (region, params, answer) -> turn(region, params, answer, region.instances::start));
        actions.put("ModifyInstanceAttribute", InstanceAttributes::modify);
        actions.put("DescribeInstanceAttribute", InstanceAttributes::describe);
        actions.put("CreateKeyPair", InstanceActions::createKey);
        actions.put("DeleteKeyPair", (region, params, answer) -> {
            var key = params.find("KeyName").or(() -> params.find("KeyPairId"));
            region.keys.delete(key.orElseThrow(() -> AwsError.missing("KeyName")));
            answer.put("return", true);
        });
        actions.put("DescribeKeyPairs", InstanceActions::describeKeys);
    }

    private static void run(Region region, Params params, Xml answer) {
        var tags = TagActions.given(params, "instance", "network-interface", "volume");
        var cardTags = TagActions.given(params, "network-interface", "instance", "volume");
        var count = params.number("MaxCount").orElseThrow(() -> AwsError.missing("MaxCount"));
        if (count < 1 || params.number("MinCount").orElseThrow(() -> AwsError.missing("MinCount")) > count) {
            throw AwsError.invalid("Value (%s) for parameter maxCount is invalid.", count);
        }
        checkCombination(params);
        var launch = launch(params);
        var reservation = region.tokens.once(
                "RunInstances",
                params.find("ClientToken"),
                params.fingerprint("ClientToken", "DryRun"),
                String.class,
                () -> {
                    var id = region.ids.next("r");
                    for (var i = 0; i < count; i++) {
                        var instance = region.instances.run(launch, id);
                        region.tags.put(instance.id(), tags);
                        region.interfaces.of(instance.id()).forEach(card -> {
                            region.tags.put(card.id(), cardTags);
                            if (card.attachment().deleteOnTermination()) {
                                region.made(card.id());
                            }
                        });
                        keepCards(region, params, instance.id());
                        region.made(instance.id());
                    }
                    return id;
                });
        var launched =
                region.instanceStore.where(instance -> instance.reservation().equals(reservation));
        if (launched.stream().noneMatch(Instance::alive)) {
            throw AwsError.of(
                    "IdempotentInstanceTerminated",
                    "The instances that were launched with this client token have been terminated.");
        }
        writeReservation(region, answer, launched);
    }

    private static void checkCombination(Params params) {
        var type = params.find("InstanceType").orElse("m1.small");
        if (!type.matches("[a-z0-9-]+\\.[a-z0-9-]+")) {
            throw AwsError.invalid("Invalid value '%s' for InstanceType.", type);
        }
        if (params.structs("NetworkInterface").isEmpty()) {
            return;
        }
        for (var other : List.of("SubnetId", "SecurityGroupId.1", "PrivateIpAddress")) {
            if (params.find(other).isPresent()) {
                throw AwsError.of(
                        "InvalidParameterCombination",
                        "Network interfaces and an instance-level %s may not be specified on the same request",
                        other.replace(".1", ""));
            }
        }
    }

    /** Interfaces that the launch made end with the instance, those that existed do not, unless the request says so. */
    private static void keepCards(Region region, Params params, String instance) {
        for (var wanted : params.structs("NetworkInterface")) {
            wanted.find("DeleteOnTermination").map(Boolean::parseBoolean).ifPresent(delete -> {
                var index = wanted.number("DeviceIndex").orElse(0);
                region.interfaces.of(instance).stream()
                        .map(NetworkInterface::attachment)
                        .filter(attachment -> attachment.index() == index)
                        .forEach(attachment -> region.interfaces.deleteOnTermination(attachment.id(), delete));
            });
        }
    }

    private static Instances.Launch launch(Params params) {
        var cards = new ArrayList<Instances.Card>();
        for (var wanted : params.structs("NetworkInterface")) {
            cards.add(new Instances.Card(
                    wanted.number("DeviceIndex").orElse(0),
                    wanted.find("NetworkInterfaceId").orElse(""),
                    wanted.find("SubnetId").orElse(""),
                    wanted.find("PrivateIpAddress"),
                    wanted.list("SecurityGroupId"),
                    wanted.find("AssociatePublicIpAddress").map(Boolean::parseBoolean),
                    wanted.find("Description").orElse("")));
        }
        if (cards.isEmpty()) {
            params.find("SubnetId")
                    .ifPresent(subnet -> cards.add(new Instances.Card(
                            0,
                            "",
                            subnet,
                            params.find("PrivateIpAddress"),
                            params.list("SecurityGroupId"),
                            Optional.empty(),
                            "")));
        }
        var userData = params.find("UserData").map(Instances::userData).orElse("");
        return new Instances.Launch(
                params.get("ImageId"),
                params.find("InstanceType").orElse("m1.small"),
                params.find("KeyName").orElse(""),
                userData,
                cards);
    }

    private static void turn(Region region, Params params, Xml answer, Consumer<String> change) {
        var ids = params.list("InstanceId");
        if (ids.isEmpty()) {
            throw AwsError.of("InvalidParameterCombination", "No instances specified");
        }
        var before = ids.stream().map(region.instanceStore::get).toList();
        ids.forEach(change);
        answer.each("instancesSet", before, (xml, old) -> {
            var now = region.instanceStore.get(old.id());
            xml.put("instanceId", old.id());
            state(xml, "currentState", now.state());
            state(xml, "previousState", old.state());
        });
    }

    private static void status(Region region, Params params, Xml answer) {
        var all = params.flag("IncludeAllInstances");
        var selected = INSTANCES.select(region, params).stream()
                .filter(instance -> all || instance.state() == InstanceState.RUNNING)
                .toList();
        var page = INSTANCES.page(region, params, selected);
        answer.each("instanceStatusSet", page.items(), (xml, instance) -> {
            xml.put("instanceId", instance.id()).put("availabilityZone", instance.zone());
            state(xml, "instanceState", instance.state());
            check(region, xml, "systemStatus", instance);
            check(region, xml, "instanceStatus", instance);
        });
        page.next().ifPresent(token -> answer.put("nextToken", token));
    }

    /** Both checks pass at the same moment, once the machine has booted. */
    private static void check(Region region, Xml xml, String name, Instance instance) {
        var running = instance.state() == InstanceState.RUNNING;
        var booted = region.instances.booted(instance);
        xml.in(name, one -> {
            one.put("status", !running ? "not-applicable" : booted ? "ok" : "initializing");
            var reached = !running ? List.<String>of() : List.of(booted ? "passed" : "initializing");
            one.each("details", reached, (detail, status) -> detail.put("name", "reachability")
                    .put("status", status));
        });
    }

    private static Stream<NetworkInterface> cards(Region region, Instance instance) {
        return region.interfaces.of(instance.id()).stream();
    }

    private static Optional<String> token(Region region, Instance instance) {
        return region.tokens.tokenOf("RunInstances", instance.reservation());
    }

    private static void createKey(Region region, Params params, Xml answer) {
        var tags = TagActions.given(params, "key-pair");
        var created =
                region.keys.create(params.get("KeyName"), params.find("KeyType").orElse("rsa"));
        region.tags.put(created.pair().id(), tags);
        answer.put("keyName", created.pair().name())
                .put("keyFingerprint", created.pair().fingerprint())
                .put("keyMaterial", created.privateKey())
                .put("keyPairId", created.pair().id());
        TagActions.write(region, answer, created.pair().id());
    }

    private static void describeKeys(Region region, Params params, Xml answer) {
        var names = params.list("KeyName");
        names.forEach(region.keys::get);
        var selected = KEYS.select(region, params).stream()
                .filter(pair -> names.isEmpty() || names.contains(pair.name()))
                .toList();
        answer.each("keySet", selected, (xml, pair) -> {
            xml.put("keyPairId", pair.id())
                    .put("keyName", pair.name())
                    .put("keyType", pair.type())
                    .put("keyFingerprint", pair.fingerprint())
                    .put("createTime", pair.created());
            TagActions.write(region, xml, pair.id());
        });
    }

    private static void writeReservation(Region region, Xml xml, List<Instance> instances) {
        xml.put("reservationId", instances.isEmpty() ? "" : instances.get(0).reservation())
                .put("ownerId", region.account)
                .each("instancesSet", instances, (one, instance) -> write(region, one, instance));
    }

    static void state(Xml xml, String name, InstanceState state) {
        xml.in(name, one -> one.put("code", state.code).put("name", state.text));
    }

    private static void write(Region region, Xml xml, Instance instance) {
        xml.put("instanceId", instance.id()).put("imageId", instance.image());
        state(xml, "instanceState", instance.state());
        xml.put("instanceType", instance.type())
                .putIf("keyName", instance.keyName())
                .putIf("clientToken", token(region, instance).orElse(""))
                .put("launchTime", instance.launched())
                .in("placement", one -> one.put("availabilityZone", instance.zone()));
        var cards = region.interfaces.of(instance.id());
        if (!cards.isEmpty() && instance.state() != InstanceState.TERMINATED) {
            var primary = cards.get(0);
            xml.put("subnetId", instance.subnet())
                    .put("vpcId", instance.vpc())
                    .put("privateIpAddress", primary.privateIp())
                    .put("sourceDestCheck", primary.sourceDestCheck());
            region.addresses.publicAddressOf(primary).ifPresent(address -> xml.put("ipAddress", address));
            xml.each("groupSet", primary.groups(), (one, id) -> one.put("groupId", id));
        }
        xml.each("networkInterfaceSet", cards, (one, card) -> InterfaceActions.write(region, one, card));
        TagActions.write(region, xml, instance.id());
    }
}
