// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Launches a machine that routes for others, gives it an elastic address, and waits until it runs and both status checks pass.
 *
 * <pre>{@code
 * LaunchController.in(accountA).image(IMAGE).instanceType("t3.medium").subnet(SUBNET).group(CONTROLLER_SG).into(CONTROLLER)
 * // then
 * SetUpController.at(CONTROLLER.map(LaunchedController::publicIp))
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of everything it is given; <b>writes</b> a {@link LaunchedController}. It allocates an elastic
 * address, or takes a given one; launches the instance with a network interface of its own, whose source/destination check it
 * turns off, or with a given one, which it leaves as it is; and associates the two once the instance runs.
 *
 * <p><b>Idempotent</b> by the step's token as client token, and by the tags of pipe, run, step and token, which the create
 * calls set on address, instance, interface and volumes: parts of an earlier attempt are gone on with.
 *
 * <p><b>Retries:</b> throttling, lost connections and answers, things that EC2 does not show yet,
 * {@code InsufficientInstanceCapacity}. An instance that ends by itself while it is waited for fails with the reason that EC2
 * gives: permanent if it is {@code Client.…}, and launched anew if it is {@code Server.…}, as for a lack of capacity (EC2 API
 * reference, StateReason). A machine that is not ready in time is permanent.
 *
 * <p><b>Undo</b> terminates the instance and waits until it is terminated, deletes the interface if it is still there,
 * disassociates and releases the address. Given addresses and interfaces stay; only an association that the step made is ended.
 * Volumes go with the instance as the image says. A run that died before the machine was ready finds parts of it only: they are
 * taken away, and a new one is launched.
 *
 * <p>Calls and needs {@code ec2:} RunInstances (also as a dry run before the run, if all inputs are known by then), CreateTags,
 * DescribeInstances, DescribeInstanceStatus, TerminateInstances, DescribeImages, DescribeKeyPairs, AllocateAddress,
 * AssociateAddress, DescribeAddresses, DisassociateAddress, ReleaseAddress, DescribeNetworkInterfaces,
 * ModifyNetworkInterfaceAttribute, DeleteNetworkInterface, DetachNetworkInterface; {@code ssm:} GetParameter for an image that
 * a parameter names.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class LaunchController implements Step {
    private final AwsAccount account;

    // assigned only before the copy that they belong to is handed out
    private ImageSource image = ImageSource.id(Missing.call("image(..), imageParameter(..) or newestImage(..)"));
    private Input<? extends String> instanceType = Missing.call("instanceType(..)");
    private Input<Optional<String>> subnet =
            Missing.<String>call("subnet(..) or networkInterface(..)").map(Optional::of);
    private List<Input<? extends String>> groups = List.of();
    private Input<Optional<Ip>> privateIp = Input.value(Optional.empty());
    private Input<Optional<String>> networkInterface = Input.value(Optional.empty());
    private Input<Optional<String>> allocation = Input.value(Optional.empty());
    private Input<Optional<String>> keyName = Input.value(Optional.empty());
    private Input<Optional<Secret<String>>> userData = Input.value(Optional.empty());
    private Map<String, String> tags = Map.of();
    private @Nullable Key<LaunchedController> into;
    private Duration pollEvery = Duration.ofSeconds(5);
    private Duration readyWithin = Duration.ofMinutes(15);

    private LaunchController(AwsAccount account) {
        this.account = account;
    }

    private LaunchController(LaunchController from) {
        account = from.account;
        image = from.image;
        instanceType = from.instanceType;
        subnet = from.subnet;
        groups = from.groups;
        privateIp = from.privateIp;
        networkInterface = from.networkInterface;
        allocation = from.allocation;
        keyName = from.keyName;
        userData = from.userData;
        tags = from.tags;
        into = from.into;
        pollEvery = from.pollEvery;
        readyWithin = from.readyWithin;
    }

    /** Starts the description of a machine in this account and region. */
    public static LaunchController in(AwsAccount account) {
        return new LaunchController(account);
    }

    /** The image's id, {@code ami-…}. */
    public LaunchController image(String id) {
        return image(Input.value(id));
    }

    /** The image's id, {@code ami-…}. */
    public LaunchController image(Input<? extends String> id) {
        return image(ImageSource.id(id));
    }

    /** The image whose id this parameter of the Systems Manager holds when the step runs: AWS's own, {@code /aws/service/…}, or the account's. */
    public LaunchController imageParameter(String name) {
        return imageParameter(Input.value(name));
    }

    /** The image whose id this parameter of the Systems Manager holds when the step runs: AWS's own, {@code /aws/service/…}, or the account's. */
    public LaunchController imageParameter(Input<? extends String> name) {
        return image(ImageSource.parameter(name));
    }

    /**
     * The newest available image of an owner whose name fits.
     *
     * @param owner an account's twelve digits, or {@code self}, {@code amazon}, {@code aws-marketplace}
     * @param namePattern with {@code *} for any text and {@code ?} for one character
     */
    public LaunchController newestImage(String owner, String namePattern) {
        return image(ImageSource.newest(owner, Input.value(namePattern)));
    }

    private LaunchController image(ImageSource source) {
        LaunchController copy = new LaunchController(this);
        copy.image = source;
        return copy;
    }

    /** The instance type, for instance {@code t3.medium}. */
    public LaunchController instanceType(String type) {
        return instanceType(Input.value(type));
    }

    /** The instance type, for instance {@code t3.medium}. */
    public LaunchController instanceType(Input<? extends String> type) {
        LaunchController copy = new LaunchController(this);
        copy.instanceType = type;
        return copy;
    }

    /** The id of the subnet in which its network interface is made. */
    public LaunchController subnet(String id) {
        return subnet(Input.value(id));
    }

    /** The id of the subnet in which its network interface is made. */
    public LaunchController subnet(Input<? extends String> id) {
        LaunchController copy = new LaunchController(this);
        copy.subnet = id.map(Optional::of);
        copy.networkInterface = Input.value(Optional.empty());
        return copy;
    }

    /** One more security group of its network interface; without any, EC2 takes the VPC's default group. */
    public LaunchController group(String id) {
        return group(Input.value(id));
    }

    /** One more security group of its network interface; without any, EC2 takes the VPC's default group. */
    public LaunchController group(Input<? extends String> id) {
        LaunchController copy = new LaunchController(this);
        copy.groups = Stream.concat(groups.stream(), Stream.of(id)).toList();
        return copy;
    }

    /** The private address of its network interface; defaults to one that EC2 chooses. */
    public LaunchController privateIp(Ip address) {
        return privateIp(Input.value(address));
    }

    /** The private address of its network interface; defaults to one that EC2 chooses. */
    public LaunchController privateIp(Input<? extends Ip> address) {
        LaunchController copy = new LaunchController(this);
        copy.privateIp = address.map(Optional::of);
        return copy;
    }

    /**
     * A network interface that exists, in place of subnet, groups and private address; it stays when the machine goes. Make it with
     * {@link CreateNetworkInterface#sourceDestCheck sourceDestCheck(false)}.
     */
    public LaunchController networkInterface(String id) {
        return networkInterface(Input.value(id));
    }

    /**
     * A network interface that exists, in place of subnet, groups and private address; it stays when the machine goes. Make it with
     * {@link CreateNetworkInterface#sourceDestCheck sourceDestCheck(false)}.
     */
    public LaunchController networkInterface(Input<? extends String> id) {
        LaunchController copy = new LaunchController(this);
        copy.networkInterface = id.map(Optional::of);
        copy.subnet = Input.value(Optional.empty());
        return copy;
    }

    /** An elastic address that exists, by its allocation id, in place of a new one; it stays when the machine goes. */
    public LaunchController address(String allocation) {
        return address(Input.value(allocation));
    }

    /** An elastic address that exists, by its allocation id, in place of a new one; it stays when the machine goes. */
    public LaunchController address(Input<? extends String> allocation) {
        LaunchController copy = new LaunchController(this);
        copy.allocation = allocation.map(Optional::of);
        return copy;
    }

    /** The key pair that opens it for SSH; defaults to none. */
    public LaunchController keyName(String name) {
        return keyName(Input.value(name));
    }

    /** The key pair that opens it for SSH; defaults to none. */
    public LaunchController keyName(Input<? extends String> name) {
        LaunchController copy = new LaunchController(this);
        copy.keyName = name.map(Optional::of);
        return copy;
    }

    /** What it is told at its first boot, plain text of at most 16 KB; defaults to nothing. */
    public LaunchController userData(String text) {
        return userData(Input.value(Secret.of(text)));
    }

    /** What it is told at its first boot, plain text of at most 16 KB; defaults to nothing. */
    public LaunchController userData(Input<? extends Secret<String>> text) {
        LaunchController copy = new LaunchController(this);
        copy.userData = text.map(Optional::of);
        return copy;
    }

    /** The tag {@code Name} of instance, interface and volumes. */
    public LaunchController name(String name) {
        return tag("Name", name);
    }

    /** One more tag of instance, interface and volumes, beside those of pipe, run, step and token. */
    public LaunchController tag(String key, String value) {
        LaunchController copy = new LaunchController(this);
        Map<String, String> more = new HashMap<>(tags);
        more.put(key, value);
        copy.tags = Map.copyOf(more);
        return copy;
    }

    /** Writes the machine under the key. */
    public LaunchController into(Key<LaunchedController> key) {
        LaunchController copy = new LaunchController(this);
        copy.into = key;
        return copy;
    }

    /** How long to wait between two looks; defaults to five seconds. */
    public LaunchController pollEvery(Duration interval) {
        LaunchController copy = new LaunchController(this);
        copy.pollEvery = Looks.positive(interval, "poll interval");
        return copy;
    }

    /** How long it may take to run, and then again to pass its status checks; defaults to 15 minutes. */
    public LaunchController readyWithin(Duration time) {
        LaunchController copy = new LaunchController(this);
        copy.readyWithin = Looks.positive(time, "time");
        return copy;
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("LaunchController").reading(inputs());
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> launch(state, context).run()).map(this::toOutputs);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> launch(state, context).look(this::toOutputs));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> launch(state, context).remove());
    }

    /**
     * Checks the credentials; the image and the key pair as far as they are known; and, if all inputs are known, by a dry run that
     * EC2 permits the launch.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        AwsCalls calls = account.calls(context);
        return account.identity(calls)
                .then(Mono.defer(() -> Mono.justOrEmpty(image.named().find(state)))
                        .flatMap(named -> image.lookup().find(account, calls, named))
                        .flatMap(id -> ImageSource.check(account, calls, id)))
                .then(Mono.defer(() -> Mono.justOrEmpty(keyName.find(state).flatMap(name -> name)))
                        .flatMap(name -> requestKeyPair(calls, name)))
                .then(Mono.defer(() ->
                        Stream.of(inputs()).allMatch(input -> input.find(state).isPresent())
                                ? launch(state, context).requestDryRun()
                                : Mono.empty()));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Input<?>[] inputs() {
        return Stream.concat(
                        Stream.of(
                                image.named(),
                                instanceType,
                                subnet,
                                privateIp,
                                networkInterface,
                                allocation,
                                keyName,
                                userData),
                        groups.stream())
                .toArray(Input<?>[]::new);
    }

    private Launch launch(State state, StepContext context) {
        if (networkInterface.get(state).isPresent()
                && (!groups.isEmpty() || privateIp.get(state).isPresent())) {
            throw StepFailure.permanent("a given network interface has its own groups and private address: leave out"
                    + " group(..) and privateIp(..)");
        }
        Launch.Wanted wanted = new Launch.Wanted(
                Mono.defer(() -> image.lookup()
                        .find(account, account.calls(context), image.named().get(state))),
                instanceType.get(state),
                subnet.get(state),
                groups.stream().<String>map(group -> group.get(state)).toList(),
                privateIp.get(state),
                networkInterface.get(state),
                allocation.get(state),
                keyName.get(state),
                userData.get(state),
                tags);
        return new Launch(account, context, wanted, pollEvery, readyWithin);
    }

    private Mono<Void> requestKeyPair(AwsCalls calls, String name) {
        return calls.reading("DescribeKeyPairs " + name, () -> account.ec2().describeKeyPairs(r -> r.keyNames(name)))
                .then();
    }

    private Outputs toOutputs(LaunchedController made) {
        return into == null ? Outputs.none() : Outputs.of(into, made);
    }
}
