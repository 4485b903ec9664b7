// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.AllocateAddressRequest;
import software.amazon.awssdk.services.ec2.model.DomainType;

/** What the steps that allocate elastic addresses do with them, and with those that they are given. */
record Addresses(Own<Address> own) {
    /** The step's own address: that of an earlier attempt, or else a new one, as soon as it is seen. */
    Mono<Address> getOrAllocate() {
        return own.getOrMake(any -> true, requestAddress());
    }

    /** An address that somebody else allocated. */
    Mono<Address> getGiven(String allocation) {
        return own.find(allocation)
                .switchIfEmpty(Mono.error(() -> StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE,
                        "address " + allocation + " is not in " + own.account().where())));
    }

    /** Associates the address, unless it is already; never takes it or another one from anybody. */
    Mono<Address> associate(Address address, AddressTarget target) {
        if (target.has(address)) {
            return Mono.just(address);
        }
        if (address.associationId() != null) {
            return Mono.error(StepFailure.permanent(toText(address) + " in "
                    + own.account().where() + " is associated with " + address.networkInterfaceId()
                    + " already; it is not moved to " + target));
        }
        return Own.repeatable(requestAssociation(address, target))
                .onErrorResume(AwsFailures.hasCode("Resource.AlreadyAssociated"), taken -> accept(address, target))
                .then(own.waitUntil(
                        address.allocationId(), target::has, "is not seen to be associated with " + target));
    }

    /** Disassociates and releases them, and waits until they are not seen any more. */
    Mono<Void> release(List<Address> all) {
        return own.remove(all, address -> disassociate(address).then(requestRelease(address)));
    }

    Mono<Void> disassociate(Address address) {
        return Mono.justOrEmpty(address.associationId()).flatMap(this::requestDisassociation);
    }

    /** An association that an earlier attempt made and that was not seen is as good as one's own. */
    private Mono<Void> accept(Address address, AddressTarget target) {
        return own.kind()
                .search()
                .all(own.account(), own.calls(), List.of(target.filter()))
                .next()
                .flatMap(there -> address.allocationId().equals(there.allocationId())
                        ? Mono.<Void>empty()
                        : Mono.<Void>error(StepFailure.permanent(target + " in "
                                + own.account().where() + " has " + toText(there) + ", "
                                + own.ownerOf(there) + ", already; that address is left as it is")));
    }

    private Mono<String> requestAddress() {
        return own.calls()
                .changing(
                        "AllocateAddress",
                        () -> own.account().ec2().allocateAddress(toRequest()),
                        made -> own.made(made.allocationId()))
                .map(made -> made.allocationId());
    }

    /** Asks, without allocating, whether EC2 permits it. */
    Mono<Void> requestDryRun() {
        return DryRun.of(own.calls(), "AllocateAddress", () -> own.account()
                .ec2()
                .allocateAddress(toRequest().toBuilder().dryRun(true).build()));
    }

    private Mono<Void> requestAssociation(Address address, AddressTarget target) {
        return own.calls()
                .changing(
                        "AssociateAddress " + address.allocationId() + " with " + target,
                        () -> own.account().ec2().associateAddress(r -> {
                            r.allocationId(address.allocationId()).allowReassociation(false);
                            target.setIn(r);
                        }))
                .onErrorMap(
                        Addresses::isTooEarly,
                        early ->
                                StepFailure.of(FailureClass.NOT_YET_VISIBLE, String.valueOf(early.getMessage()), early))
                .then();
    }

    /** EC2's way to say that an instance is not running yet. */
    private static boolean isTooEarly(Throwable failure) {
        return AwsFailures.hasCode("InvalidInstanceID").test(failure)
                && String.valueOf(failure.getMessage()).contains("pending");
    }

    private Mono<Void> requestDisassociation(String association) {
        return own.calls()
                .changing(
                        "DisassociateAddress " + association,
                        () -> own.account().ec2().disassociateAddress(r -> r.associationId(association)))
                .onErrorResume(AwsFailures.hasCode("InvalidAssociationID.NotFound"), gone -> Mono.empty())
                .then();
    }

    private Mono<?> requestRelease(Address address) {
        return own.calls()
                .changing(
                        "ReleaseAddress " + toText(address),
                        () -> own.account().ec2().releaseAddress(r -> r.allocationId(address.allocationId())))
                .onErrorMap(
                        AwsFailures.hasCode("InvalidIPAddress.InUse"),
                        // the association was ended a moment ago
                        inUse -> StepFailure.of(FailureClass.TRANSIENT, String.valueOf(inUse.getMessage()), inUse));
    }

    private AllocateAddressRequest toRequest() {
        return AllocateAddressRequest.builder()
                .domain(DomainType.VPC)
                .tagSpecifications(own.tags())
                .build();
    }

    private static String toText(Address address) {
        return address.allocationId() + " (" + address.publicIp() + ")";
    }
}
