// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.TemplateParameter;

/**
 * A stack that somebody else made, updated by a step and brought back to what it was.
 *
 * <p>An update leaves the stack's tags as they are, apart from the caller's own: with tags of the run there would be something
 * to change each time. What marks an update as this step's is the token that its events bear; a token is made of the step's and
 * of the newest event before, so each update has one of its own.
 */
record StackUpdating(StackPlan plan, StackCalls calls, StackWaits waits, ChangeSets sets, StackFailures failures) {
    private static final Pattern UPDATABLE =
            Pattern.compile("(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE");
    private static final String UNDO = "undo-";

    /** Updates the stack, once nothing is under way; what it was is written down right before. */
    Mono<Stack> update(Stack there, State state, StepContext context) {
        return waitUntilSettled(there, context).delayUntil(this::check).flatMap(stack -> next(stack, context.token())
                .flatMap(next -> plan.input()
                        .template()
                        .text(state, context)
                        .delayUntil(template -> checkKeepable())
                        .flatMap(template -> calls.requestValidate(template)
                                .map(declared -> toRequest(stack, template, declared, state, next.token())))
                        .flatMap(this::makeChangeSet)
                        .flatMap(set -> ChangeSets.isWithoutChanges(set)
                                ? deleteChangeSet(set).thenReturn(stack)
                                : writeDown(set, state, context).then(execute(set, next, context)))));
    }

    /** Refuses a stack whose state lets nobody update it. */
    Mono<Void> check(Stack stack) {
        String status = stack.stackStatusAsString();
        if (status.equals("UPDATE_ROLLBACK_FAILED")) {
            return failures.stuck(stack);
        }
        return isUnderWay(status) || UPDATABLE.matcher(status).matches()
                ? Mono.empty()
                : Mono.error(StepFailure.permanent(
                        calls.shown(stack) + " is " + status + " and cannot be updated; delete it first"));
    }

    /** Looks whether an update of this step took effect; waits while something is under way. */
    Mono<Found> look(Stack there, StepContext context, Function<Stack, Found> toFound) {
        return waits.settled(StackUpdating::isUnderWay, there)
                .flatMap(settled -> {
                    Stack stack = settled.stack();
                    String token = settled.token();
                    String status = stack.stackStatusAsString();
                    if (isUpdate(token, context) && status.equals("UPDATE_COMPLETE")) {
                        FormerStack.before(token, context).ifPresent(context::made);
                        return Mono.just(toFound.apply(stack));
                    }
                    if (isOfStep(token, context) && status.equals("UPDATE_ROLLBACK_FAILED")) {
                        return Mono.just(Found.partly("stack " + stack.stackName() + " is " + status));
                    }
                    return isOverlaid(stack, token, context)
                            .filter(overlaid -> overlaid)
                            .map(yes -> Found.partly("stack " + stack.stackName() + " has been changed since"))
                            .switchIfEmpty(sets.unexecuted(stack, prefixes(context))
                                    .next()
                                    .map(set ->
                                            Found.partly("change set " + set.changeSetName() + " is not executed")));
                })
                .defaultIfEmpty(Found.absent());
    }

    /**
     * Brings the stack back to what it was, if an update of this step is the last thing that happened to it; deletes what is left
     * of change sets.
     */
    Mono<Void> takeBack(Stack there, StepContext context) {
        return waits.settled(StackUpdating::isUnderWay, there)
                .flatMap(settled -> takeBack(settled.stack(), settled.token(), context)
                        .then(sets.unexecuted(settled.stack(), prefixes(context))
                                .concatMap(set -> sets.delete(settled.stack().stackId(), set.changeSetId()))
                                .then()))
                .then(Mono.fromRunnable(() -> FormerStack.all(context).forEach(context::gone)));
    }

    private Mono<Void> takeBack(Stack stack, String token, StepContext context) {
        String status = stack.stackStatusAsString();
        if (isOfStep(token, context) && status.equals("UPDATE_ROLLBACK_FAILED")) {
            return failures.stuck(stack);
        }
        boolean updated = isUpdate(token, context) && status.equals("UPDATE_COMPLETE");
        boolean undoFailed = isUndo(token, context) && status.equals("UPDATE_ROLLBACK_COMPLETE");
        if (updated || undoFailed) {
            return restore(stack, context);
        }
        return isOverlaid(stack, token, context)
                .filter(overlaid -> overlaid)
                .flatMap(
                        yes -> Mono.error(
                                StepFailure.permanent(
                                        calls.shown(stack) + " has been changed by somebody else"
                                                + " since this step updated it; it is left as it is, since going back would take back that too")));
    }

