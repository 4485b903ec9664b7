// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;

/**
 * Makes a network interface and waits until it is available.
 *
 * <pre>{@code
 * CreateNetworkInterface.in(accountA).subnet(SUBNET).group(CONTROLLER_SG).sourceDestCheck(false).into(CONTROLLER_ENI)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of subnet, groups, address and description; <b>writes</b> the interface's id, and its private
 * address if a key is given for it.
 *
 * <p><b>Idempotent</b> by the step's token as client token, and by the tags of pipe, run, step and token, which the create call
 * sets: an interface of an earlier attempt is gone on with.
 *
 * <p><b>Retries:</b> throttling, lost connections, a subnet, group or interface that EC2 does not show yet. An address that is
 * not in the subnet ({@code InvalidParameterValue}) and a subnet without free ones are permanent.
 *
 * <p><b>Undo</b> detaches the interface where it is attached other than as an instance's first one, deletes it and waits until
 * it is not seen any more. An instance's first interface goes only with the instance: after a minute of waiting for that, the
 * undo fails and is tried again.
 *
 * <p>Calls and needs {@code ec2:} CreateNetworkInterface (also as a dry run before the run, if all inputs are known by then),
 * CreateTags, DescribeNetworkInterfaces, ModifyNetworkInterfaceAttribute, DetachNetworkInterface, DeleteNetworkInterface.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class CreateNetworkInterface implements Step {
    private final AwsAccount account;

    // assigned only before the copy that they belong to is handed out
    private Input<? extends String> subnet = Missing.call("subnet(..)");
    private List<Input<? extends String>> groups = List.of();
    private Input<Optional<Ip>> privateIp = Input.value(Optional.empty());
    private Input<Optional<String>> description = Input.value(Optional.empty());
    private boolean sourceDestCheck = true;
    private @Nullable Key<String> into;
    private @Nullable Key<Ip> privateIpInto;
    private Duration pollEvery = Duration.ofSeconds(1);

    private CreateNetworkInterface(AwsAccount account) {
        this.account = account;
    }

    private CreateNetworkInterface(CreateNetworkInterface from) {
        account = from.account;
        subnet = from.subnet;
        groups = from.groups;
        privateIp = from.privateIp;
        description = from.description;
        sourceDestCheck = from.sourceDestCheck;
        into = from.into;
        privateIpInto = from.privateIpInto;
        pollEvery = from.pollEvery;
    }

    /** Starts the description of a network interface in this account and region. */
    public static CreateNetworkInterface in(AwsAccount account) {
        return new CreateNetworkInterface(account);
    }

    /** The subnet's id. */
    public CreateNetworkInterface subnet(String id) {
        return subnet(Input.value(id));
    }

    /** The subnet's id. */
    public CreateNetworkInterface subnet(Input<? extends String> id) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.subnet = id;
        return copy;
    }

    /** One more security group; without any, EC2 takes the VPC's default group. */
    public CreateNetworkInterface group(String id) {
        return group(Input.value(id));
    }

    /** One more security group; without any, EC2 takes the VPC's default group. */
    public CreateNetworkInterface group(Input<? extends String> id) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.groups = Stream.concat(groups.stream(), Stream.of(id)).toList();
        return copy;
    }

    /** The private address; defaults to one that EC2 chooses. */
    public CreateNetworkInterface privateIp(Ip address) {
        return privateIp(Input.value(address));
    }

    /** The private address; defaults to one that EC2 chooses. */
    public CreateNetworkInterface privateIp(Input<? extends Ip> address) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.privateIp = address.map(Optional::of);
        return copy;
    }

    /** What it is for, at most 255 characters; defaults to nothing. */
    public CreateNetworkInterface description(String text) {
        return description(Input.value(text));
    }

    /** What it is for, at most 255 characters; defaults to nothing. */
    public CreateNetworkInterface description(Input<? extends String> text) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.description = text.map(Optional::of);
        return copy;
    }

    /** Whether EC2 drops packets that are not the interface's own; default true. One that routes for others needs false. */
    public CreateNetworkInterface sourceDestCheck(boolean check) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.sourceDestCheck = check;
        return copy;
    }

    /** Writes the interface's id under the key. */
    public CreateNetworkInterface into(Key<String> key) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.into = key;
        return copy;
    }

    /** Writes the interface's private address under the key. */
    public CreateNetworkInterface privateIpInto(Key<Ip> key) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.privateIpInto = key;
        return copy;
    }

    /** How long to wait between two looks; defaults to one second. */
    public CreateNetworkInterface pollEvery(Duration interval) {
        CreateNetworkInterface copy = new CreateNetworkInterface(this);
        copy.pollEvery = Looks.positive(interval, "poll interval");
        return copy;
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateNetworkInterface")
                .reading(subnet, privateIp, description)
                .reading(groups.toArray(Input<?>[]::new));
        contract = into == null ? contract : contract.writing(into);
        return privateIpInto == null ? contract : contract.writing(privateIpInto);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<NetworkInterface> own = own(context);
            return own.getOrMake(any -> true, requestInterface(own, toRequest(own, state)))
                    .flatMap(made -> isAvailable(made) ? Mono.just(made) : waitUntilAvailable(own, made))
                    .flatMap(made -> isChecked(made)
                            ? Interfaces.of(own).turnCheckOff(made.networkInterfaceId())
                            : Mono.just(made))
                    .map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        Own<NetworkInterface> own = own(context);
        return own.all().map(all -> own.toFound(all, this::lack, this::toOutputs));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<NetworkInterface> own = own(context);
        return own.toRemove().flatMap(all -> Interfaces.of(own).remove(all));
    }

    /** Checks the credentials and, if all inputs are known, by a dry run that EC2 permits the interface. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<NetworkInterface> own = own(context);
        return account.identity(own.calls())
                .then(Mono.defer(() -> isKnown(state) ? requestDryRun(own, toRequest(own, state)) : Mono.empty()));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<NetworkInterface> own(StepContext context) {
        return new Own<>(MachineKinds.NETWORK_INTERFACE, account, context, pollEvery);
    }

    private boolean isKnown(State state) {
        return Stream.concat(Stream.of(subnet, privateIp, description), groups.stream())
                .allMatch(input -> input.find(state).isPresent());
    }

    private static boolean isAvailable(NetworkInterface made) {
        return !made.statusAsString().equals("pending");
    }

    /** Whether EC2 checks what must not be checked. */
    private boolean isChecked(NetworkInterface made) {
        return !sourceDestCheck && made.sourceDestCheck();
    }

    private static Mono<NetworkInterface> waitUntilAvailable(Own<NetworkInterface> own, NetworkInterface made) {
        return own.waitUntil(
                made.networkInterfaceId(), CreateNetworkInterface::isAvailable, "is not available, but pending,");
    }

    private Mono<String> requestInterface(Own<NetworkInterface> own, CreateNetworkInterfaceRequest request) {
        return own.calls()
                .changing(
                        "CreateNetworkInterface in " + request.subnetId(),
                        () -> account.ec2().createNetworkInterface(request),
                        made -> own.made(made.networkInterface().networkInterfaceId()))
                .map(made -> made.networkInterface().networkInterfaceId());
    }

    private Mono<Void> requestDryRun(Own<NetworkInterface> own, CreateNetworkInterfaceRequest request) {
        return DryRun.of(own.calls(), "CreateNetworkInterface in " + request.subnetId(), () -> account.ec2()
                .createNetworkInterface(request.toBuilder().dryRun(true).build()));
    }

    private CreateNetworkInterfaceRequest toRequest(Own<NetworkInterface> own, State state) {
        return CreateNetworkInterfaceRequest.builder()
                .subnetId(subnet.get(state))
                .groups(groups.stream().<String>map(group -> group.get(state)).toList())
                .privateIpAddress(privateIp.get(state).map(Ip::toString).orElse(null))
                .description(description.get(state).orElse(null))
                .clientToken(own.context().token())
                .tagSpecifications(own.tags())
                .build();
    }

    private Optional<String> lack(NetworkInterface made) {
        if (!isAvailable(made)) {
            return Optional.of("is pending");
        }
        return isChecked(made) ? Optional.of("checks source and destination") : Optional.empty();
    }

    private Outputs toOutputs(NetworkInterface made) {
        Outputs outputs = into == null ? Outputs.none() : Outputs.of(into, made.networkInterfaceId());
        return privateIpInto == null ? outputs : outputs.and(privateIpInto, Ip.of(made.privateIpAddress()));
    }
}
