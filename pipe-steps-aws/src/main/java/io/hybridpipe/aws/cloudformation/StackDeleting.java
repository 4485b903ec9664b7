// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Sweep;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/** The end of a stack, whoever made it. */
record StackDeleting(StackCalls calls, StackWaits waits) {
    /** How long one deletion may take. */
    static final Duration WITHIN = Duration.ofMinutes(30);

    /** Deletes the stack and waits until it is gone. */
    Mono<Void> delete(Stack stack, StepContext context) {
        return requestDeleteAndWait(stack)
                .doOnSubscribe(begun -> context.progress(0, 0, "deleting stack " + stack.stackName()))
                .then(Mono.fromRunnable(() -> context.gone(calls.toResource(stack))));
    }

    /** Deletes, outside of every run, the stacks of the account and region that a run made as temporary and that have expired. */
    Flux<Resource> sweep(Clock clock) {
        Flux<Stack> expired = calls.requestAll()
                // a nested stack has the tags of the one that it goes with
                .filter(stack -> stack.parentId() == null)
                .filter(stack -> StackCalls.ownerOf(stack.tags()).hasExpired(clock.instant()));
        return Sweep.of(expired, calls::toResource, WITHIN, this::requestDeleteAndWait);
    }

    private Mono<Void> requestDeleteAndWait(Stack stack) {
        return waits.whileIn("ROLLBACK_IN_PROGRESS"::equals, stack)
                .flatMap(settled -> settled.stackStatusAsString().equals("DELETE_IN_PROGRESS")
                        ? waitUntilGone(settled)
                        : calls.requestDelete(settled).then(waitUntilGone(settled)));
    }

    private Mono<Void> waitUntilGone(Stack stack) {
        return waits.whileIn(status -> !status.equals("DELETE_FAILED"), stack).flatMap(this::held);
    }

    private Mono<Void> held(Stack stack) {
        return calls.requestLatestEvents(stack.stackId()).flatMap(events -> {
            String why = StackEvents.whatHolds(events).orElseGet(() -> String.valueOf(stack.stackStatusReason()));
            // transient: what holds a resource is mostly on its way out itself
            return Mono.error(
                    StepFailure.of(FailureClass.TRANSIENT, calls.shown(stack) + " cannot be deleted: " + why));
        });
    }
}
