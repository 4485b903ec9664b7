// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Instance;
import io.hybridpipe.sim.aws.Model.InstanceState;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Instances: launched, running after a while, terminated after a while, with their interfaces. */
final class Instances {

    /** Simulated time from launch to running, and from the call to terminated. */
    static final Duration STATE_CHANGE = Duration.ofSeconds(10);

    /** Most bytes of user data, before they are encoded. */
    static final int USER_DATA = 16384;

    /** How long terminated instances can still be described. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    /** Takes what happened to an instance to those who listen. */
    @FunctionalInterface
    interface Announcer {
        void announce(InstanceEvent event);
    }

    /** What to launch; the interfaces exist already or are described by subnet and groups. */
    record Launch(String image, String type, String keyName, String userData, List<Card> cards) {}

    /** An interface of an instance to be: an existing one by id, or a new one. */
    record Card(
            int index,
            String existing,
            String subnet,
            Optional<String> privateIp,
            List<String> groups,
            Optional<Boolean> publicIp,
            String description) {}

    private final Region region;
    private final Announcer announcer;

    Instances(Region region, Announcer announcer) {
        this.region = region;
        this.announcer = announcer;
    }

    Instance run(Launch launch, String reservation) {
        image(launch.image());
        if (!launch.keyName().isEmpty()) {
            region.keys.get(launch.keyName());
        }
        if (launch.cards().isEmpty() || launch.cards().stream().noneMatch(card -> card.index() == 0)) {
            throw AwsError.of("MissingInput", "No subnets found for the default VPC. Please specify a subnet.");
        }
        for (var card : launch.cards()) {
            if (!card.existing().isEmpty()
                    && region.interfaceStore.get(card.existing()).attachment().exists()) {
                throw AwsError.of("InvalidNetworkInterface.InUse", "Interface: [%s] in use.", card.existing());
            }
        }
        var id = region.ids.next("i");
        var cards = new ArrayList<NetworkInterface>();
        launch.cards().forEach(card -> cards.add(plug(id, card)));
        var primary = region.interfaces.of(id).get(0);
        var now = region.clock.instant();
        var instance = region.instanceStore.put(new Instance(
                id,
                launch.image(),
                launch.type(),
                launch.keyName(),
                InstanceState.PENDING,
                now,
                now,
                primary.subnet(),
                primary.vpc(),
                region.subnetStore.get(primary.subnet()).zone(),
                launch.userData(),
                reservation,
                false));
        region.allOrNothing.after(STATE_CHANGE, () -> started(id));
        return instance;
    }

    private NetworkInterface plug(String instance, Card card) {
        if (!card.existing().isEmpty()) {
            region.interfaces.attach(card.existing(), instance, card.index(), false);
            return region.interfaceStore.get(card.existing());
        }
        var made = region.interfaces.create(card.subnet(), card.privateIp(), card.groups(), card.description());
        region.interfaces.attach(made.id(), instance, card.index(), true);
        var attached = region.interfaceStore.get(made.id());
        if (card.publicIp().orElse(region.subnetStore.get(card.subnet()).mapPublicIp())) {
            var address = region.shared.publicAddresses().get().toString();
            attached = region.interfaceStore.put(attached.withAutoPublicIp(address));
        }
        return attached;
    }

    private void started(String id) {
        synchronized (region) {
            var instance = region.instanceStore.find(id).filter(i -> i.state() == InstanceState.PENDING);
            instance.ifPresent(i -> {
                region.instanceStore.put(i.in(InstanceState.RUNNING, region.clock.instant()));
                tell(InstanceEvent.Kind.RUNNING, i);
            });
        }
    }

    void stop(String id) {
        var instance = region.instanceStore.get(id);
        switch (instance.state()) {
            case STOPPING, STOPPED -> {}
            case RUNNING -> {
                region.instanceStore.put(instance.in(InstanceState.STOPPING, region.clock.instant()));
                tell(InstanceEvent.Kind.STOPPED, instance);
                region.allOrNothing.after(STATE_CHANGE, () -> stopped(id));
            }
            default -> throw wrongState(instance, "stopped");
        }
    }

    private void stopped(String id) {
        synchronized (region) {
            region.instanceStore
                    .find(id)
                    .filter(instance -> instance.state() == InstanceState.STOPPING)
                    .ifPresent(instance -> {
                        region.instanceStore.put(instance.in(InstanceState.STOPPED, region.clock.instant()));
                        // the address that a launch gave is given back, an elastic one stays
                        region.interfaces.of(id).forEach(card -> region.interfaceStore.put(card.withAutoPublicIp("")));
                    });
        }
    }

