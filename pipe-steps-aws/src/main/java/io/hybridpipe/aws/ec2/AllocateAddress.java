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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Address;

/**
 * Allocates an elastic IP address, and associates it if it is told with what.
 *
 * <pre>{@code
 * AllocateAddress.in(accountA).toInterface(CONTROLLER_ENI).into(ALLOCATION, CONTROLLER_IP)
 * }</pre>
 *
 * <p><b>Reads</b> the input of the interface or instance; <b>writes</b> allocation id and address.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the create call sets, since AllocateAddress takes no
 * client token: an address of an earlier attempt is gone on with. An association that is there is not asked for again.
 *
 * <p><b>Retries:</b> throttling, lost connections, an interface or instance that EC2 does not show yet, an instance that is still
 * pending. As many addresses as the account may have ({@code AddressLimitExceeded}), a VPC without internet gateway
 * ({@code Gateway.NotAttached}) and an interface that has an elastic address already are permanent; that address, and whose it
 * is, is named and left as it is.
 *
 * <p><b>Undo</b> disassociates the address, releases it, and waits until it is not seen any more.
 *
 * <p>Calls and needs {@code ec2:} AllocateAddress (also as a dry run before the run), CreateTags, DescribeAddresses,
 * AssociateAddress, DisassociateAddress, ReleaseAddress. Immutable.
 */
public final class AllocateAddress implements Step {
    private final AwsAccount account;
    private final Input<Optional<AddressTarget>> target;
    private final @Nullable Key<String> allocationInto;
    private final @Nullable Key<Ip> addressInto;
    private final Duration pollEvery;

    private AllocateAddress(
            AwsAccount account,
            Input<Optional<AddressTarget>> target,
            @Nullable Key<String> allocationInto,
            @Nullable Key<Ip> addressInto,
            Duration pollEvery) {
        this.account = account;
        this.target = target;
        this.allocationInto = allocationInto;
        this.addressInto = addressInto;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of an address in this account and region. */
    public static AllocateAddress in(AwsAccount account) {
        return new AllocateAddress(account, Input.value(Optional.empty()), null, null, Duration.ofSeconds(1));
    }

    /** Associates it with this network interface. */
    public AllocateAddress toInterface(String id) {
        return toInterface(Input.value(id));
    }

    /** Associates it with this network interface. */
    public AllocateAddress toInterface(Input<? extends String> id) {
        return to(id);
    }

    /** Associates it with the first network interface of this instance, as soon as the instance is running. */
    public AllocateAddress toInstance(String id) {
        return toInstance(Input.value(id));
    }

    /** Associates it with the first network interface of this instance, as soon as the instance is running. */
    public AllocateAddress toInstance(Input<? extends String> id) {
        return to(id);
    }

    private AllocateAddress to(Input<? extends String> id) {
        Input<Optional<AddressTarget>> given = id.map(text -> Optional.of(new AddressTarget(text)));
        return new AllocateAddress(account, given, allocationInto, addressInto, pollEvery);
    }

    /** Writes the allocation's id and the address under the keys. */
    public AllocateAddress into(Key<String> allocation, Key<Ip> address) {
        return new AllocateAddress(account, target, allocation, address, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public AllocateAddress pollEvery(Duration interval) {
        Duration every = Looks.positive(interval, "poll interval");
        return new AllocateAddress(account, target, allocationInto, addressInto, every);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("AllocateAddress").reading(target);
        return allocationInto == null || addressInto == null ? contract : contract.writing(allocationInto, addressInto);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Addresses addresses = new Addresses(own(context));
            Optional<AddressTarget> to = target.get(state);
            return addresses
                    .getOrAllocate()
                    .flatMap(address ->
                            to.map(it -> addresses.associate(address, it)).orElseGet(() -> Mono.just(address)))
                    .map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<Address> own = own(context);
            Optional<AddressTarget> to = target.get(state);
            return own.all().map(all -> own.toFound(all, address -> lack(address, to), this::toOutputs));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<Address> own = own(context);
        return own.toRemove().flatMap(all -> new Addresses(own).release(all));
    }

    /** Checks the credentials and, by a dry run, that EC2 permits the address. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<Address> own = own(context);
        return account.identity(own.calls()).then(new Addresses(own).requestDryRun());
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<Address> own(StepContext context) {
        return new Own<>(MachineKinds.ADDRESS, account, context, pollEvery);
    }

    private static Optional<String> lack(Address address, Optional<AddressTarget> to) {
        return to.filter(it -> !it.has(address)).map(it -> "is not associated with " + it);
    }

    private Outputs toOutputs(Address address) {
        return allocationInto == null || addressInto == null
                ? Outputs.none()
                : Outputs.of(allocationInto, address.allocationId()).and(addressInto, Ip.of(address.publicIp()));
    }
}
