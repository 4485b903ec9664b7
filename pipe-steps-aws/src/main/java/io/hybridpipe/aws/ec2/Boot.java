// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStatus;
import software.amazon.awssdk.services.ec2.model.StateReason;

/**
 * An instance on its way from its launch until both status checks pass.
 *
 * @param any the step's instances, whatever became of them
 * @param within how long each of the two waits may take
 */
record Boot(Own<Instance> any, Duration within) {
    /** The instance as soon as it runs; an instance that ended instead fails, with the reason that EC2 gives. */
    Mono<Instance> untilRunning(String id) {
        AtomicReference<String> last = new AtomicReference<>("not seen");
        Mono<Instance> look = any.find(id).flatMap(instance -> {
            tell(1, instance.state().nameAsString(), id, last);
            return switch (instance.state().nameAsString()) {
                case "pending" -> Mono.empty();
                case "running" -> Mono.just(instance);
                default -> Mono.error(ended(instance));
            };
        });
        return Looks.until(Looks.patient(look), any.pollEvery(), within, () -> late(id, "is not running", last));
    }

    /** Completes as soon as both status checks of the running instance pass. */
    Mono<Void> untilChecked(String id) {
        AtomicReference<String> last = new AtomicReference<>("no status");
        Mono<Boolean> look = requestStatus(id).flatMap(status -> {
            if (!status.instanceState().nameAsString().equals("running")) {
                return any.find(id).flatMap(instance -> Mono.<Boolean>error(ended(instance)));
            }
            tell(2, toText(status), id, last);
            return isPassed(status) ? Mono.just(true) : Mono.empty();
        });
        return Looks.until(
                        Looks.patient(look),
                        any.pollEvery(),
                        within,
                        () -> late(id, "has not passed its status checks", last))
                .then();
    }

    /** What an instance still lacks, if anything. */
    Mono<Optional<String>> lack(Instance instance) {
        return instance.state().nameAsString().equals("running")
                ? requestStatus(instance.instanceId())
                        .map(status -> isPassed(status) ? Optional.<String>empty() : Optional.of(toText(status)))
                        .defaultIfEmpty(Optional.of("has no status yet"))
                : Mono.just(Optional.of("is " + instance.state().nameAsString()));
    }

    /**
     * Why an instance that was to run does not.
     *
     * <p>What EC2 itself brought about ({@code Server.…}) may pass, above all a lack of capacity; what the account or the image
     * brought about ({@code Client.…}) will not. The codes: EC2 API reference, StateReason.
     */
    StepFailure ended(Instance instance) {
        StateReason reason = instance.stateReason();
        String code = reason == null ? "" : String.valueOf(reason.code());
        String said = reason == null ? "no reason given" : String.valueOf(reason.message());
        String line = instance.instanceId() + " in " + any.account().where() + " is "
                + instance.state().nameAsString() + " before it was ready: "
                + (said.startsWith(code) ? said : code + ": " + said);
        return StepFailure.of(
                code.startsWith("Server.") ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
                line.strip().replaceAll("\\s+", " "));
    }

    private <T> Mono<T> late(String id, String what, AtomicReference<String> last) {
        return Mono.error(() -> StepFailure.permanent(
                id + " in " + any.account().where() + " " + what + " within " + within + ": " + last.get()));
    }

    /** The same state for minutes is one piece of news. */
    private void tell(int done, String text, String id, AtomicReference<String> last) {
        if (!text.equals(last.getAndSet(text))) {
            any.context().progress(done, 3, id + " " + text);
        }
    }

    private Mono<InstanceStatus> requestStatus(String id) {
        return any.calls()
                .reading("DescribeInstanceStatus " + id, () -> any.account()
                        .ec2()
                        .describeInstanceStatus(r -> r.instanceIds(id).includeAllInstances(true)))
                .flatMap(answer ->
                        Mono.justOrEmpty(answer.instanceStatuses().stream().findFirst()));
    }

    private static boolean isPassed(InstanceStatus status) {
        return status.systemStatus().statusAsString().equals("ok")
                && status.instanceStatus().statusAsString().equals("ok");
    }

    private static String toText(InstanceStatus status) {
        return "runs, system check " + status.systemStatus().statusAsString() + ", instance check "
                + status.instanceStatus().statusAsString();
    }
}
