// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetSummary;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.ListChangeSetsResponse;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * Change sets: asked for, waited for, executed, deleted.
 *
 * <p>One is named after the token of the operation that it is for, so that what an earlier attempt asked for is found, and the
 * operation's events bear that token (API reference, StackEvent: all events of an operation bear its ClientRequestToken).
 */
record ChangeSets(StackCalls calls, Duration pollEvery) {
    private static final String PREFIX = "hybridpipe-";
    private static final Duration COMPUTED_WITHIN = Duration.ofMinutes(15);
    private static final Set<String> EXECUTED = Set.of("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE");

    /** The name of the change set for the operation with this token. */
    static String name(String token) {
        return PREFIX + token;
    }

    /**
     * The change set that the request asks for, as soon as it is computed; failed ones too. An equal request of an earlier attempt
     * gave the same one, a different one under its name is an {@code AlreadyExistsException}.
     *
     * @param told is told of the answer
     */
    Mono<DescribeChangeSetResponse> make(
            CreateChangeSetRequest request, Consumer<? super CreateChangeSetResponse> told) {
        return calls.calls()
                .changing(
                        "CreateChangeSet of stack " + request.stackName(),
                        () -> calls.cloudFormation().createChangeSet(request),
                        told)
                .map(CreateChangeSetResponse::id)
                .flatMap(this::waitUntilComputed);
    }

    private Mono<DescribeChangeSetResponse> waitUntilComputed(String id) {
        Mono<DescribeChangeSetResponse> look = requestDescribe(id)
                .filter(set -> !set.statusAsString().matches(".*_(PENDING|IN_PROGRESS)"))
                .onErrorResume(AwsFailures.hasCode("ChangeSetNotFound"), tooEarly -> Mono.empty());
        return Looks.until(
                Looks.patient(look),
                pollEvery,
                COMPUTED_WITHIN,
                () -> Mono.error(StepFailure.permanent("change set " + id + " in "
                        + calls.account().where() + " is not computed after " + COMPUTED_WITHIN)));
    }

    /** Whether it has failed because there is nothing to change. */
    static boolean isWithoutChanges(DescribeChangeSetResponse set) {
        String reason = String.valueOf(set.statusReason());
        return set.statusAsString().equals("FAILED")
                // the two wordings of the service, as its own command line tool knows them
                && (reason.contains("didn't contain changes") || reason.contains("No updates are to be performed"));
    }

    /** Executes the change set unless an earlier attempt has; a failure if it cannot be executed. */
    Mono<Void> execute(DescribeChangeSetResponse set, String token) {
        if (EXECUTED.contains(set.executionStatusAsString())) {
            return Mono.empty();
        }
        if (!set.executionStatusAsString().equals("AVAILABLE")) {
            // obsolete: somebody has changed the stack since, and the next attempt asks for another one
            boolean obsolete = set.executionStatusAsString().equals("OBSOLETE");
            return Mono.error(StepFailure.of(
                    obsolete ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
                    "the change set of " + calls.shown(set.stackName()) + " cannot be executed ("
                            + set.executionStatusAsString() + "): " + set.statusReason()));
        }
        return calls.calls()
                .changing("ExecuteChangeSet of stack " + set.stackName(), () -> calls.cloudFormation()
                        .executeChangeSet(r -> r.changeSetName(set.changeSetId())
                                .stackName(set.stackId())
                                .clientRequestToken(token)))
                .then();
    }

    /** How many resources it changes; 0 if it is too large to tell at once. */
    static int size(DescribeChangeSetResponse set) {
        return set.nextToken() == null || set.nextToken().isEmpty()
                ? set.changes().size()
                : 0;
    }

    /** Deletes one by its id, or by its name and the stack's id. */
    Mono<Void> delete(String stackId, String nameOrId) {
        return calls.calls()
                .changing("DeleteChangeSet " + nameOrId, () -> calls.cloudFormation()
                        .deleteChangeSet(r -> r.stackName(stackId).changeSetName(nameOrId)))
                // it is still being computed
                .onErrorMap(
                        AwsFailures.hasCode("InvalidChangeSetStatus"),
                        busy -> StepFailure.of(FailureClass.TRANSIENT, String.valueOf(busy.getMessage()), busy))
                .then();
    }

    /** Those of the stack that were made for operations whose tokens begin so, and never executed. */
    Flux<ChangeSetSummary> unexecuted(Stack stack, List<String> tokens) {
        return requestAll(stack)
                .filter(set ->
                        tokens.stream().anyMatch(token -> set.changeSetName().startsWith(name(token))))
                // also one whose execution failed has been executed: the stack was rolled back
                .filter(set -> !set.executionStatusAsString().startsWith("EXECUTE_"));
    }

    /**
     * Whose stack it is: one that only waits for its first change set bears no tags yet, but its change sets do. With change sets
     * of several owners it is nobody's.
     */
    Mono<Owner> ownerOf(Stack stack, StepContext context) {
        Owner owner = StackCalls.ownerOf(stack.tags());
        if (!owner.tags().isEmpty() || !stack.stackStatusAsString().equals("REVIEW_IN_PROGRESS")) {
            return Mono.just(owner);
        }
        return requestAll(stack)
                .concatMap(set -> requestDescribe(set.changeSetId()))
                .map(set -> StackCalls.ownerOf(set.tags()))
                .collectList()
                .filter(owners -> owners.stream().allMatch(each -> each.isStepOf(context)))
                .flatMap(owners -> Mono.justOrEmpty(owners.stream().findFirst()))
                .defaultIfEmpty(owner);
    }

    /** Whether the stack has no change sets. */
    Mono<Boolean> isWithout(Stack stack) {
        return requestAll(stack).hasElements().map(some -> !some);
    }

    private Flux<ChangeSetSummary> requestAll(Stack stack) {
        return calls.calls()
                .readingAll(
                        "ListChangeSets " + stack.stackName(),
                        page -> calls.cloudFormation().listChangeSets(r -> r.stackName(stack.stackId())
                                .nextToken(page)),
                        ListChangeSetsResponse::summaries,
                        ListChangeSetsResponse::nextToken)
                // some emulators list those of all stacks
                .filter(set -> stack.stackId().equals(set.stackId()));
    }

    private Mono<DescribeChangeSetResponse> requestDescribe(String id) {
        return calls.calls().reading("DescribeChangeSet " + id, () -> calls.cloudFormation()
                .describeChangeSet(r -> r.changeSetName(id)));
    }
}
