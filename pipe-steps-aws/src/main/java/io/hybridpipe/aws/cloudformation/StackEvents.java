// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** What a stack's events say; the service lists the newest first. Not thread-safe: one for each wait. */
final class StackEvents {
    private static final String CANCELLED = "Resource creation cancelled";

    private final Map<String, String> statuses = new TreeMap<>();
    private String newestSeen = "";

    /** Whether the event has not been reported yet. */
    boolean isNews(StackEvent event) {
        return !newestSeen.equals(event.eventId());
    }

    /** Takes in the events since the last time and says how far the stack's resources have come. */
    void report(List<StackEvent> newestFirst, StepContext context) {
        if (newestFirst.isEmpty()) {
            return;
        }
        newestSeen = newestFirst.get(0).eventId();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            StackEvent event = newestFirst.get(i);
            if (!isAboutStack(event)) {
                statuses.put(event.logicalResourceId(), event.resourceStatusAsString());
            }
        }
        long done = statuses.values().stream()
                .filter(status -> status.equals("CREATE_COMPLETE"))
                .count();
        String underWay = statuses.entrySet().stream()
                .filter(each -> each.getValue().endsWith("_IN_PROGRESS"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        // the stack's size is not known before its last resource has begun
        context.progress((int) done, 0, underWay.isEmpty() ? "resources" : "resources; now " + underWay);
    }

    /**
     * The first resource that failed by itself, since those that CloudFormation stopped because of it come later; if none did,
     * what the stack says of its end, an output that cannot be computed perhaps.
     */
    static Optional<String> firstFailure(List<StackEvent> newestFirst) {
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            StackEvent event = newestFirst.get(i);
            boolean itself = !reason(event).startsWith(CANCELLED);
            if (event.resourceStatusAsString().equals("CREATE_FAILED") && itself && !isAboutStack(event)) {
                return Optional.of(toText(event));
            }
        }
        return newestFirst.stream()
                .filter(event ->
                        isAboutStack(event) && !event.resourceStatusAsString().equals("CREATE_IN_PROGRESS"))
                .filter(event -> !reason(event).isEmpty())
                .reduce((newer, older) -> older)
                .map(StackEvents::reason);
    }

    /** The resources that the latest deletion could not delete, and why. */
    static Optional<String> whatHolds(List<StackEvent> newestFirst) {
        List<String> held = newestFirst.stream()
                .takeWhile(event ->
                        !(isAboutStack(event) && event.resourceStatusAsString().equals("DELETE_IN_PROGRESS")))
                .filter(event -> event.resourceStatusAsString().equals("DELETE_FAILED") && !isAboutStack(event))
                .map(StackEvents::toText)
                .toList();
        return held.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", held));
    }

    private static boolean isAboutStack(StackEvent event) {
        return Objects.equals(event.physicalResourceId(), event.stackId());
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
