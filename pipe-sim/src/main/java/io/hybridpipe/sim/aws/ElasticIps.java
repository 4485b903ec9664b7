// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.aws.Model.ElasticIp;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import java.util.Optional;

/** Elastic IP addresses and what they are translated to. */
final class ElasticIps {

    private final Region region;

    ElasticIps(Region region) {
        this.region = region;
    }

    ElasticIp allocate() {
        if (region.addressStore.all().size() >= region.shared.addressLimit()) {
            throw AwsError.of("AddressLimitExceeded", "The maximum number of addresses has been reached.");
        }
        return region.addressStore.put(new ElasticIp(
                region.ids.next("eipalloc"), region.shared.publicAddresses().get(), "", ""));
    }

    String associate(String allocation, String interfaceId, boolean allowReassociation) {
        var address = region.addressStore.get(allocation);
        var card = region.interfaceStore.get(interfaceId);
        if (region.routing.gatewayOf(card.vpc()).isEmpty()) {
            throw AwsError.of("Gateway.NotAttached", "Network %s is not attached to any internet gateway", card.vpc());
        }
        if (address.networkInterface().equals(interfaceId)) {
            return address.association();
        }
        if (!address.association().isEmpty() && !allowReassociation) {
            throw AwsError.of(
                    "Resource.AlreadyAssociated",
                    "resource %s is already associated with associate-id %s",
                    allocation,
                    address.association());
        }
        var other = of(interfaceId);
        if (other.isPresent() && !allowReassociation) {
            throw AwsError.of(
                    "Resource.AlreadyAssociated",
                    "resource %s is already associated with associate-id %s",
                    interfaceId,
                    other.get().association());
        }
        other.ifPresent(old -> disassociate(old.association()));
        var association = region.ids.next("eipassoc");
        region.addressStore.put(address.associated(association, interfaceId));
        region.interfaceStore.find(address.networkInterface()).ifPresent(region.instances::addressChanged);
        region.instances.addressChanged(card);
        return association;
    }

    void disassociate(String association) {
        var address = byAssociation(association)
                .orElseThrow(() -> AwsError.of(
                        "InvalidAssociationID.NotFound", "The association ID '%s' does not exist", association));
        region.addressStore.put(address.associated("", ""));
        region.interfaceStore.find(address.networkInterface()).ifPresent(region.instances::addressChanged);
    }

    void release(String allocation) {
        var address = region.addressStore.get(allocation);
        if (!address.association().isEmpty()) {
            throw AwsError.of("InvalidIPAddress.InUse", "Address %s is in use.", address.publicIp());
        }
        region.addressStore.remove(allocation);
        region.tags.forget(allocation);
    }

    Optional<ElasticIp> byAssociation(String association) {
        return region
                .addressStore
                .where(address ->
                        !association.isEmpty() && address.association().equals(association))
                .stream()
                .findFirst();
    }

    Optional<ElasticIp> byAddress(String publicIp) {
        return region
                .addressStore
                .where(address -> address.publicIp().toString().equals(publicIp))
                .stream()
                .findFirst();
    }

    /** The elastic address of an interface. */
    Optional<ElasticIp> of(String interfaceId) {
        return region.addressStore.where(address -> address.networkInterface().equals(interfaceId)).stream()
                .findFirst();
    }

    /** The address under which the internet knows an interface: its elastic one, else the one given at launch. */
    Optional<IPAddress> publicAddressOf(NetworkInterface card) {
        return of(card.id()).map(ElasticIp::publicIp).or(() -> Optional.of(card.autoPublicIp())
                .filter(text -> !text.isEmpty())
                .map(Cidr::address));
    }
}
