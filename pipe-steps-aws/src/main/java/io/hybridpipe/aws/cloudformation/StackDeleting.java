// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Sweep;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** The end of a stack, whoever made it, and what is left of it. */
record StackDeleting(StackCalls calls, StackWaits waits) {
    /** How long one deletion may take. */
    static final Duration WITHIN = Duration.ofMinutes(30);

    /**
     * Deletes the stack and waits until it is gone; emits the resources that its template retains.
     *
     * <p>Those, and resources that could not be deleted, are said to be made, since nobody else will say that they are there;
     * those of an earlier try that are deleted now are said to be gone.
     */
    Mono<List<Resource>> delete(Stack stack, StepContext context) {
        return requestDeleteAndWait(stack, context::made)
                .doOnSubscribe(begun -> context.progress(0, 0, "deleting stack " + stack.stackName()))
                .then(Mono.defer(() -> tellRemains(calls.toResource(stack), context)));
    }

    /** Tells what remains of stacks that are written down and gone since: the try that deleted them could not say it. */
    Mono<List<Resource>> tellRemains(StepContext context) {
        return Flux.fromIterable(written(context))
                .concatMap(stack -> tellRemains(stack, context))
                .flatMapIterable(retained -> retained)
                .collectList();
    }

    /** The stacks that the step has said to be made, and not to be gone. */
    List<Resource> written(StepContext context) {
        return context.madeBefore().stream()
                .filter(resource -> resource.kind().equals(StackCalls.KIND))
                .toList();
    }

    private Mono<List<Resource>> tellRemains(Resource stack, StepContext context) {
        // all since it was made or last updated: a deletion may have begun several times
        return waits.events(stack.id(), StackEvents::beginsDeployment).map(events -> {
            List<Resource> retained = toResources(StackEvents.retained(events));
            retained.forEach(context::made);
            toResources(StackEvents.deleted(events)).stream()
                    .filter(deleted -> context.madeBefore().stream().anyMatch(deleted::isSameAs))
                    .filter(deleted -> retained.stream().noneMatch(deleted::isSameAs))
                    .forEach(context::gone);
            // last: as long as the stack is written down, a later try can still tell
            context.gone(stack);
            return retained;
        });
    }

    /** As {@link #delete}, but what is retained is a failure: it is left of a run that is to leave nothing. */
    Mono<Void> deleteWhole(Stack stack, StepContext context) {
        return delete(stack, context).flatMap(retained -> refuse(retained, stack.stackName()));
    }

    /** As {@link #tellRemains(StepContext)}, but what is retained is a failure. */
    Mono<Void> tellRemainsWhole(String name, StepContext context) {
        return tellRemains(context).flatMap(retained -> refuse(retained, name));
    }

    private Mono<Void> refuse(List<Resource> retained, String name) {
        return retained.isEmpty()
                ? Mono.empty()
                : Mono.error(StepFailure.permanent(calls.shown(name) + " is deleted, but its template retains "
                        + String.join(
                                ", ",
                                retained.stream()
                                        .map(each -> each.kind() + " " + each.id())
                                        .toList())));
    }

    /** Deletes, outside of every run, the stacks of the account and region that a run made as temporary and that have expired. */
    Flux<Resource> sweep(Clock clock) {
        Flux<Stack> expired = calls.requestAll()
                // a nested stack has the tags of the one that it goes with
                .filter(stack -> stack.parentId() == null)
                .filter(stack -> StackCalls.ownerOf(stack.tags()).hasExpired(clock.instant()));
        return Sweep.of(expired, calls::toResource, WITHIN, stack -> requestDeleteAndWait(stack, left -> {}));
    }

    private Mono<Void> requestDeleteAndWait(Stack stack, Consumer<Resource> left) {
        return waits.whileIn("ROLLBACK_IN_PROGRESS"::equals, stack)
                .flatMap(settled -> settled.stackStatusAsString().equals("DELETE_IN_PROGRESS")
                        ? waitUntilGone(settled, left)
                        : calls.requestDelete(settled).then(waitUntilGone(settled, left)));
    }

    private Mono<Void> waitUntilGone(Stack stack, Consumer<Resource> left) {
        return waits.whileIn(status -> !status.equals("DELETE_FAILED"), stack).flatMap(seen -> held(seen, left));
    }

    private Mono<Void> held(Stack stack, Consumer<Resource> left) {
        return waits.events(stack.stackId(), StackEvents::beginsOperation).flatMap(events -> {
            toResources(StackEvents.undeleted(events)).forEach(left);
            String why = StackEvents.whatHolds(events).orElseGet(() -> String.valueOf(stack.stackStatusReason()));
            // transient: what holds a resource is mostly on its way out itself
            return Mono.error(
                    StepFailure.of(FailureClass.TRANSIENT, calls.shown(stack) + " cannot be deleted: " + why));
        });
    }

    private List<Resource> toResources(List<StackEvent> events) {
        return events.stream()
                .map(event -> calls.account()
                        .resource(
                                event.resourceType(),
                                event.physicalResourceId(),
                                "cloudcontrol get-resource --type-name " + event.resourceType() + " --identifier "
                                        + event.physicalResourceId()))
                .distinct()
                .toList();
    }
}
