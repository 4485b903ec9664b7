// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** Why a stack could not be made, updated or rolled back: the resource that began it, from the events. */
record StackFailures(StackCalls calls, StackWaits waits) {
    private static final Pattern MAY_PASS =
            Pattern.compile("(?i)rate exceeded|throttl|RequestLimitExceeded|internal failure|service unavailable");
    private static final int DEEPEST = 5;

    /** The failure of the latest creation or update. */
    <T> Mono<T> of(Stack stack) {
        if (stack.stackStatusAsString().equals("UPDATE_ROLLBACK_FAILED")) {
            return stuck(stack);
        }
        return requestEvents(stack.stackId())
                .flatMap(events -> why(events, "", 0))
                .flatMap(why -> Mono.error(StepFailure.of(
                        MAY_PASS.matcher(why).find() ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
                        calls.shown(stack) + " failed (" + stack.stackStatusAsString() + "): " + why)));
    }

    /** The failure of a rollback: no update can mend it, somebody has to. */
    <T> Mono<T> stuck(Stack stack) {
        return requestEvents(stack.stackId())
                .flatMap(events -> why(StackEvents.rollback(events), "", 0)
                        .zipWith(why(StackEvents.beforeRollback(events), "", 0)))
                .flatMap(why -> Mono.error(StepFailure.permanent(calls.shown(stack)
                        + " failed and could not be rolled back (UPDATE_ROLLBACK_FAILED): " + why.getT1()
                        + "; what failed first: " + why.getT2() + "; mend what is in the way, then: aws cloudformation"
                        + " continue-update-rollback --stack-name " + stack.stackName() + " --region "
                        + calls.account().region())));
    }

    /** A nested stack fails because of a resource of its own: that one is named, by the path to it. */
    private Mono<String> why(List<StackEvent> events, String path, int depth) {
        Optional<StackEvent> first = StackEvents.firstFailure(events);
        String otherwise = first.map(event -> path + StackEvents.toText(event))
                .or(() -> StackEvents.ownReason(events))
                .orElse("no reason given");
        return Mono.justOrEmpty(first.filter(event -> StackEvents.isNested(event) && depth < DEEPEST))
                .flatMap(nested -> requestEvents(nested.physicalResourceId())
                        .filter(inner -> StackEvents.firstFailure(inner).isPresent())
                        .flatMap(inner -> why(inner, path + nested.logicalResourceId() + "/", depth + 1)))
                .defaultIfEmpty(otherwise);
    }

    private Mono<List<StackEvent>> requestEvents(String id) {
        return waits.events(id, StackEvents::beginsDeployment);
    }
}
