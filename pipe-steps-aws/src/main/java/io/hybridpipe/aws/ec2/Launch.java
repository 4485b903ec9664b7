// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/** One call of a {@link LaunchController}: the instance, its interface and its address, each the step's own or given. */
final class Launch {
    private final AwsAccount account;
    private final StepContext context;
    private final Wanted wanted;
    private final Own<Instance> own;
    private final Own<Instance> any;
    private final Boot boot;
    private final Interfaces interfaces;
    private final Addresses addresses;

    Launch(AwsAccount account, StepContext context, Wanted wanted, Duration pollEvery, Duration within) {
        this.account = account;
        this.context = context;
        this.wanted = wanted;
        own = new Own<>(MachineKinds.INSTANCE, account, context, pollEvery);
        any = new Own<>(MachineKinds.ANY_INSTANCE, account, context, pollEvery);
        boot = new Boot(any, within);
        interfaces = Interfaces.of(new Own<>(MachineKinds.NETWORK_INTERFACE, account, context, pollEvery));
        addresses = new Addresses(new Own<>(MachineKinds.ADDRESS, account, context, pollEvery));
    }

    /**
     * What is to be launched.
     *
     * @param image finds the image's id
     * @param networkInterface the one that the caller gives, in place of subnet, groups and private address
     * @param allocation of the address that the caller gives
     * @param tags of the caller's own, for instance, interface and volumes
     */
    record Wanted(
            Mono<String> image,
            String type,
            Optional<String> subnet,
            List<String> groups,
            Optional<Ip> privateIp,
            Optional<String> networkInterface,
            Optional<String> allocation,
            Optional<String> keyName,
            Optional<Secret<String>> userData,
            Map<String, String> tags) {}

    /** Makes what is not there yet, and waits until the machine is ready. */
    Mono<LaunchedController> run() {
        // the address first: when there is none left, no machine has been started in vain
        return getAddress().flatMap(address -> getInstance()
                .flatMap(boot::untilRunning)
                .delayUntil(this::turnCheckOff)
                .delayUntil(running -> associate(address, running))
                .delayUntil(running -> boot.untilChecked(running.instanceId()))
                .map(ready -> toController(ready, address)));
    }

    /** Looks at every part. */
    Mono<Found> look(Function<LaunchedController, Outputs> toOutputs) {
        return own.all().flatMap(instances -> getAddresses().flatMap(there -> {
            if (instances.isEmpty()) {
                return Mono.just(
                        there.isEmpty() || wanted.allocation.isPresent()
                                ? Found.absent()
                                : Found.partly(there.get(0).allocationId() + " is allocated, but nothing is launched"));
            }
            return lack(instances.get(0), there)
                    .map(lack -> own.toFound(
                            instances,
                            instance -> lack,
                            instance -> toOutputs.apply(toController(instance, there.get(0)))));
        }));
    }

    /** Takes away what the step made, in the order of dependence. */
    Mono<Void> remove() {
        return own.toRemove()
                .flatMap(all -> own.remove(all, this::requestTermination))
                // an interface goes with its instance, unless something was in the way
                .then(Mono.defer(() -> interfaces.own().toRemove()).flatMap(interfaces::remove))
                .then(Mono.defer(() -> addresses.own().toRemove()).flatMap(addresses::release))
                .then(Mono.defer(this::removeAssociation));
    }

    private Mono<Address> getAddress() {
        return wanted.allocation.map(addresses::getGiven).orElseGet(addresses::getOrAllocate);
    }

    /** The given address, or else those that are the step's own. */
    private Mono<List<Address>> getAddresses() {
        return wanted.allocation
                .map(given -> addresses.own().find(given).map(List::of).defaultIfEmpty(List.of()))
                .orElseGet(() -> addresses.own().all());
    }

    private Mono<String> getInstance() {
        return own.all().flatMap(all -> own.current(all).stream()
                .filter(instance -> !isEnding(instance))
                .findFirst()
                .map(Instance::instanceId)
                .map(Mono::just)
                .orElseGet(this::launch));
    }

    private Mono<String> launch() {
        return wanted.image.flatMap(image -> countEnded().flatMap(ended -> requestInstance(toRequest(image, ended))));
    }

    /**
     * How many of the step's instances have ended by themselves since the last completed undo. RunInstances never launches
     * again for the token of one of those.
     */
    private Mono<Integer> countEnded() {
        return any.seen()
                .map(any::current)
                .map(all -> all.stream().filter(Launch::isEnding).toList())
                .doOnNext(ended -> ended.forEach(each -> context.gone(any.toResource(each.instanceId()))))
                .map(List::size);
    }

    private Mono<?> turnCheckOff(Instance instance) {
        return isChecked(instance) ? interfaces.turnCheckOff(cardOf(instance).networkInterfaceId()) : Mono.empty();
    }

    private Mono<Address> associate(Address address, Instance instance) {
        AddressTarget target = targetOf(instance);
        return free(address, target).flatMap(its -> {
            if (bothGiven() && !target.has(its)) {
                context.made(association(its.allocationId(), target));
            }
            return addresses.associate(its, target);
        });
    }

    /** An instance of the step that is ending, or was when the address was looked at, keeps the address until it has ended. */
    private Mono<Address> free(Address address, AddressTarget target) {
        String association = address.associationId();
        if (association == null || target.has(address)) {
            return Mono.just(address);
        }
        return any.seen()
                .flatMapIterable(any::current)
                .filter(Launch::isEnding)
                .any(ending -> ending.instanceId().equals(address.instanceId()))
                .flatMap(bound -> bound
                        ? addresses
                                .own()
                                .waitUntil(
                                        address.allocationId(),
                                        now -> !association.equals(now.associationId()),
                                        "is not seen to be free of " + address.instanceId() + ", which is ending,")
                        : Mono.just(address));
    }

