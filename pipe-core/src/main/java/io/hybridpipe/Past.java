// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the records of a run say: how far each element got, in which direction the run went, and how it settled. */
final class Past {
    /** How far one element got. */
    static final class Trace {
        int generation;
        int attempts;
        /** Something of it may be there. */
        boolean begun;
        /** It finished, and nothing has been begun with it since. */
        boolean done;

        boolean undoBegun;

        @Nullable
        Instant attemptAt;

        @Nullable
        Map<String, Object> outputs;

        @Nullable
        List<Map<String, Object>> items;

        @Nullable
        Boolean holds;

        final Set<Resource> made = new LinkedHashSet<>();
    }

    private final Map<Path, Trace> traces = new LinkedHashMap<>();
    private final Set<String> reached = new HashSet<>();
    private final Set<String> reachedWithoutItems = new HashSet<>();

    @Nullable
    JournalRecord started;

    @Nullable
    JournalRecord turn;

    @Nullable
    String outcome;

    String target = "";

    private Past() {}

    static Past of(List<JournalRecord> records) {
        Past past = new Past();
        records.forEach(past::add);
        return past;
    }

    private void add(JournalRecord it) {
        switch (it.kind()) {
            case HELD -> {
                target = String.valueOf(it.data().get("target"));
                if (Boolean.TRUE.equals(it.data().get("lost"))) {
                    // what was done after the last record is not known: each finished element has to be looked for
                    traces.values().forEach(trace -> {
                        trace.done = false;
                        // nor whether it was taken back: the token that it had may stand for a deleted thing
                        trace.undoBegun |= trace.begun;
                    });
                }
            }
            case RUN_STARTED ->
                // written again when a resume goes on with an edited pipe
                started = started == null ? it : new JournalRecord(it.kind(), started.at(), it.path(), 0, 0, it.data());
            case TURN -> {
                turn = turn == null ? it : turn;
                outcome = null;
            }
            case SETTLED -> outcome = String.valueOf(it.data().get("outcome"));
            default -> {
                outcome = null;
                add(trace(it.path()), it);
            }
        }
    }

    private void add(Trace trace, JournalRecord it) {
        switch (it.kind()) {
            case INTENT -> {
                trace.begun = true;
                trace.done = false;
                trace.undoBegun = false;
                trace.generation = it.generation();
                trace.attempts = it.attempt();
                trace.attemptAt = it.at();
            }
            case RESULT -> {
                trace.begun = true;
                trace.done = true;
                trace.outputs = map(it.data().get("outputs"));
            }
            case UNDO_INTENT -> {
                trace.begun = true;
                trace.done = false;
                trace.undoBegun = true;
            }
            case UNDO_RESULT -> {
                trace.begun = false;
                trace.done = false;
                trace.undoBegun = false;
                trace.generation = it.generation();
                trace.made.clear();
            }
            case MADE -> trace.made.add(Resource.of(it.data()));
            case GONE -> {
                Resource gone = Resource.of(it.data());
                trace.made.removeIf(gone::isSameAs);
            }
            case ITEMS -> trace.items = list(it.data().get("items"));
            case CHOICE -> trace.holds = Boolean.TRUE.equals(it.data().get("holds"));
            default -> {
                // UNDO_FAILED: what its intent said stays so
            }
        }
    }

    private Trace trace(Path path) {
        return traces.computeIfAbsent(path, fresh -> {
            String text = path.value();
            for (int end = text.length();
                    end > 0;
                    end = Math.max(text.lastIndexOf('/', end - 1), text.lastIndexOf('[', end - 1))) {
                String outer = text.substring(0, end);
                reached.add(outer);
                reachedWithoutItems.add(withoutItems(outer));
            }
            return new Trace();
        });
    }

    /** The path in the outline, in which items have no names. */
    static String withoutItems(String path) {
        return path.indexOf('[') < 0 ? path : path.replaceAll("\\[[^]]*]", "");
    }

    @Nullable
    Trace at(Path path) {
        return traces.get(path);
    }

    Map<Path, Trace> traces() {
        return traces;
    }

    /** Whether the element at this path, or one inside, has a record. */
    boolean reached(Path path) {
        return reached.contains(path.value());
    }

    /** The same for a path of the outline, in which items have no names. */
    boolean reachedInAnyItem(Path path) {
        return reachedWithoutItems.contains(path.value());
    }

    StepFailure turnedBecause() {
        Map<String, Object> data = turn == null ? Map.of() : turn.data();
        return StepFailure.of(
                FailureClass.valueOf(String.valueOf(data.getOrDefault("class", FailureClass.PERMANENT))),
                String.valueOf(data.getOrDefault("message", "")));
    }

    @SuppressWarnings("unchecked") // the engine wrote it in this form
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> it ? (Map<String, Object>) it : Map.of();
    }

    @SuppressWarnings("unchecked") // the engine wrote it in this form
    private static List<Map<String, Object>> list(@Nullable Object value) {
        return value instanceof List<?> it ? (List<Map<String, Object>>) it : List.of();
    }

    Map<String, Object> input() {
        return started == null ? Map.of() : map(started.data().get("input"));
    }

    String pipe() {
        return started == null ? "" : String.valueOf(started.data().get("pipe"));
    }

    List<Object> outline() {
        return started == null || !(started.data().get("outline") instanceof List<?> it) ? List.of() : List.copyOf(it);
    }
}
