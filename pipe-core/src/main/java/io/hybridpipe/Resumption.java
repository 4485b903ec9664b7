// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.retry.StepFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a run that another process began goes on: in which direction, from which records, with which secrets. */
final class Resumption {
    /** What is asked for. */
    enum Mode {
        /** Go on in the same direction. */
        RESUME,
        /** Take back whatever was done. */
        UNDO,
        /** Close what is open and leave the rest. */
        SWEEP
    }

    private static final int SHOWN = 8;

    final Mode mode;

    private final State given;
    private Past past = Past.of(List.of());
    private long readyAt;

    Resumption(Mode mode, State given) {
        this.mode = mode;
        this.given = given;
    }

    /** What the log says, known once it is taken up; calls in flight count as settled from this time on. */
    void knows(Past past, long readyAt) {
        this.past = past;
        this.readyAt = readyAt;
    }

    Past past() {
        return past;
    }

    long readyAt() {
        return readyAt;
    }

    /** Whether nothing is done forward: the run had turned round, or is turned round now. */
    boolean goesBack() {
        return mode != Mode.RESUME || past.turn != null;
    }

    /** The failure that the run had turned round for, or what turns it round now. */
    @Nullable
    StepFailure reason() {
        if (past.turn != null) {
            return past.turnedBecause();
        }
        return switch (mode) {
            case RESUME -> null;
            case UNDO -> StepFailure.unknownOutcome("undo was asked for");
            case SWEEP -> StepFailure.unknownOutcome("only what was left open is closed");
        };
    }

    /** A value that the caller supplied for a key. */
    Optional<Object> given(Key<?> key) {
        return given.cells.get(key.name()).map(cell -> cell.value(key.type())).toJavaOptional();
    }

    /** Tells what is secret in that: also what the caller alone calls so, and each text that was sealed or left out before. */
    void teach(Secrets secrets) {
        given.cells.forEach((name, cell) -> secrets.learn(cell.held(), cell.secretInput));
        past.input().forEach((name, written) -> teach(name, written, secrets));
        past.traces().values().forEach(trace -> {
            if (trace.outputs != null) {
                trace.outputs.forEach((name, written) -> teach(name, written, secrets));
            }
        });
    }

    private void teach(String name, Object written, Secrets secrets) {
        if (Values.isHidden(written)) {
            given.cells
                    .get(name)
                    .map(Cell::held)
                    .filter(String.class::isInstance)
                    .forEach(text -> secrets.learn(text, true));
        }
    }

    // ---- before anything is done

    /** Why the run cannot go on with this pipe and what the caller gave; nothing if it can. */
    @Nullable
    StepFailure problem(Pipe pipe, @Nullable String target, Values values) {
        if (past.started == null) {
            return StepFailure.permanent("it was never started: its log ends before the first step");
        }
        if (!past.pipe().equals(pipe.name())) {
            return StepFailure.permanent("it is a run of pipe '" + past.pipe() + "', not of '" + pipe.name() + "'");
        }
        if (target != null && !target.equals(past.target)) {
            return StepFailure.permanent("it is a run on target " + past.target + ", not on " + target);
        }
        List<String> difference = Fingerprint.difference(past.outline(), pipe.describe(), past::reachedInAnyItem);
        if (!difference.isEmpty()) {
            return StepFailure.permanent("the pipe has changed before the point that the run had reached: "
                    + String.join("; ", difference.subList(0, Math.min(SHOWN, difference.size())))
                    + (difference.size() > SHOWN ? "; and " + (difference.size() - SHOWN) + " more" : ""));
        }
        try {
            Set<String> missing = missing(pipe, values);
            return missing.isEmpty()
                    ? null
                    : StepFailure.permanent("these were not written, since they are or hold secrets and the run had no "
                            + "secretsKey, or this resume has none; supply them: "
                            + String.join(", ", missing));
        } catch (IllegalArgumentException e) {
            return StepFailure.permanent(String.valueOf(e.getMessage()));
        }
    }

    /** Whether the pipe was edited behind the point reached. */
    boolean isOfAnotherPipe(Pipe pipe) {
        return !past.outline().equals(Fingerprint.of(pipe.describe()));
    }

    private Set<String> missing(Pipe pipe, Values values) {
        Set<String> missing = new TreeSet<>();
        for (Key<?> key : WrittenKeys.ofInput(pipe)) {
            Object written = past.input().get(key.name());
            boolean unknown = written == null
                    ? pipe.needs().contains(key)
                    : values.read(key, written).isEmpty();
            if (unknown && given(key).isEmpty()) {
                missing.add(key.name());
            }
        }
        Map<String, Contract> contracts = new HashMap<>();
        Map<String, Key<?>> items = new HashMap<>();
        contracts(pipe.describe(), contracts, items);
        past.traces().forEach((path, trace) -> {
            String place = Past.withoutItems(path.value());
            Key<?> as = items.get(place);
            if (trace.items != null && as != null) {
                // those that were left out are looked for in the list as it is now
                trace.items.forEach(item -> values.read(as, Objects.requireNonNull(item.get("value"))));
            }
            Contract contract = contracts.get(place);
            if (trace.outputs == null || contract == null) {
                return;
            }
            trace.outputs.forEach((name, written) -> {
                Key<?> key = contract.declared(name);
                boolean unknown = values.read(key, written).isEmpty();
                if (unknown && trace.begun && given(key).isEmpty()) {
                    missing.add(name);
                }
            });
        });
        return missing;
    }

    private static void contracts(Outline outline, Map<String, Contract> contracts, Map<String, Key<?>> items) {
        outline.contract().ifPresent(contract -> contracts.put(outline.path().value(), contract));
        if (outline.element instanceof Element.OfFanOut it) {
            items.put(outline.path().value(), it.each.as);
        }
        outline.children().forEach(inner -> contracts(inner, contracts, items));
    }

    /** The run's input: as it was written, but for what the caller gives anew. */
    State input(Pipe pipe, Values values) {
        State input = State.empty();
        for (Key<?> key : WrittenKeys.ofInput(pipe)) {
            Object written = past.input().get(key.name());
            Optional<Object> value =
                    given(key).or(() -> written == null ? Optional.empty() : values.read(key, written));
            if (value.isPresent()) {
                boolean secret = key.isSecret()
                        || given.cells.get(key.name()).exists(cell -> cell.secretInput)
                        || value.get() instanceof String && written != null && Values.isHidden(written);
                input = new State(input.cells.put(key.name(), new Cell(value.get(), null, secret)), null);
            }
        }
        return input;
    }
}