    /** An association of two given things bears no mark; the step knows it by having said that it makes it. */
    private Mono<Void> removeAssociation() {
        if (!bothGiven()) {
            return Mono.empty();
        }
        String allocation = wanted.allocation.orElseThrow();
        AddressTarget target = new AddressTarget(wanted.networkInterface.orElseThrow());
        Resource made = association(allocation, target);
        return context.madeBefore().stream().noneMatch(made::isSameAs)
                ? Mono.empty()
                : addresses
                        .own()
                        .find(allocation)
                        .filter(target::has)
                        .flatMap(addresses::disassociate)
                        .then(Mono.fromRunnable(() -> context.gone(made)));
    }

    private Mono<Optional<String>> lack(Instance instance, List<Address> there) {
        List<Address> usable =
                wanted.allocation.isPresent() ? there : addresses.own().current(there);
        if (isChecked(instance)) {
            return Mono.just(Optional.of("checks source and destination"));
        }
        if (there.size() != 1 || usable.isEmpty() || !targetOf(instance).has(usable.get(0))) {
            return Mono.just(Optional.of("does not have its address"));
        }
        return boot.lack(instance);
    }

    private Mono<String> requestInstance(RunInstancesRequest request) {
        return Own.repeatable(own.calls()
                        .changing(
                                "RunInstances " + request.imageId() + " " + request.instanceTypeAsString(),
                                () -> account.ec2().runInstances(request),
                                made -> own.made(made.instances().get(0).instanceId())))
                .onErrorMap(
                        // launched before, and not shown yet: with an image that was another one then, or ended since
                        AwsFailures.hasCode("IdempotentParameterMismatch", "IdempotentInstanceTerminated"),
                        before -> StepFailure.of(
                                FailureClass.NOT_YET_VISIBLE, String.valueOf(before.getMessage()), before))
                .map(made -> made.instances().get(0).instanceId());
    }

    /** Asks, without launching, whether EC2 permits it. */
    Mono<Void> requestDryRun() {
        return wanted.image.flatMap(
                image -> DryRun.of(own.calls(), "RunInstances " + image + " " + wanted.type, () -> account.ec2()
                        .runInstances(
                                toRequest(image, 0).toBuilder().dryRun(true).build())));
    }

    private Mono<?> requestTermination(Instance instance) {
        return own.calls().changing("TerminateInstances " + instance.instanceId(), () -> account.ec2()
                .terminateInstances(r -> r.instanceIds(instance.instanceId())));
    }

    private RunInstancesRequest toRequest(String image, int ended) {
        RunInstancesRequest.Builder request = RunInstancesRequest.builder()
                .imageId(image)
                .instanceType(wanted.type)
                .minCount(1)
                .maxCount(1)
                .clientToken(context.token() + (ended == 0 ? "" : "-" + ended))
                .networkInterfaces(toCard())
                .tagSpecifications(Stream.of(ResourceType.INSTANCE, ResourceType.VOLUME, ResourceType.NETWORK_INTERFACE)
                        .filter(kind -> kind != ResourceType.NETWORK_INTERFACE || wanted.networkInterface.isEmpty())
                        .map(kind -> Own.tags(kind, tags()))
                        .toList());
        wanted.keyName.ifPresent(request::keyName);
        wanted.userData.ifPresent(data -> request.userData(
                Base64.getEncoder().encodeToString(data.reveal().getBytes(StandardCharsets.UTF_8))));
        return request.build();
    }

    private Map<String, String> tags() {
        Map<String, String> all = new HashMap<>(wanted.tags);
        all.putAll(context.tags());
        return all;
    }

    private InstanceNetworkInterfaceSpecification toCard() {
        InstanceNetworkInterfaceSpecification.Builder card =
                InstanceNetworkInterfaceSpecification.builder().deviceIndex(0);
        if (wanted.networkInterface.isPresent()) {
            return card.networkInterfaceId(wanted.networkInterface.get()).build();
        }
        wanted.subnet.ifPresent(card::subnetId);
        wanted.privateIp.map(Ip::toString).ifPresent(card::privateIpAddress);
        return card.groups(wanted.groups).deleteOnTermination(true).build();
    }

    private Resource association(String allocation, AddressTarget target) {
        return account.resource(
                "AWS::EC2::EIPAssociation",
                allocation + "|" + target,
                "ec2 describe-addresses --allocation-ids " + allocation);
    }

    private boolean bothGiven() {
        return wanted.allocation.isPresent() && wanted.networkInterface.isPresent();
    }

    /** A given interface is the caller's: its check is not the step's matter. */
    private boolean isChecked(Instance instance) {
        return wanted.networkInterface.isEmpty() && cardOf(instance).sourceDestCheck();
    }

    private static boolean isEnding(Instance instance) {
        String state = instance.state().nameAsString();
        return state.equals("shutting-down") || state.equals("terminated");
    }

    private static AddressTarget targetOf(Instance instance) {
        return new AddressTarget(cardOf(instance).networkInterfaceId());
    }

    private static InstanceNetworkInterface cardOf(Instance instance) {
        return instance.networkInterfaces().stream()
                .filter(card -> card.attachment() == null || card.attachment().deviceIndex() == 0)
                .findFirst()
                .orElseThrow(() -> StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE, instance.instanceId() + " shows no network interface"));
    }

    private static LaunchedController toController(Instance instance, Address address) {
        InstanceNetworkInterface card = cardOf(instance);
        return new LaunchedController(
                instance.instanceId(),
                card.networkInterfaceId(),
                Ip.of(card.privateIpAddress()),
                Ip.of(address.publicIp()),
                address.allocationId());
    }
}
