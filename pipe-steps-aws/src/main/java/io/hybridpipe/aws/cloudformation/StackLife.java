// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.aws.Owner;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Sweep;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.DeleteStackResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStackEventsResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStacksResponse;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.cloudformation.model.TemplateParameter;

/**
 * A planned stack from nothing to made, found again, and gone: what {@link DeployStack} and {@link TemporaryStack} share.
 *
 * <p>A stack's name is its identity in an account and region; its tags, set in the create call, say whose it is.
 */
record StackLife(StackPlan plan, AwsCalls calls) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][-a-zA-Z0-9]{0,127}");
    private static final int LARGEST_TEMPLATE = 51_200;
    private static final Pattern MAY_PASS =
            Pattern.compile("(?i)rate exceeded|throttl|RequestLimitExceeded|internal failure|service unavailable");

    private static final Duration UNDO_WITHIN = Duration.ofMinutes(30);

    static final StepOptions OPTIONS = StepOptions.ofDefaults()
            .withVisibility(Duration.ofSeconds(5))
            .withReconcileTimeout(Duration.ofMinutes(30))
            .withUndoTimeout(UNDO_WITHIN);

    /** Makes the stack, or goes on with the one that an earlier attempt of this step has begun. */
    Mono<Outputs> make(State state, StepContext context, Map<String, String> tags) {
        return Mono.defer(() -> getStack(plan.name(state))
                        .flatMap(there -> goOn(there, state, context, tags))
                        .switchIfEmpty(Mono.defer(() -> create(state, context, tags, context.token()))))
                .map(plan::toOutputs);
    }

    /** Looks whether the stack was made; waits while it is on its way to be made or deleted. */
    Mono<Found> look(State state, StepContext context) {
        return Mono.defer(() -> getStack(plan.name(state)))
                .filter(stack -> ownerOf(stack).isStepOf(context))
                .doOnNext(stack -> context.made(toResource(stack)))
                .flatMap(stack -> waitWhile(stack, status -> status.endsWith("_IN_PROGRESS"))
                        .switchIfEmpty(Mono.fromRunnable(() -> context.gone(toResource(stack)))))
                .map(stack -> toFound(stack, context))
                .defaultIfEmpty(Found.absent());
    }

    /** Deletes the stack if this step made it and waits until it is gone. */
    Mono<Void> remove(State state, StepContext context) {
        return Mono.defer(() -> getStack(plan.name(state)))
                .filter(stack -> ownerOf(stack).isStepOf(context))
                .flatMap(stack -> delete(stack, context));
    }

    /** Checks the credentials, the template and its parameters if the template is known, and that the name is not taken. */
    Mono<Void> check(State state, StepContext context) {
        return account()
                .identity(calls)
                .then(Mono.defer(() -> checkTemplate(state)))
                .then(Mono.defer(() -> Mono.justOrEmpty(plan.name().find(state))))
                .flatMap(name -> checkName(name, context));
    }

    /** Deletes the stack, whoever made it, and waits until it is gone. */
    Mono<Void> delete(Stack stack, StepContext context) {
        return requestDeleteAndWait(stack)
                .doOnSubscribe(begun -> context.progress(0, 0, "deleting stack " + stack.stackName()))
                .then(Mono.fromRunnable(() -> context.gone(toResource(stack))));
    }

    /** Deletes, outside of every run, the stacks of the account and region that a run made as temporary and that have expired. */
    Flux<Resource> sweep(Clock clock) {
        Flux<Stack> expired = calls.readingAll(
                        "DescribeStacks",
                        page -> account().cloudFormation().describeStacks(r -> r.nextToken(page)),
                        DescribeStacksResponse::stacks,
                        DescribeStacksResponse::nextToken)
                // a nested stack has the tags of the one that it goes with
                .filter(stack -> stack.parentId() == null)
                .filter(stack -> ownerOf(stack).hasExpired(clock.instant()));
        return Sweep.of(expired, this::toResource, UNDO_WITHIN, this::requestDeleteAndWait);
    }

    private Mono<Void> requestDeleteAndWait(Stack stack) {
        return waitWhile(stack, "ROLLBACK_IN_PROGRESS"::equals)
                .flatMap(settled -> settled.stackStatusAsString().equals("DELETE_IN_PROGRESS")
                        ? waitUntilGone(settled)
                        : requestDelete(settled).then(waitUntilGone(settled)));
    }

    /** The stack with this name that is not deleted; empty if there is none. */
    Mono<Stack> getStack(String nameOrId) {
        return findStack(nameOrId).filter(stack -> !stack.stackStatusAsString().equals("DELETE_COMPLETE"));
    }

    private Mono<Stack> findStack(String nameOrId) {
        return requestDescribe(nameOrId)
                .flatMap(stacks -> Mono.justOrEmpty(stacks.stream().findFirst()))
                .onErrorResume(StackLife::saysMissing, missing -> Mono.empty());
    }

    private Mono<Stack> create(State state, StepContext context, Map<String, String> tags, String token) {
        return requestCreate(state, context, tags, token)
                .flatMap(id -> waitUntilMade(plan.name(state), id, context))
                .onErrorResume(
                        AwsFailures.hasCode("AlreadyExistsException", "TokenAlreadyExistsException"),
                        taken -> getStack(plan.name(state))
                                .flatMap(there -> goOn(there, state, context, tags))
                                .switchIfEmpty(createUnderAnotherToken(state, context, tags, token, taken)))
                .switchIfEmpty(createUnderAnotherToken(
                        state,
                        context,
                        tags,
                        token,
                        StepFailure.permanent("stack " + plan.name(state) + " in "
                                + account().where() + " was deleted while it was made")));
    }

    /** For the token of a stack that somebody deleted, a sweep perhaps, CloudFormation answers with that stack again. */
    private Mono<Stack> createUnderAnotherToken(
            State state, StepContext context, Map<String, String> tags, String used, Throwable otherwise) {
        String other = context.token() + "-" + context.attempt();
        return Mono.defer(() -> used.equals(other) ? Mono.error(otherwise) : create(state, context, tags, other));
    }

    private Mono<Stack> goOn(Stack there, State state, StepContext context, Map<String, String> tags) {
        Owner owner = ownerOf(there);
        if (!owner.isStepOf(context)) {
            return Mono.error(taken(there));
        }
        context.made(toResource(there));
        String status = there.stackStatusAsString();
        if (owner.isAttemptOf(context) && (status.equals("CREATE_COMPLETE") || status.equals("CREATE_IN_PROGRESS"))) {
            return waitUntilMade(there.stackName(), there.stackId(), context);
        }
        // what is left of an attempt that failed, or from before an undo, cannot become the wanted stack any more
        String token =
                context.token() + "-" + Integer.toHexString(there.stackId().hashCode());
        return delete(there, context).then(Mono.defer(() -> create(state, context, tags, token)));
    }

    private Mono<Void> checkTemplate(State state) {
        if (plan.template().isEmpty()) {
            return Mono.error(StepFailure.permanent("the stack has no template: call template(..)"));
        }
        return Mono.justOrEmpty(plan.template().get().find(state))
                .map(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .filter(size -> size > LARGEST_TEMPLATE)
                .flatMap(size -> Mono.<Void>error(StepFailure.permanent("the template has " + size
                        + " bytes, CloudFormation takes at most " + LARGEST_TEMPLATE + " in a request")))
                .then(Mono.defer(() -> Mono.justOrEmpty(plan.template().get().find(state))))
                .flatMap(this::requestValidate)
                .flatMap(this::checkParameters);
    }

    private Mono<Void> checkParameters(List<TemplateParameter> declared) {
        Set<String> given = plan.parameters().keySet();
        List<String> names =
                declared.stream().map(TemplateParameter::parameterKey).sorted().toList();
        List<String> lacking = declared.stream()
                .filter(parameter -> parameter.defaultValue() == null && !given.contains(parameter.parameterKey()))
                .map(TemplateParameter::parameterKey)
                .sorted()
                .toList();
        List<String> unknown =
                given.stream().filter(name -> !names.contains(name)).sorted().toList();
        // some emulators list no parameters whatever the template; then CreateStack has the word
        if (declared.isEmpty() || lacking.isEmpty() && unknown.isEmpty()) {
            return Mono.empty();
        }
        return Mono.error(StepFailure.permanent("the template takes the parameters " + names
                + (lacking.isEmpty() ? "" : "; no value is given for " + lacking)
                + (unknown.isEmpty() ? "" : "; it does not know " + unknown)));
    }

    private Mono<Void> checkName(String name, StepContext context) {
        if (!NAME.matcher(name).matches()) {
            return Mono.error(StepFailure.permanent("stack name '" + name + "' must match " + NAME));
        }
        return getStack(name)
                .filter(there -> !ownerOf(there).isStepOf(context))
                .flatMap(there -> Mono.error(taken(there)));
    }

    private StepFailure taken(Stack there) {
        return StepFailure.permanent(
                "stack " + there.stackName() + " exists already in " + account().where() + " ("
                        + there.stackStatusAsString() + ", " + ownerOf(there)
                        + "); it is left as it is: delete it or choose another name");
    }

    /** The stack once it is made; empty when it is deleted. */
    private Mono<Stack> waitUntilMade(String name, String id, StepContext context) {
        StackEvents events = new StackEvents();
        return Mono.defer(() -> findStack(id))
                .delayUntil(stack -> requestNewEvents(id, events).doOnNext(news -> events.report(news, context)))
                .flatMap(stack -> switch (stack.stackStatusAsString()) {
                    case "CREATE_COMPLETE" -> Mono.just(Optional.of(stack));
                    case "CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS" -> Mono.<Optional<Stack>>empty();
                    case "DELETE_COMPLETE" -> Mono.just(Optional.<Stack>empty());
                    default -> failure(stack).map(Optional::of);
                })
                .repeatWhenEmpty(polls -> polls.delayElements(plan.pollEvery()))
                .flatMap(stack -> stack.map(Mono::just)
                        .orElseGet(() -> Mono.fromRunnable(() -> context.gone(toResource(name, id)))));
    }

    private Mono<Stack> failure(Stack stack) {
        return requestAllEvents(stack.stackId()).flatMap(events -> {
            String why = StackEvents.firstFailure(events).orElse("no reason given");
            String line = "stack " + stack.stackName() + " in " + account().where() + " failed ("
                    + stack.stackStatusAsString() + "): " + why;
            FailureClass its = MAY_PASS.matcher(why).find() ? FailureClass.TRANSIENT : FailureClass.PERMANENT;
            return Mono.error(StepFailure.of(its, line));
        });
    }

    private Mono<Void> waitUntilGone(Stack stack) {
        return waitWhile(stack, status -> !status.equals("DELETE_FAILED")).flatMap(this::held);
    }

    /** The stack as soon as its status is another one; empty as soon as it is gone. */
    private Mono<Stack> waitWhile(Stack stack, Predicate<String> status) {
        return Mono.defer(() -> getStack(stack.stackId()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .filter(seen -> seen.filter(there -> status.test(there.stackStatusAsString()))
                        .isEmpty())
                .repeatWhenEmpty(polls -> polls.delayElements(plan.pollEvery()))
                .flatMap(Mono::justOrEmpty);
    }

    private Mono<Void> held(Stack stack) {
        return requestAllEvents(stack.stackId()).flatMap(events -> {
            String why = StackEvents.whatHolds(events).orElseGet(() -> String.valueOf(stack.stackStatusReason()));
            // transient: what holds a resource is mostly on its way out itself
            return Mono.error(StepFailure.of(
                    FailureClass.TRANSIENT,
                    "stack " + stack.stackName() + " in " + account().where() + " cannot be deleted: " + why));
        });
    }

    private Mono<String> requestCreate(State state, StepContext context, Map<String, String> tags, String token) {
        return Mono.fromCallable(() -> plan.toRequest(state, tags, token))
                .flatMap(request -> calls.changing(
                        "CreateStack " + request.stackName(),
                        () -> account().cloudFormation().createStack(request),
                        made -> context.made(toResource(request.stackName(), made.stackId()))))
                .map(made -> made.stackId());
    }

    private Mono<DeleteStackResponse> requestDelete(Stack stack) {
        return calls.changing(
                "DeleteStack " + stack.stackName(),
                () -> account().cloudFormation().deleteStack(r -> r.stackName(stack.stackId())));
    }

    private Mono<List<TemplateParameter>> requestValidate(String template) {
        return calls.reading(
                        "ValidateTemplate",
                        () -> account().cloudFormation().validateTemplate(r -> r.templateBody(template)))
                .map(answer -> answer.parameters());
    }

    private Mono<List<Stack>> requestDescribe(String nameOrId) {
        return calls.reading(
                        "DescribeStacks " + nameOrId,
                        () -> account().cloudFormation().describeStacks(r -> r.stackName(nameOrId)))
                .map(answer -> answer.stacks());
    }

    private Mono<List<StackEvent>> requestNewEvents(String id, StackEvents seen) {
        return requestEvents(id)
                .takeWhile(seen::isNews)
                .collectList()
                .onErrorResume(StackLife::saysMissing, tooEarly -> Mono.just(List.of()));
    }

    private Mono<List<StackEvent>> requestAllEvents(String id) {
        return requestEvents(id).collectList();
    }

    private Flux<StackEvent> requestEvents(String id) {
        return calls.readingAll(
                "DescribeStackEvents " + id,
                page -> account().cloudFormation().describeStackEvents(r -> r.stackName(id)
                        .nextToken(page)),
                DescribeStackEventsResponse::stackEvents,
                DescribeStackEventsResponse::nextToken);
    }

    private Found toFound(Stack stack, StepContext context) {
        boolean made = stack.stackStatusAsString().equals("CREATE_COMPLETE");
        if (!made || !ownerOf(stack).isAttemptOf(context)) {
            return Found.partly("stack " + stack.stackName() + " is " + stack.stackStatusAsString());
        }
        try {
            return Found.done(plan.toOutputs(stack));
        } catch (StepFailure unusable) {
            return Found.partly(String.valueOf(unusable.getMessage()));
        }
    }

    private Resource toResource(Stack stack) {
        return toResource(stack.stackName(), stack.stackId());
    }

    private Resource toResource(String name, String id) {
        return account()
                .resource("AWS::CloudFormation::Stack", id, "cloudformation describe-stacks --stack-name " + name);
    }

    private static Owner ownerOf(Stack stack) {
        return new Owner(stack.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    private static boolean saysMissing(Throwable failure) {
        return AwsFailures.hasCode("ValidationError").test(failure)
                && String.valueOf(failure.getMessage()).contains("does not exist");
    }

    private AwsAccount account() {
        return plan.account();
    }
}
