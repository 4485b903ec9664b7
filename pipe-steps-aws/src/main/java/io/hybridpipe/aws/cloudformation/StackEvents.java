// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** What a stack's events say; the service lists the newest first. */
final class StackEvents {
    private static final Set<String> BEGINNINGS =
            Set.of("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS");
    private static final Set<String> FAILURES = Set.of("CREATE_FAILED", "UPDATE_FAILED");

    private StackEvents() {}

    /** Whether something began to be done to the stack as a whole. */
    static boolean beginsOperation(StackEvent event) {
        return isAboutStack(event) && BEGINNINGS.contains(event.resourceStatusAsString());
    }

    /**
     * The first resource that failed by itself, since those that CloudFormation stopped because of it may be told before or
     * after it; if none did, what the stack says of its end, an output that cannot be computed perhaps.
     *
     * @param newestFirst what belongs to one operation
     */
    static Optional<String> firstFailure(List<StackEvent> newestFirst) {
        return oldest(
                        newestFirst,
                        event -> FAILURES.contains(event.resourceStatusAsString())
                                && !isAboutStack(event)
                                && !isCancelled(event))
                .map(StackEvents::toText)
                .or(() -> oldest(
                                newestFirst,
                                event -> isAboutStack(event)
                                        && !beginsOperation(event)
                                        && !reason(event).isEmpty())
                        .map(StackEvents::reason));
    }

    /** The resources that the latest deletion could not delete, and why. */
    static Optional<String> whatHolds(List<StackEvent> newestFirst) {
        List<String> held = newestFirst.stream()
                .filter(event -> event.resourceStatusAsString().equals("DELETE_FAILED") && !isAboutStack(event))
                .map(StackEvents::toText)
                .toList();
        return held.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", held));
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

    private static String toText(StackEvent event) {
        String id = event.physicalResourceId();
        return event.logicalResourceId() + " (" + event.resourceType() + (id == null || id.isEmpty() ? "" : " " + id)
                + "): " + reason(event);
    }

    private static String reason(StackEvent event) {
        return Objects.requireNonNullElse(event.resourceStatusReason(), "")
                .strip()
                .replaceAll("\\s+", " ");
    }
}
