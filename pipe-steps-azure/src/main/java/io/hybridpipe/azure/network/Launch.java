// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One call of a {@link LaunchController}: the machine and its disk, which are the step's own, and the given interfaces. */
final class Launch {
    private final AzureAccount account;
    private final StepContext context;
    private final Own<VirtualMachineInner> machine;
    private final List<String> interfaces;
    private final Boot boot;

    /**
     * A launch.
     *
     * @param interfaces the ids of the given interfaces, the primary one first
     * @param within how long the machine may take to run once it is provisioned
     */
    Launch(Own<VirtualMachineInner> machine, List<String> interfaces, Duration within) {
        this.account = machine.account();
        this.context = machine.context();
        this.machine = machine;
        this.interfaces = interfaces;
        boot = new Boot(machine, within);
    }

    /** Makes the machine if it is not there yet, and waits until it runs. */
    Mono<AzureController> run(MachineBody body) {
        return checkInterfaces()
                .then(Mono.defer(() -> {
                    context.progress(0, 2, machine + " is being provisioned");
                    return machine.make(body.toInner(context.tags(), diskName()));
                }))
                .then(boot.untilRunning())
                .then(Mono.defer(this::getController));
    }

    /** Looks at the machine and its disk; one that is on its way to run is waited for. */
    Mono<Found> look(Function<AzureController, Outputs> toOutputs) {
        return machine.toFound(boot.lack(), made -> Outputs.none()).flatMap(found -> {
            if (found instanceof Found.Done) {
                return getController().map(toOutputs).map(Found::done);
            }
            return found instanceof Found.Absent
                    ? disk(diskName())
                            .find()
                            .map(left -> Found.partly(disk(diskName()) + " is there without its machine"))
                            .defaultIfEmpty(found)
                    : Mono.just(found);
        });
    }

    /** Deletes the machine and what the machine's own deletion leaves of its disk. */
    Mono<Void> remove() {
        return machine.findOwn()
                .flatMap(there -> Mono.justOrEmpty(diskNameOf(there)))
                .defaultIfEmpty(diskName())
                .flatMap(name -> machine.remove().then(removeDisk(disk(name))));
    }

    private Mono<Void> removeDisk(Own<DiskInner> disk) {
        return disk.find().doOnNext(left -> disk.made()).flatMap(left -> disk.remove());
    }

    /** A machine takes interfaces that are there and free; Azure's refusal of others would look as if it could pass. */
    private Mono<Void> checkInterfaces() {
        return Flux.fromIterable(interfaces)
                .concatMap(id -> getInterface(id).doOnNext(card -> {
                    if (card.virtualMachine() != null
                            && !machine.id()
                                    .equalsIgnoreCase(card.virtualMachine().id())) {
                        throw StepFailure.permanent("launch " + machine + ": network interface " + id + " belongs to "
                                + card.virtualMachine().id() + " (" + account.where() + ")");
                    }
                }))
                .then();
    }

    private Mono<AzureController> getController() {
        String primary = interfaces.get(0);
        return getInterface(primary).flatMap(card -> {
            NetworkInterfaceIpConfigurationInner configuration = primaryOf(card);
            return getPublicIp(configuration.publicIpAddress())
                    .map(ip -> new AzureController(machine.id(), primary, Ip.of(configuration.privateIpAddress()), ip));
        });
    }

    private Mono<NetworkInterfaceInner> getInterface(String id) {
        return given(MachineKinds.INTERFACE, id);
    }

    private Mono<Optional<Ip>> getPublicIp(@Nullable PublicIpAddressInner reference) {
        return reference == null
                ? Mono.just(Optional.empty())
                : given(MachineKinds.PUBLIC_ADDRESS, reference.id())
                        .map(address -> Optional.ofNullable(address.ipAddress()).map(Ip::of));
    }

    private <R> Mono<R> given(Kind<R> kind, String id) {
        return Mono.justOrEmpty(Place.in(id, account.subscription(), kind.type()))
                .flatMap(place -> new Site<>(kind, account, place).find())
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent("launch " + machine + ": there is no "
                        + kind.noun() + " " + id + " (" + account.where() + ")")));
    }

    private Own<DiskInner> disk(String name) {
        return new Own<>(
                MachineKinds.DISK, account, context, Place.of(machine.place().group(), name));
    }

    /** Nobody else makes a disk of this name: the machine's deletion takes it along, and if it does not, the undo finds it. */
    private String diskName() {
        return OwnName.of("os", context.token());
    }

    /** A machine from before an undo has another token in the name of its disk. */
    private static Optional<String> diskNameOf(VirtualMachineInner machine) {
        return Optional.ofNullable(machine.storageProfile())
                .flatMap(storage -> Optional.ofNullable(storage.osDisk()))
                .flatMap(disk -> Optional.ofNullable(disk.name()))
                .filter(OwnName::isGiven);
    }

    private static NetworkInterfaceIpConfigurationInner primaryOf(NetworkInterfaceInner card) {
        return card.ipConfigurations().stream()
                .filter(configuration -> Boolean.TRUE.equals(configuration.primary()))
                .findFirst()
                .orElseGet(() -> card.ipConfigurations().get(0));
    }
}
