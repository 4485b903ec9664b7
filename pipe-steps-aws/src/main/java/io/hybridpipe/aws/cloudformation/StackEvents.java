// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** What a stack's events say; the service lists the newest first. */
final class StackEvents {
    private static final Set<String> DEPLOYMENTS =
            Set.of("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS");
    private static final Set<String> FAILURES = Set.of("CREATE_FAILED", "UPDATE_FAILED");
    private static final String ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS";

    private StackEvents() {}

    /** Whether something began to be done to the stack as a whole. */
    static boolean beginsOperation(StackEvent event) {
        return beginsDeployment(event)
                || isAboutStack(event) && event.resourceStatusAsString().equals("DELETE_IN_PROGRESS");
    }

    /** Whether the stack began to be made or updated. */
    static boolean beginsDeployment(StackEvent event) {
        return isAboutStack(event) && DEPLOYMENTS.contains(event.resourceStatusAsString());
    }

    /** Whether something that was done to the stack as a whole is over. */
    static boolean endsOperation(StackEvent event) {
        return isAboutStack(event) && !event.resourceStatusAsString().endsWith("_IN_PROGRESS");
    }

    /**
     * The first resource that failed by itself, since those that CloudFormation stopped because of it may be told before or
     * after it.
     *
     * @param newestFirst what belongs to one operation
     */
    static Optional<StackEvent> firstFailure(List<StackEvent> newestFirst) {
        return oldest(
                newestFirst,
                event -> FAILURES.contains(event.resourceStatusAsString())
                        && !isAboutStack(event)
                        && !isCancelled(event));
    }

    /** What the stack says of its end where no resource failed: an output that cannot be computed perhaps. */
    static Optional<String> ownReason(List<StackEvent> newestFirst) {
        return oldest(
                        newestFirst,
                        event -> isAboutStack(event)
                                && !beginsOperation(event)
                                && !reason(event).isBlank())
                .map(StackEvents::reason);
    }

    /** Of the events of an update, those of its rollback. */
    static List<StackEvent> rollback(List<StackEvent> newestFirst) {
        return newestFirst.stream().takeWhile(event -> !beginsRollback(event)).toList();
    }

    /** Of the events of an update, those before its rollback. */
    static List<StackEvent> beforeRollback(List<StackEvent> newestFirst) {
        return newestFirst.stream().dropWhile(event -> !beginsRollback(event)).toList();
    }

    private static boolean beginsRollback(StackEvent event) {
        return isAboutStack(event) && event.resourceStatusAsString().equals(ROLLBACK);
    }

    /** Whether it is about a stack inside of the stack. */
    static boolean isNested(StackEvent event) {
        return !isAboutStack(event)
                && Objects.equals(event.resourceType(), "AWS::CloudFormation::Stack")
                && Objects.requireNonNullElse(event.physicalResourceId(), "").startsWith("arn:");
    }

    /** The resources that a deletion could not delete, and why. */
    static Optional<String> whatHolds(List<StackEvent> newestFirst) {
        List<StackEvent> held = undeleted(newestFirst);
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(held.stream().map(StackEvents::toText).collect(Collectors.joining("; ")));
    }

    /** What is told of the resources that could not be deleted. */
    static List<StackEvent> undeleted(List<StackEvent> events) {
        return ofResourcesIn("DELETE_FAILED", events);
    }

    /** What is told of the resources that the template retains. */
    static List<StackEvent> retained(List<StackEvent> events) {
        return ofResourcesIn("DELETE_SKIPPED", events);
    }

    static List<StackEvent> deleted(List<StackEvent> events) {
        return ofResourcesIn("DELETE_COMPLETE", events);
    }

    private static List<StackEvent> ofResourcesIn(String status, List<StackEvent> events) {
        return events.stream()
                .filter(event -> event.resourceStatusAsString().equals(status) && !isAboutStack(event))
                .filter(event -> !Objects.requireNonNullElse(event.physicalResourceId(), "")
                        .isEmpty())
                .toList();
    }

    /** The token of the operation that the event belongs to; an empty text if it has none. */
    static String token(StackEvent event) {
        return Objects.requireNonNullElse(event.clientRequestToken(), "");
    }

    static boolean isAboutStack(StackEvent event) {
        return Objects.equals(event.physicalResourceId(), event.stackId());
    }

    private static Optional<StackEvent> oldest(List<StackEvent> newestFirst, Predicate<StackEvent> wanted) {
        return newestFirst.stream().filter(wanted).reduce((newer, older) -> older);
    }

    private static boolean isCancelled(StackEvent event) {
        return reason(event).matches("Resource (creation|update) cancelled.*");
    }

    /** The resource, its type and id, and the reason: {@code Subnet (AWS::EC2::Subnet subnet-1): no room}. */
    static String toText(StackEvent event) {
        String id = event.physicalResourceId();
        return event.logicalResourceId() + " (" + event.resourceType() + (id == null || id.isEmpty() ? "" : " " + id)
                + "): " + reason(event);
    }

    /** In one line, otherwise as it was said: a secret that was changed is not found any more by whoever scrubs it. */
    private static String reason(StackEvent event) {
        return Objects.requireNonNullElse(event.resourceStatusReason(), "").replaceAll("\\R", " ");
    }
}
