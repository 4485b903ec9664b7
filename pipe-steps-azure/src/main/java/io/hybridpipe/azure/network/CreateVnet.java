// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.TextRule;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes a virtual network with its subnets and waits until it is there.
 *
 * <pre>{@code
 * CreateVnet.in(federation).resourceGroup("fed").named("hub").location("westeurope")
 *         .space(Cidr.of("10.2.0.0/16"))
 *         .subnet("controllers", Cidr.of("10.2.0.0/24"))
 *         .into(HUB)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given; <b>writes</b> the virtual network with its subnets.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: one PUT makes the network with all its subnets, and
 * that of an earlier attempt is gone on with. A virtual network of that name that this step did not make is refused and never
 * changed, before the run if the name is known by then.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}. A block that Azure does not take
 * ({@code NetcfgSubnetRangeOutsideVnet}, {@code NetcfgSubnetRangesOverlap}) and a missing resource group are permanent.
 *
 * <p><b>Undo</b> deletes the network with the subnets that this step gave it, after an operation that is still running on it has
 * ended, and waits until it is gone; one that something still uses is tried again. One that holds a subnet or peering which
 * this step did not make is left as it is, and the undo fails naming it; other steps of the run are undone before.
 *
 * <p>Calls and needs {@code Microsoft.Network/virtualNetworks/} read, write and delete; {@code
 * Microsoft.Resources/subscriptions/read} when the name is known only later in the run. Immutable.
 */
public final class CreateVnet extends MadeStep<CreateVnet, VirtualNetworkInner> {
    private final List<Input<? extends Cidr>> space;
    private final Map<String, Input<? extends Cidr>> subnets;
    private final @Nullable Key<AzureVnet> into;

    private CreateVnet(
            Target target,
            List<Input<? extends Cidr>> space,
            Map<String, Input<? extends Cidr>> subnets,
            @Nullable Key<AzureVnet> into) {
        super(target, Kind.VNET);
        this.space = space;
        this.subnets = subnets;
        this.into = into;
    }

    /** Starts the description of a virtual network in this account. */
    public static CreateVnet in(AzureAccount account) {
        return new CreateVnet(Target.of("CreateVnet", account, Kind.VNET), List.of(), Map.of(), null);
    }

    /** Adds a block to the address space; at least one is needed. */
    public CreateVnet space(Cidr block) {
        return space(Input.value(block));
    }

    /** Adds a block to the address space; at least one is needed. */
    public CreateVnet space(Input<? extends Cidr> block) {
        List<Input<? extends Cidr>> more = new ArrayList<>(space);
        more.add(block);
        return new CreateVnet(target, more, subnets, into);
    }

    /** Adds a subnet. */
    public CreateVnet subnet(String name, Cidr block) {
        return subnet(name, Input.value(block));
    }

    /**
     * Adds a subnet.
     *
     * @throws IllegalArgumentException if there is one of that name already, in whatever case, or Azure does not take the name
     */
    public CreateVnet subnet(String name, Input<? extends Cidr> block) {
        NetworkKinds.SUBNET.names().checked(target.step(), name);
        if (subnets.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            throw new IllegalArgumentException("CreateVnet: two subnets are named '" + name + "'");
        }
        Map<String, Input<? extends Cidr>> more = new LinkedHashMap<>(subnets);
        more.put(name, block);
        return new CreateVnet(target, space, more, into);
    }

    /** Writes the virtual network with its subnets under the key. */
    public CreateVnet into(Key<AzureVnet> key) {
        return new CreateVnet(target, space, subnets, key);
    }

    @Override
    CreateVnet with(Target changed) {
        return new CreateVnet(changed, space, subnets, into);
    }

    @Override
    public Contract contract() {
        if (space.isEmpty()) {
            throw new IllegalStateException("CreateVnet: call space(..)");
        }
        misfit(TextRule::literal).ifPresent(misfit -> {
            throw new IllegalStateException(misfit);
        });
        Contract contract = Contract.of("CreateVnet")
                .reading(Stream.of(
                                Stream.of(target.groupInput(), target.nameInput(), target.locationInput()),
                                space.stream(),
                                subnets.values().stream())
                        .flatMap(inputs -> inputs)
                        .toArray(Input<?>[]::new));
        return into == null ? contract : contract.writing(into);
    }

    /**
     * Checks the credential, and, as far as they are known by then, that no other virtual network has the name, and that the
     * subnets lie in the address space and not in each other.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> Mono.justOrEmpty(misfit(block -> block.find(state))))
                .flatMap(misfit -> Mono.<Void>error(StepFailure.permanent(misfit)))
                .then(super.preflight(state, context));
    }

    /** What Azure would refuse of the blocks that are known, in one line. */
    private Optional<String> misfit(Function<Input<? extends Cidr>, Optional<? extends Cidr>> known) {
        List<Cidr> blocks =
                space.stream().map(known).<Cidr>flatMap(Optional::stream).toList();
        Map<String, Cidr> seen = new LinkedHashMap<>();
        for (Map.Entry<String, Input<? extends Cidr>> subnet : subnets.entrySet()) {
            Optional<? extends Cidr> found = known.apply(subnet.getValue());
            if (found.isEmpty()) {
                continue;
            }
            Cidr block = found.get();
            String name = "CreateVnet: subnet '" + subnet.getKey() + "' (" + block + ")";
            if (blocks.size() == space.size() && blocks.stream().noneMatch(whole -> whole.contains(block))) {
                return Optional.of(name + " is not in the address space " + blocks);
            }
            for (Map.Entry<String, Cidr> other : seen.entrySet()) {
                if (other.getValue().overlaps(block)) {
                    return Optional.of(name + " overlaps subnet '" + other.getKey() + "' (" + other.getValue() + ")");
                }
            }
            seen.put(subnet.getKey(), block);
        }
        return Optional.empty();
    }

    @Override
    VirtualNetworkInner toBody(State state, StepContext context) {
        VirtualNetworkInner body = new VirtualNetworkInner()
                .withAddressSpace(new AddressSpace()
                        .withAddressPrefixes(space.stream()
                                .map(block -> block.get(state).toString())
                                .toList()))
                .withSubnets(subnets.entrySet().stream()
                        .map(subnet -> new SubnetInner()
                                .withName(subnet.getKey())
                                .withAddressPrefix(subnet.getValue().get(state).toString()))
                        .toList());
        body.withLocation(target.locationInput().get(state)).withTags(context.tags());
        return body;
    }

    @Override
    Children others(VirtualNetworkInner there) {
        return Children.of(there).except(subnets.keySet());
    }

    @Override
    Outputs toOutputs(VirtualNetworkInner vnet) {
        return into == null
                ? Outputs.none()
                : Outputs.of(
                        into,
                        new AzureVnet(
                                vnet.id(),
                                vnet.subnets().stream().collect(Collectors.toMap(SubnetInner::name, SubnetInner::id))));
    }
}
