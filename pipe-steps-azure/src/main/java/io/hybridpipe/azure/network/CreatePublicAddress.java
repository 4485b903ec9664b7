// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import com.azure.resourcemanager.network.models.IpVersion;
import com.azure.resourcemanager.network.models.PublicIpAddressDnsSettings;
import com.azure.resourcemanager.network.models.PublicIpAddressSku;
import com.azure.resourcemanager.network.models.PublicIpAddressSkuName;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.net.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a public IPv4 address that stays the same as long as it exists: of the Standard SKU, which is always static.
 *
 * <pre>{@code
 * CreatePublicAddress.in(federation).resourceGroup("fed").named("controller").location("westeurope").into(ADDRESS_ID, ADDRESS)
 * // then
 * CreateNetworkInterface.in(federation).publicAddress(ADDRESS_ID)
 * }</pre>
 *
 * <p>An address of the Standard SKU lets nothing in unless a security group allows it.
 *
 * <p><b>Reads</b> the inputs it is given; <b>writes</b> the resource's id and the address.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: one PUT makes it, and that of an earlier attempt is
 * gone on with. A public address of that name that this step did not make is refused and never changed, before the run if the
 * name is known by then.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}. A DNS label that somebody has
 * ({@code DnsRecordInUse}), as many addresses as the subscription may have ({@code PublicIPCountLimitReached}) and a missing
 * resource group are permanent.
 *
 * <p><b>Undo</b> deletes the address, after an operation that is still running on it has ended, and waits until it is gone; one
 * that an interface still uses ({@code PublicIPAddressCannotBeDeleted}) is tried again.
 *
 * <p>Calls and needs {@code Microsoft.Network/publicIPAddresses/} read, write and delete; {@code
 * Microsoft.Resources/subscriptions/read} when the name is known only later in the run. Immutable.
 */
public final class CreatePublicAddress extends MadeStep<CreatePublicAddress, PublicIpAddressInner> {
    /** What Azure's own refusal says (InvalidDomainNameLabel). */
    private static final NameRule LABEL = new NameRule(
            "public address in DNS",
            Pattern.compile("[a-z][a-z0-9-]{1,61}[a-z0-9]"),
            "3 to 63 small letters, digits and dashes, begins with a letter and does not end with a dash");

    // assigned only before the copy that they belong to is handed out
    private List<Input<? extends String>> zones = List.of();
    private Input<Optional<String>> dnsLabel = Input.value(Optional.empty());
    private @Nullable Key<String> idInto;
    private @Nullable Key<Ip> addressInto;

    private CreatePublicAddress(Target target) {
        super(target, MachineKinds.PUBLIC_ADDRESS);
    }

    private CreatePublicAddress(CreatePublicAddress from, Target target) {
        super(target, MachineKinds.PUBLIC_ADDRESS);
        zones = from.zones;
        dnsLabel = from.dnsLabel;
        idInto = from.idInto;
        addressInto = from.addressInto;
    }

    /** Starts the description of a public address in this account. */
    public static CreatePublicAddress in(AzureAccount account) {
        return new CreatePublicAddress(Target.of("CreatePublicAddress", account, MachineKinds.PUBLIC_ADDRESS));
    }

    /** One more availability zone that it is in, such as {@code 1}; without any, Azure decides. */
    public CreatePublicAddress zone(String zone) {
        return zone(Input.value(zone));
    }

    /** One more availability zone that it is in, such as {@code 1}; without any, Azure decides. */
    public CreatePublicAddress zone(Input<? extends String> zone) {
        CreatePublicAddress copy = new CreatePublicAddress(this, target);
        copy.zones = new ArrayList<>(zones);
        copy.zones.add(zone);
        return copy;
    }

    /**
     * The first part of its name in DNS, {@code LABEL.REGION.cloudapp.azure.com}; defaults to having none.
     *
     * @throws IllegalArgumentException if Azure does not take the label
     */
    public CreatePublicAddress dnsLabel(String label) {
        return dnsLabel(Input.value(label));
    }

    /** The first part of its name in DNS, {@code LABEL.REGION.cloudapp.azure.com}; defaults to having none. */
    public CreatePublicAddress dnsLabel(Input<? extends String> label) {
        CreatePublicAddress copy = new CreatePublicAddress(this, target);
        copy.dnsLabel = LABEL.in(target.step(), label).map(Optional::of);
        return copy;
    }

    /** Writes the resource's id and the address under the keys. */
    public CreatePublicAddress into(Key<String> id, Key<Ip> address) {
        CreatePublicAddress copy = new CreatePublicAddress(this, target);
        copy.idInto = id;
        copy.addressInto = address;
        return copy;
    }

    @Override
    CreatePublicAddress with(Target changed) {
        return new CreatePublicAddress(this, changed);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreatePublicAddress")
                .reading(Stream.concat(
                                Stream.of(target.groupInput(), target.nameInput(), target.locationInput(), dnsLabel),
                                zones.stream())
                        .toArray(Input<?>[]::new));
        return idInto == null || addressInto == null ? contract : contract.writing(idInto, addressInto);
    }

    @Override
    PublicIpAddressInner toBody(State state, StepContext context) {
        PublicIpAddressInner body = new PublicIpAddressInner()
                .withSku(new PublicIpAddressSku().withName(PublicIpAddressSkuName.STANDARD))
                .withPublicIpAllocationMethod(IpAllocationMethod.STATIC)
                .withPublicIpAddressVersion(IpVersion.IPV4);
        if (!zones.isEmpty()) {
            body.withZones(zones.stream().<String>map(zone -> zone.get(state)).toList());
        }
        dnsLabel.get(state)
                .ifPresent(label -> body.withDnsSettings(new PublicIpAddressDnsSettings().withDomainNameLabel(label)));
        body.withLocation(target.locationInput().get(state)).withTags(context.tags());
        return body;
    }

    @Override
    Outputs toOutputs(PublicIpAddressInner made) {
        return idInto == null || addressInto == null
                ? Outputs.none()
                : Outputs.of(idInto, made.id()).and(addressInto, Ip.of(made.ipAddress()));
    }
}
