// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.StepContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

/** Says how far a stack's resources have come, from the events as they happen. Not thread-safe: one for each wait. */
final class StackProgress {
    private final StackCalls calls;
    private final StepContext context;
    private final int total;
    private final Map<String, String> statuses = new TreeMap<>();
    private final String token;
    private final String before;
    private String newestSeen;
    private String newestToken = "";
    private boolean atEnd;

    /**
     * @param total how many resources the operation concerns; 0 if nobody knows
     * @param token that of the operation that is waited for; empty if any will do
     * @param before the id of the newest event before that operation; empty if there was none
     */
    StackProgress(StackCalls calls, StepContext context, int total, String token, String before) {
        this.calls = calls;
        this.context = context;
        this.total = total;
        this.token = token;
        this.before = before;
        newestSeen = before;
    }

    /** Whether the events do not show the operation's end yet; where they bear no tokens, not its beginning. */
    boolean isBeforeEnd() {
        return isBefore() || !token.isEmpty() && newestToken.equals(token) && !atEnd;
    }

    /** Whether the events still show what was before the operation: nothing new, or what bears the token of another one. */
    private boolean isBefore() {
        return !token.isEmpty() && (newestSeen.equals(before) || !newestToken.isEmpty() && !newestToken.equals(token));
    }

    /** Takes in the events since the last look. */
    Mono<Void> look(String stack) {
        return calls.requestEvents(stack)
                .takeWhile(event -> !newestSeen.equals(event.eventId()))
                .takeUntil(StackEvents::beginsOperation)
                .collectList()
                .doOnNext(this::report)
                .then();
    }

    private void report(List<StackEvent> newestFirst) {
        if (newestFirst.isEmpty()) {
            return;
        }
        newestSeen = newestFirst.get(0).eventId();
        newestToken = StackEvents.token(newestFirst.get(0));
        atEnd = StackEvents.endsOperation(newestFirst.get(0));
        if (isBefore()) {
            return;
        }
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            StackEvent event = newestFirst.get(i);
            if (StackEvents.beginsOperation(event)) {
                statuses.clear();
            } else if (!StackEvents.isAboutStack(event)) {
                statuses.put(event.logicalResourceId(), event.resourceStatusAsString());
            }
        }
        long done = statuses.values().stream()
                .filter(status -> status.endsWith("_COMPLETE"))
                .count();
        String underWay = statuses.entrySet().stream()
                .filter(each -> each.getValue().endsWith("_IN_PROGRESS"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        context.progress((int) done, total, underWay.isEmpty() ? "resources" : "resources; now " + underWay);
    }
}