    private Mono<Void> restore(Stack stack, StepContext context) {
        return Mono.justOrEmpty(FormerStack.latest(stack.stackId(), context))
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent(
                        calls.shown(stack) + " was updated by this step, but what it was before is not written down")))
                .doOnNext(former -> context.progress(0, 0, "bringing back stack " + stack.stackName()))
                .flatMap(former -> next(stack, UNDO + context.token())
                        .flatMap(next -> makeChangeSet(toRequest(stack, former, next.token()))
                                .flatMap(set -> ChangeSets.isWithoutChanges(set)
                                        ? deleteChangeSet(set)
                                        : execute(set, next, context).then())));
    }

    private Mono<DescribeChangeSetResponse> makeChangeSet(CreateChangeSetRequest request) {
        return sets.make(request, made -> {})
                // what an earlier attempt asked for, of a template or a parameter that is another one now
                .onErrorResume(AwsFailures.hasCode("AlreadyExistsException"), other -> sets.delete(
                                request.stackName(), request.changeSetName())
                        .then(sets.make(request, made -> {})))
                // somebody was faster: the next attempt waits for him
                .onErrorMap(
                        StackUpdating::saysUnderWay,
                        busy -> StepFailure.of(FailureClass.TRANSIENT, String.valueOf(busy.getMessage()), busy));
    }

    private Mono<Void> deleteChangeSet(DescribeChangeSetResponse set) {
        return sets.delete(set.stackId(), set.changeSetId());
    }

    /** What the stack is when the change set has been computed: if it changes after that, the set cannot be executed. */
    private Mono<Void> writeDown(DescribeChangeSetResponse set, State state, StepContext context) {
        if (set.statusAsString().equals("FAILED")) {
            return Mono.error(
                    StepFailure.permanent(calls.shown(set.stackName()) + " cannot be updated: " + set.statusReason()));
        }
        return calls.getStack(set.stackId())
                .flatMap(stack -> calls.requestTemplate(stack)
                        .doOnNext(template -> checkSize(stack, template))
                        .map(template -> FormerStack.of(stack, template, secretParameters(state))))
                .doOnNext(former -> context.made(former.toResource(plan.account(), set.changeSetId())))
                .then();
    }

    private void checkSize(Stack stack, String template) {
        int size = template.getBytes(StandardCharsets.UTF_8).length;
        if (size > StackTemplate.LARGEST) {
            throw StepFailure.permanent(calls.shown(stack) + " has a template of " + size
                    + " bytes: an update could not be undone, since a request takes at most " + StackTemplate.LARGEST);
        }
    }

    private Set<String> secretParameters(State state) {
        return plan.input().parameters().entrySet().stream()
                .filter(each -> isSecret(each.getValue(), state))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static boolean isSecret(Input<?> input, State state) {
        return input.reads().stream().anyMatch(Key::isSecret) || holdsSecret(input.get(state));
    }

    private static boolean holdsSecret(Object value) {
        return value instanceof Secret<?>
                || value instanceof List<?> list && list.stream().anyMatch(StackUpdating::holdsSecret);
    }

    private Mono<Stack> execute(DescribeChangeSetResponse set, Next next, StepContext context) {
        StackProgress progress =
                new StackProgress(calls, context, ChangeSets.size(set), next.token(), next.newestBefore());
        return Mono.defer(() -> sets.execute(set, next.token()))
                .then(waits.whileIn(StackUpdating::isUnderWay, set.stackName(), set.stackId(), plan.within(), progress))
                .switchIfEmpty(gone(set.stackName(), "updated"))
                .flatMap(stack ->
                        stack.stackStatusAsString().equals("UPDATE_COMPLETE") ? Mono.just(stack) : failures.of(stack));
    }

    private Mono<Stack> waitUntilSettled(Stack there, StepContext context) {
        if (isUnderWay(there.stackStatusAsString())) {
            context.progress(0, 0, "waiting: stack " + there.stackName() + " is " + there.stackStatusAsString());
        }
        return waits.whileIn(StackUpdating::isUnderWay, there).switchIfEmpty(gone(there.stackName(), "waited for"));
    }

    private Mono<Stack> gone(String name, String what) {
        return Mono.error(
                () -> StepFailure.of(FailureClass.TRANSIENT, calls.shown(name) + " was deleted while it was " + what));
    }

    /** The template becomes the former one of the next update, which is written down where everybody may read it. */
    private Mono<Void> checkKeepable() {
        return plan.input().template().reads().stream()
                        .flatMap(input -> input.reads().stream())
                        .anyMatch(Key::isSecret)
                ? Mono.error(StepFailure.permanent("the template reads a secret and cannot be used for an update, whose"
                        + " undo writes templates down: give the secret as a parameter"))
                : Mono.empty();
    }

    private CreateChangeSetRequest toRequest(
            Stack stack, String template, List<TemplateParameter> declared, State state, String token) {
        return plan.input().toChangeSet(stack.stackName(), token).toBuilder()
                .changeSetType(ChangeSetType.UPDATE)
                .templateBody(template)
                .parameters(Stream.concat(plan.input().toParameters(state).stream(), toKept(stack, declared))
                        .toList())
                .tags(plan.input()
                        .toTags(state, StackCalls.ownerOf(stack.tags()).tags()))
                .build();
    }

    /** What the caller does not name keeps its value: left out it would fall back to its default. */
    private Stream<Parameter> toKept(Stack stack, List<TemplateParameter> declared) {
        Set<String> names =
                declared.stream().map(TemplateParameter::parameterKey).collect(Collectors.toSet());
        names.removeAll(plan.input().parameters().keySet());
        return stack.parameters().stream()
                .map(Parameter::parameterKey)
                .filter(names::contains)
                .map(name -> Parameter.builder()
                        .parameterKey(name)
                        .usePreviousValue(true)
                        .build());
    }

    private CreateChangeSetRequest toRequest(Stack stack, FormerStack former, String token) {
        return plan.input().toChangeSet(stack.stackName(), token).toBuilder()
                .changeSetType(ChangeSetType.UPDATE)
                .templateBody(former.template())
                .parameters(former.toParameters())
                .tags(former.toTags())
                .capabilitiesWithStrings(former.capabilitiesAnd(plan.input().capabilities()))
                .roleARN(former.role())
                .build();
    }

    /** Whether an update of this step took effect and somebody else has changed the stack since. */
    private Mono<Boolean> isOverlaid(Stack stack, String newestToken, StepContext context) {
        boolean written = FormerStack.latest(stack.stackId(), context).isPresent();
        return written && !isOfStep(newestToken, context)
                ? calls.requestEvents(stack.stackId())
                        .any(event -> isUpdate(StackEvents.token(event), context)
                                && StackEvents.isAboutStack(event)
                                && event.resourceStatusAsString().equals("UPDATE_COMPLETE"))
                : Mono.just(false);
    }

    /**
     * The next operation of this step.
     *
     * @param newestBefore the id of the newest event before it; empty if there is none
     */
    private record Next(String token, String newestBefore) {}

    private Mono<Next> next(Stack stack, String base) {
        return calls.requestEvents(stack.stackId())
                .next()
                .map(event -> new Next(
                        base + "-" + Integer.toHexString(event.eventId().hashCode()), event.eventId()))
                .defaultIfEmpty(new Next(base, ""));
    }

    private static List<String> prefixes(StepContext context) {
        return List.of(context.token(), UNDO + context.token());
    }

    private static boolean isUpdate(String token, StepContext context) {
        return token.startsWith(context.token());
    }

    private static boolean isUndo(String token, StepContext context) {
        return token.startsWith(UNDO + context.token());
    }

    private static boolean isOfStep(String token, StepContext context) {
        return isUpdate(token, context) || isUndo(token, context);
    }

    /** One that waits for its first change set does so until somebody acts. */
    private static boolean isUnderWay(String status) {
        return status.endsWith("_IN_PROGRESS") && !status.equals("REVIEW_IN_PROGRESS");
    }

    private static boolean saysUnderWay(Throwable failure) {
        return AwsFailures.hasCode("ValidationError").test(failure)
                && String.valueOf(failure.getMessage()).matches("(?s).*_IN_PROGRESS state and can ?not be updated.*");
    }
}
