// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;

/**
 * What the steps that make network interfaces do with them.
 *
 * @param freeWithin how long an interface that is to be deleted may still be attached
 */
record Interfaces(Own<NetworkInterface> own, Duration freeWithin) {
    private static final Duration FREE_WITHIN = Duration.ofMinutes(1);

    static Interfaces of(Own<NetworkInterface> own) {
        return new Interfaces(own, FREE_WITHIN);
    }

    /** Lets it take and send packets that are not its own; the interface as soon as EC2 shows that. */
    Mono<NetworkInterface> turnCheckOff(String id) {
        return Own.repeatable(requestCheckOff(id))
                .then(own.waitUntil(id, now -> !now.sourceDestCheck(), "still checks source and destination"));
    }

    /** Deletes them, detached before where that is possible, and waits until they are not seen any more. */
    Mono<Void> remove(List<NetworkInterface> all) {
        return own.remove(all, each -> free(each.networkInterfaceId()).then(requestDelete(each.networkInterfaceId())));
    }

    private Mono<Void> free(String id) {
        return own.find(id).mapNotNull(NetworkInterface::attachment).flatMap(attachment -> detach(attachment)
                .then(waitUntilFree(id, attachment)));
    }

    private Mono<Void> detach(NetworkInterfaceAttachment attachment) {
        // the first interface of an instance goes only with the instance
        boolean canBe = attachment.deviceIndex() > 0
                && attachment.statusAsString().equals("attached")
                && attachment.attachmentId() != null;
        return canBe ? requestDetach(attachment.attachmentId()) : Mono.empty();
    }

    private Mono<Void> waitUntilFree(String id, NetworkInterfaceAttachment attachment) {
        Mono<Boolean> look = own.find(id)
                .mapNotNull(NetworkInterface::attachment)
                .hasElement()
                .filter(attached -> !attached);
        return Looks.until(
                        Looks.patient(look),
                        own.pollEvery(),
                        freeWithin,
                        () -> Mono.error(StepFailure.of(
                                FailureClass.TRANSIENT,
                                id + " in " + own.account().where() + " cannot be deleted: it is attached to "
                                        + attachment.instanceId() + " as device " + attachment.deviceIndex())))
                .then();
    }

    private Mono<?> requestCheckOff(String id) {
        return own.calls().changing("ModifyNetworkInterfaceAttribute " + id, () -> own.account()
                .ec2()
                .modifyNetworkInterfaceAttribute(
                        r -> r.networkInterfaceId(id).sourceDestCheck(value -> value.value(false))));
    }

    private Mono<Void> requestDetach(String attachment) {
        return own.calls()
                .changing(
                        "DetachNetworkInterface " + attachment,
                        () -> own.account().ec2().detachNetworkInterface(r -> r.attachmentId(attachment)))
                .onErrorResume(AwsFailures.hasCode("InvalidAttachmentID.NotFound"), gone -> Mono.empty())
                .then();
    }

    private Mono<?> requestDelete(String id) {
        return own.calls().changing("DeleteNetworkInterface " + id, () -> own.account()
                .ec2()
                .deleteNetworkInterface(r -> r.networkInterfaceId(id)));
    }
}
