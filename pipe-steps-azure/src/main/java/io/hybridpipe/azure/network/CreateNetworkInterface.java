// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network interface in a subnet, for a machine to come.
 *
 * <pre>{@code
 * CreateNetworkInterface.in(federation).resourceGroup("fed").named("controller-nic").location("westeurope")
 *         .subnet(HUB.map(hub -> hub.subnet("controllers")))
 *         .publicAddress(ADDRESS_ID)
 *         .forwardingIp()
 *         .into(CARD)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given; <b>writes</b> the interface with its private address.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: one PUT makes it, and that of an earlier attempt is
 * gone on with. A network interface of that name that this step did not make is refused and never changed, before the run if
 * the name is known by then.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}, a subnet that is still being changed
 * ({@code ReferencedResourceNotProvisioned}). A subnet, group or public address that is not there or is in another region
 * ({@code InvalidResourceReference}), a private address outside the subnet or taken, and a public address that another interface
 * has ({@code PublicIPAddressInUse}) are permanent.
 *
 * <p><b>Undo</b> deletes the interface and waits until it is gone; one that a machine still has ({@code NicInUse}) is tried
 * again, one that Azure keeps for three minutes for a machine that failed ({@code NicReservedForAnotherVm}) when these are over.
 * Subnet, group and public address stay.
 *
 * <p>Calls and needs {@code Microsoft.Network/networkInterfaces/} read, write and delete; {@code
 * Microsoft.Network/virtualNetworks/subnets/join/action}, {@code Microsoft.Network/networkSecurityGroups/join/action} and {@code
 * Microsoft.Network/publicIPAddresses/join/action} for what it is given; {@code Microsoft.Resources/subscriptions/read} when the
 * name is known only later in the run. Immutable.
 */
public final class CreateNetworkInterface extends MadeStep<CreateNetworkInterface, NetworkInterfaceInner> {
    private static final String CONFIGURATION = "primary";

    // assigned only before the copy that they belong to is handed out
    private @Nullable Input<? extends String> subnet;
    private Input<Optional<Ip>> privateIp = Input.value(Optional.empty());
    private Input<Optional<String>> securityGroup = Input.value(Optional.empty());
    private Input<Optional<String>> publicAddress = Input.value(Optional.empty());
    private boolean forwardingIp;
    private boolean accelerated;
    private @Nullable Key<AzureInterface> into;

    private CreateNetworkInterface(Target target) {
        super(target, MachineKinds.INTERFACE);
    }

    private CreateNetworkInterface(CreateNetworkInterface from, Target target) {
        super(target, MachineKinds.INTERFACE);
        subnet = from.subnet;
        privateIp = from.privateIp;
        securityGroup = from.securityGroup;
        publicAddress = from.publicAddress;
        forwardingIp = from.forwardingIp;
        accelerated = from.accelerated;
        into = from.into;
    }

    /** Starts the description of a network interface in this account. */
    public static CreateNetworkInterface in(AzureAccount account) {
        return new CreateNetworkInterface(Target.of("CreateNetworkInterface", account, MachineKinds.INTERFACE));
    }

    /**
     * The id of the subnet; {@link AzureVnet#subnet} gives it.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public CreateNetworkInterface subnet(String id) {
        return subnet(Input.value(id));
    }

    /** The id of the subnet; {@link AzureVnet#subnet} gives it. */
    public CreateNetworkInterface subnet(Input<? extends String> id) {
        CreateNetworkInterface copy = copy();
        copy.subnet = NetworkKinds.SUBNET.ids().in(target.step(), id);
        return copy;
    }

    /** Its address in the subnet, which then stays its own; by default Azure chooses one. */
    public CreateNetworkInterface privateIp(Ip address) {
        return privateIp(Input.value(address));
    }

    /** Its address in the subnet, which then stays its own; by default Azure chooses one. */
    public CreateNetworkInterface privateIp(Input<? extends Ip> address) {
        CreateNetworkInterface copy = copy();
        copy.privateIp = address.map(Optional::of);
        return copy;
    }

