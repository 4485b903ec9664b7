// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.core.management.SubResource;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkPeeringInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.network.models.ProvisioningState;
import com.azure.resourcemanager.network.models.VirtualNetworkPeeringState;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One side of a peering: a virtual network, and the peering with the other one that this step makes in it.
 *
 * <p>States and their order are those of "Create, change, or delete a virtual network peering" in Azure's documentation: a side
 * alone is {@code Initiated}, both are {@code Connected}, and one whose partner went away is {@code Disconnected} for good.
 *
 * @param vnet the virtual network, whoever made it
 * @param peering the peering in it
 * @param remote the id of the other virtual network
 */
record PeeringSide(Own<VirtualNetworkInner> vnet, Own<VirtualNetworkPeeringInner> peering, String remote) {

    /** Peerings bear no tags; each has its step's token in the name. */
    static final Kind<VirtualNetworkPeeringInner> PEERING = new Kind<>(
            "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
            "virtual network peering",
            "az network vnet peering show",
            null,
            VirtualNetworkPeeringInner::provisioningState,
            (account, at) -> account.network().getVirtualNetworkPeerings().getAsync(at.group(), at.parent(), at.name()),
            (account, at, body) -> account.network()
                    .getVirtualNetworkPeerings()
                    .createOrUpdateWithResponseAsync(at.group(), at.parent(), at.name(), body, null),
            (account, at) -> account.network()
                    .getVirtualNetworkPeerings()
                    .deleteWithResponseAsync(at.group(), at.parent(), at.name()));

    /**
     * The side in the virtual network with this id.
     *
     * @param name of the peering
     */
    static PeeringSide of(AzureAccount account, StepContext context, String id, String name, String remote) {
        Place place = Place.in(id, account.subscription(), Kind.VNET.type()).orElseThrow();
        return new PeeringSide(
                new Own<>(Kind.VNET, account, context, place),
                new Own<>(PEERING, account, context, Place.of(place.group(), place.name(), name)),
                remote);
    }

    /**
     * The blocks of the virtual network, if it is there and nobody else has peered it with the other one; fails if not.
     *
     * @param what is to be done with both, for messages
     */
    Mono<List<Cidr>> checkFree(String what) {
        return vnet.find()
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent(
                        what + ": " + vnet + " is not there (" + vnet.account().where() + ")")))
                .doOnNext(there -> refuseForeign(there, what))
                .map(PeeringSide::blocks);
    }

    private void refuseForeign(VirtualNetworkInner there, String what) {
        List<VirtualNetworkPeeringInner> all =
                there.virtualNetworkPeerings() == null ? List.of() : there.virtualNetworkPeerings();
        for (VirtualNetworkPeeringInner each : all) {
            if (leadsToRemote(each) && !peering.place().name().equalsIgnoreCase(each.name())) {
                throw StepFailure.permanent(what + ": they are peered already by "
                        + each.id()
                        + ", which " + (OwnName.isGiven(String.valueOf(each.name())) ? "another step or run" : "no run")
                        + " made, and which is left as it is (" + vnet.account().where() + ")");
            }
        }
    }

    private boolean leadsToRemote(VirtualNetworkPeeringInner each) {
        SubResource to = each.remoteVirtualNetwork();
        return to != null && remote.equalsIgnoreCase(to.id());
    }

    private static List<Cidr> blocks(VirtualNetworkInner there) {
        return Stream.ofNullable(there.addressSpace())
                .map(AddressSpace::addressPrefixes)
                .flatMap(prefixes -> prefixes == null ? Stream.empty() : prefixes.stream())
                .map(Cidr::of)
                .toList();
    }

    /** The peering that this step made, as soon as nothing changes it any more. */
    Mono<Optional<VirtualNetworkPeeringInner>> look() {
        return peering.atRest().map(Optional::of).defaultIfEmpty(Optional.empty());
    }

    /** The peering, made or gone on with. */
    Mono<VirtualNetworkPeeringInner> make(boolean forwardedTraffic) {
        return peering.make(new VirtualNetworkPeeringInner()
                .withRemoteVirtualNetwork(new SubResource().withId(remote))
                .withAllowVirtualNetworkAccess(true)
                .withAllowForwardedTraffic(forwardedTraffic)
                .withAllowGatewayTransit(false)
                .withUseRemoteGateways(false));
    }

    /** The change, in its turn among those of this virtual network. */
    <T> Mono<T> inTurn(Mono<T> change) {
        return peering.inTurn(change);
    }

    /** What two steps that want the turns of the same virtual networks order them by. */
    String order() {
        return vnet.id().toLowerCase(Locale.ROOT);
    }

    static boolean isConnected(VirtualNetworkPeeringInner there) {
        return VirtualNetworkPeeringState.CONNECTED.equals(there.peeringState())
                && ProvisioningState.SUCCEEDED.equals(there.provisioningState());
    }

    static boolean isDisconnected(VirtualNetworkPeeringInner there) {
        return VirtualNetworkPeeringState.DISCONNECTED.equals(there.peeringState());
    }

    static boolean isFailed(VirtualNetworkPeeringInner there) {
        return ProvisioningState.FAILED.equals(there.provisioningState());
    }

    /** The peering and its state, for messages. */
    String describe(@Nullable VirtualNetworkPeeringInner there) {
        return peering
                + (there == null ? " is missing" : " is " + Objects.toString(there.peeringState(), "being made"));
    }
}
