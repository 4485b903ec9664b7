// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Owner;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.cloudformation.model.CreateStackRequest;
import software.amazon.awssdk.services.cloudformation.model.DeleteStackResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStackEventsResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStacksResponse;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.cloudformation.model.TemplateParameter;

/** The calls that see, make and delete stacks, each one request, and what their answers mean. */
record StackCalls(AwsAccount account, AwsCalls calls) {
    /** The kind of stacks among the resources of a run. */
    static final String KIND = "AWS::CloudFormation::Stack";

    CloudFormationAsyncClient cloudFormation() {
        return account.cloudFormation();
    }

    /** The stack with this name or id that is not deleted; empty if there is none. */
    Mono<Stack> getStack(String nameOrId) {
        return findStack(nameOrId).filter(stack -> !stack.stackStatusAsString().equals("DELETE_COMPLETE"));
    }

    /** The stack with this name, or with this id and perhaps deleted. */
    Mono<Stack> findStack(String nameOrId) {
        return requestDescribe(nameOrId)
                .flatMap(stacks -> Mono.justOrEmpty(stacks.stream().findFirst()))
                .onErrorResume(StackCalls::saysMissing, missing -> Mono.empty());
    }

    Flux<Stack> requestAll() {
        return calls.readingAll(
                "DescribeStacks",
                page -> cloudFormation().describeStacks(r -> r.nextToken(page)),
                DescribeStacksResponse::stacks,
                DescribeStacksResponse::nextToken);
    }

    /** A stack's events, the newest first; none of one that is not seen yet. */
    Flux<StackEvent> requestEvents(String id) {
        return calls.readingAll(
                        "DescribeStackEvents " + id,
                        page -> cloudFormation()
                                .describeStackEvents(r -> r.stackName(id).nextToken(page)),
                        DescribeStackEventsResponse::stackEvents,
                        DescribeStackEventsResponse::nextToken)
                .onErrorResume(StackCalls::saysMissing, tooEarly -> Flux.empty());
    }

    Mono<String> requestCreate(CreateStackRequest request, StepContext context) {
        return calls.changing(
                        "CreateStack " + request.stackName(),
                        () -> cloudFormation().createStack(request),
                        made -> context.made(toResource(request.stackName(), made.stackId())))
                .map(made -> made.stackId());
    }

    Mono<DeleteStackResponse> requestDelete(Stack stack) {
        return calls.changing("DeleteStack " + stack.stackName(), () -> cloudFormation()
                .deleteStack(r -> r.stackName(stack.stackId())));
    }

    /** The template that the stack has now, as it was put in. */
    Mono<String> requestTemplate(Stack stack) {
        return calls.reading("GetTemplate " + stack.stackName(), () -> cloudFormation()
                        .getTemplate(r -> r.stackName(stack.stackId())))
                .map(answer -> answer.templateBody());
    }

    Mono<List<TemplateParameter>> requestValidate(String template) {
        return calls.reading("ValidateTemplate", () -> cloudFormation().validateTemplate(r -> r.templateBody(template)))
                .map(answer -> answer.parameters());
    }

    private Mono<List<Stack>> requestDescribe(String nameOrId) {
        return calls.reading(
                        "DescribeStacks " + nameOrId, () -> cloudFormation().describeStacks(r -> r.stackName(nameOrId)))
                .map(answer -> answer.stacks());
    }

    Resource toResource(Stack stack) {
        return toResource(stack.stackName(), stack.stackId());
    }

    Resource toResource(String name, String id) {
        return account.resource(KIND, id, "cloudformation describe-stacks --stack-name " + name);
    }

    /** For messages: {@code stack orders-vpc in account-a/eu-central-1}. */
    String shown(Stack stack) {
        return shown(stack.stackName());
    }

    String shown(String name) {
        return "stack " + name + " in " + account.where();
    }

    static Owner ownerOf(List<Tag> tags) {
        return new Owner(tags.stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    static boolean saysMissing(Throwable failure) {
        return AwsFailures.hasCode("ValidationError").test(failure)
                && String.valueOf(failure.getMessage()).contains("does not exist");
    }
}