    /**
     * The id of the security group that filters its packets, beside that of the subnet; defaults to none.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public CreateNetworkInterface securityGroup(String id) {
        return securityGroup(Input.value(id));
    }

    /** The id of the security group that filters its packets, beside that of the subnet; defaults to none. */
    public CreateNetworkInterface securityGroup(Input<? extends String> id) {
        CreateNetworkInterface copy = copy();
        copy.securityGroup =
                NetworkKinds.SECURITY_GROUP.ids().in(target.step(), id).map(Optional::of);
        return copy;
    }

    /**
     * The id of a public address, which no other interface may have; defaults to none.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public CreateNetworkInterface publicAddress(String id) {
        return publicAddress(Input.value(id));
    }

    /** The id of a public address, which no other interface may have; defaults to none. */
    public CreateNetworkInterface publicAddress(Input<? extends String> id) {
        CreateNetworkInterface copy = copy();
        copy.publicAddress =
                MachineKinds.PUBLIC_ADDRESS.ids().in(target.step(), id).map(Optional::of);
        return copy;
    }

    /**
     * Lets it send and receive packets of others, as the interface of every machine that routes must; by default Azure drops what
     * is not from or to its own address.
     */
    public CreateNetworkInterface forwardingIp() {
        CreateNetworkInterface copy = copy();
        copy.forwardingIp = true;
        return copy;
    }

    /** Turns on accelerated networking, which the machine's size must support; it is off by default. */
    public CreateNetworkInterface acceleratedNetworking() {
        CreateNetworkInterface copy = copy();
        copy.accelerated = true;
        return copy;
    }

    /** Writes the network interface under the key. */
    public CreateNetworkInterface into(Key<AzureInterface> key) {
        CreateNetworkInterface copy = copy();
        copy.into = key;
        return copy;
    }

    private CreateNetworkInterface copy() {
        return new CreateNetworkInterface(this, target);
    }

    @Override
    CreateNetworkInterface with(Target changed) {
        return new CreateNetworkInterface(this, changed);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateNetworkInterface")
                .reading(
                        target.groupInput(),
                        target.nameInput(),
                        target.locationInput(),
                        subnetInput(),
                        privateIp,
                        securityGroup,
                        publicAddress);
        return into == null ? contract : contract.writing(into);
    }

    private Input<? extends String> subnetInput() {
        return target.given(subnet, "subnet(..)");
    }

    @Override
    NetworkInterfaceInner toBody(State state, StepContext context) {
        NetworkInterfaceInner body = new NetworkInterfaceInner()
                .withIpConfigurations(List.of(toConfiguration(state)))
                .withEnableIpForwarding(forwardingIp)
                .withEnableAcceleratedNetworking(accelerated);
        securityGroup
                .get(state)
                .ifPresent(id -> body.withNetworkSecurityGroup(new NetworkSecurityGroupInner().withId(id)));
        body.withLocation(target.locationInput().get(state)).withTags(context.tags());
        return body;
    }

    private NetworkInterfaceIpConfigurationInner toConfiguration(State state) {
        Optional<Ip> address = privateIp.get(state);
        SubnetInner in = new SubnetInner();
        in.withId(subnetInput().get(state));
        NetworkInterfaceIpConfigurationInner configuration = new NetworkInterfaceIpConfigurationInner()
                .withName(CONFIGURATION)
                .withPrimary(true)
                .withSubnet(in)
                .withPrivateIpAllocationMethod(
                        address.isPresent() ? IpAllocationMethod.STATIC : IpAllocationMethod.DYNAMIC);
        address.map(Ip::toString).ifPresent(configuration::withPrivateIpAddress);
        publicAddress.get(state).ifPresent(id -> {
            PublicIpAddressInner front = new PublicIpAddressInner();
            front.withId(id);
            configuration.withPublicIpAddress(front);
        });
        return configuration;
    }

    @Override
    Outputs toOutputs(NetworkInterfaceInner made) {
        return into == null
                ? Outputs.none()
                : Outputs.of(
                        into,
                        new AzureInterface(
                                made.id(), Ip.of(made.ipConfigurations().get(0).privateIpAddress())));
    }
}
