// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/**
 * Waiting for what CloudFormation does on its own time. A look that fails in passing is looked again; every wait ends, and then
 * says what it has waited for.
 */
record StackWaits(StackCalls calls, Duration pollEvery) {
    /** How long a step waits for what is under way to end before it looks, deletes or gives up. */
    static final Duration SETTLED_WITHIN = Duration.ofMinutes(25);

    private static final Duration EVENTS_WITHIN = Duration.ofMinutes(2);

    /**
     * The stack as soon as its status is another one; empty as soon as it is gone. One that is not seen yet is waited for.
     *
     * @param meanwhile is told of each look
     */
    Mono<Stack> whileIn(Predicate<String> status, String name, String id, Duration within, StackProgress meanwhile) {
        // the events first: a stack that is seen after an event of the operation is not one from before it
        Mono<Optional<Stack>> look = Mono.defer(() -> meanwhile.look(id))
                .then(Mono.defer(() -> calls.findStack(id)))
                .filter(stack -> !status.test(stack.stackStatusAsString()) && !meanwhile.isBeforeEnd())
                .map(stack -> Optional.of(stack).filter(StackWaits::isThere));
        return Looks.until(
                        Looks.patient(look),
                        pollEvery,
                        within,
                        () -> late(name, status, within, FailureClass.PERMANENT))
                .flatMap(Mono::justOrEmpty);
    }

    /** The stack as soon as its status is another one; empty as soon as it is gone or not seen any more. */
    Mono<Stack> whileIn(Predicate<String> status, Stack stack) {
        return whileIn(status, stack, look(status, stack));
    }

    /** As {@link #whileIn(Predicate, Stack)}, with the newest event that goes with what was seen of the stack. */
    Mono<Settled> settled(Predicate<String> underWay, Stack stack) {
        // no event between two looks at them: what was seen of the stack in between belongs to them
        Mono<Optional<Settled>> look = newest(stack)
                .flatMap(before -> look(underWay, stack).flatMap(seen -> newest(stack)
                        .filter(after -> before.map(StackEvent::eventId).equals(after.map(StackEvent::eventId)))
                        .map(newest -> seen.map(there -> new Settled(there, newest)))));
        return whileIn(underWay, stack, look);
    }

    /** A stack that nothing is done to, and its newest event if it has one. */
    record Settled(Stack stack, Optional<StackEvent> newest) {
        /** The token of what happened last to the stack; an empty text if that had none. */
        String token() {
            return newest.map(StackEvents::token).orElse("");
        }
    }

    private Mono<Optional<StackEvent>> newest(Stack stack) {
        return Mono.defer(() -> calls.requestEvents(stack.stackId()).next())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private Mono<Optional<Stack>> look(Predicate<String> status, Stack stack) {
        return Mono.defer(() -> calls.getStack(stack.stackId()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .filter(seen -> seen.filter(there -> status.test(there.stackStatusAsString()))
                        .isEmpty());
    }

    private <T> Mono<T> whileIn(Predicate<String> status, Stack stack, Mono<Optional<T>> look) {
        return Looks.until(
                        Looks.patient(look),
                        pollEvery,
                        SETTLED_WITHIN,
                        () -> late(stack.stackName(), status, SETTLED_WITHIN, FailureClass.TRANSIENT))
                .flatMap(Mono::justOrEmpty);
    }

    /** The stack's events, the newest first, up to the first of which this is true. */
    Mono<List<StackEvent>> events(String id, Predicate<StackEvent> last) {
        Mono<List<StackEvent>> look =
                Mono.defer(() -> calls.requestEvents(id).takeUntil(last).collectList());
        return Looks.until(
                Looks.patient(look),
                pollEvery,
                EVENTS_WITHIN,
                () -> Mono.error(StepFailure.of(
                        FailureClass.TRANSIENT,
                        "the events of " + calls.shown(id) + " cannot be read within " + EVENTS_WITHIN)));
    }

    private <T> Mono<T> late(String name, Predicate<String> status, Duration within, FailureClass failureClass) {
        return Mono.defer(() -> Looks.patient(calls.findStack(name)))
                .map(stack -> stack.stackStatusAsString())
                .filter(status)
                .defaultIfEmpty("not seen as it should be")
                .flatMap(seen -> Mono.error(
                        StepFailure.of(failureClass, calls.shown(name) + " is " + seen + " after " + within)));
    }

    private static boolean isThere(Stack stack) {
        return !stack.stackStatusAsString().equals("DELETE_COMPLETE");
    }
}