    void start(String id) {
        var instance = region.instanceStore.get(id);
        switch (instance.state()) {
            case PENDING, RUNNING -> {}
            case STOPPED -> {
                region.instanceStore.put(instance.in(InstanceState.PENDING, region.clock.instant()));
                var primary = region.interfaces.of(id).get(0);
                if (region.subnetStore.get(primary.subnet()).mapPublicIp()) {
                    var address = region.shared.publicAddresses().get().toString();
                    region.interfaceStore.put(primary.withAutoPublicIp(address));
                }
                region.allOrNothing.after(STATE_CHANGE, () -> started(id));
            }
            default -> throw wrongState(instance, "started");
        }
    }

    private static AwsError wrongState(Instance instance, String wanted) {
        return AwsError.of(
                "IncorrectInstanceState",
                "The instance '%s' is not in a state from which it can be %s.",
                instance.id(),
                wanted);
    }

    void terminate(String id) {
        var instance = region.instanceStore.get(id);
        if (!instance.alive()) {
            return;
        }
        if (instance.kept()) {
            throw AwsError.of(
                    "OperationNotPermitted",
                    "The instance '%s' may not be terminated. Modify its 'disableApiTermination' instance attribute and"
                            + " try again.",
                    id);
        }
        region.instanceStore.put(instance.in(InstanceState.SHUTTING_DOWN, region.clock.instant()));
        tell(InstanceEvent.Kind.TERMINATED, instance);
        region.allOrNothing.after(STATE_CHANGE, () -> terminated(id));
    }

    private void terminated(String id) {
        synchronized (region) {
            for (var card : region.interfaces.of(id)) {
                if (card.attachment().deleteOnTermination()) {
                    region.interfaces.remove(card.id());
                } else {
                    region.interfaceStore.put(card.withAttachment(Model.Attachment.NONE));
                }
            }
            var instance = region.instanceStore.get(id);
            region.instanceStore.put(instance.in(InstanceState.TERMINATED, region.clock.instant()));
            region.allOrNothing.after(REMEMBERED, () -> forget(id));
        }
    }

    private void forget(String id) {
        synchronized (region) {
            region.instanceStore.remove(id);
            region.tags.forget(id);
        }
    }

    /** The interface of an instance that has exactly one. */
    NetworkInterface onlyInterface(String instance) {
        region.instanceStore.get(instance);
        var cards = region.interfaces.of(instance);
        if (cards.size() != 1) {
            throw AwsError.of(
                    "InvalidInstanceID",
                    "There are %s interfaces attached to instance '%s'. Please specify an interface ID for the operation"
                            + " instead.",
                    cards.isEmpty() ? "no" : "multiple",
                    instance);
        }
        return cards.get(0);
    }

    static String encoded(String userData) {
        return Base64.getEncoder().encodeToString(userData.getBytes(StandardCharsets.UTF_8));
    }

    static String userData(String encoded) {
        if (encoded.length() > 4 * (USER_DATA + 2) / 3) {
            throw AwsError.invalid("User data is limited to %d bytes", USER_DATA);
        }
        try {
            return new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw AwsError.invalid("Invalid BASE64 encoding of user data.");
        }
    }

    SimAws.Image image(String id) {
        return region.imageStore.get(id).image();
    }

    /** Whether the status checks pass: the image's boot time has gone by since the instance runs. */
    boolean booted(Instance instance) {
        var boot = image(instance.image()).boot();
        return instance.state() == InstanceState.RUNNING
                && !region.clock.instant().isBefore(instance.since().plus(boot));
    }

    /** Tells the listeners when the interface is the primary one of a running instance. */
    void addressChanged(NetworkInterface card) {
        var attachment = card.attachment();
        if (attachment.exists() && attachment.index() == 0) {
            region.instanceStore
                    .find(attachment.instance())
                    .filter(instance -> instance.state() == InstanceState.RUNNING)
                    .ifPresent(instance -> tell(InstanceEvent.Kind.ADDRESS_CHANGED, instance));
        }
    }

    private void tell(InstanceEvent.Kind kind, Instance instance) {
        var primary = region.interfaces.of(instance.id()).get(0);
        var event = new InstanceEvent(
                kind,
                region.account,
                region.name,
                instance.id(),
                image(instance.image()),
                primary.id(),
                primary.privateIp(),
                region.addresses.publicAddressOf(primary));
        // from the agenda, so that a listener may ask the stand-in without holding the region's monitor
        region.allOrNothing.after(Duration.ZERO, () -> announcer.announce(event));
    }
}
