// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import io.hybridpipe.Effect;
import io.hybridpipe.Outline;
import io.hybridpipe.event.ElementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * One place and time at which a run is killed.
 *
 * @param path the element
 * @param phase {@code run}, {@code open}, {@code close}, {@code undo}, or {@code items} of a fan-out
 * @param moment how far it has come
 */
record Stratum(String path, String phase, Moment moment) {
    /** How far a call has come, in the order of its life. */
    enum Moment {
        /** The intent is written and nothing is called. */
        BEFORE_CALL,
        /** A call that changes something is inside the cloud and has no effect yet; it takes effect after the kill. */
        IN_CALL,
        /** Such a call has taken effect and its answer is on the way; nobody is there to get it. */
        AFTER_EFFECT,
        /** The element has done all and its result is not written. */
        AFTER_ANSWER,
        /** The result is written and nothing that follows has begun. */
        AFTER_JOURNAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** All that a pipe has, each fan-out with these items. */
    static List<Stratum> of(Outline pipe, List<String> items) {
        List<Stratum> all = new ArrayList<>();
        collect(pipe, UnaryOperator.identity(), items, all);
        return List.copyOf(all);
    }

    private static void collect(Outline outline, UnaryOperator<String> inItem, List<String> items, List<Stratum> all) {
        String path = inItem.apply(outline.path().value());
        boolean acts = outline.contract()
                .filter(it -> it.effect() == Effect.undoable())
                .isPresent();
        if (outline.kind() == ElementKind.STEP) {
            add(path, "run", acts, all);
            if (acts) {
                add(path, "undo", true, all);
            }
        } else if (outline.kind() == ElementKind.SCOPE) {
            add(path, "open", true, all);
            add(path, "close", true, all);
        } else if (outline.kind() == ElementKind.FAN_OUT) {
            all.add(new Stratum(path, "items", Moment.AFTER_JOURNAL));
            for (String item : items) {
                UnaryOperator<String> named =
                        inner -> inItem.apply(inner).replace(path + "/", path + "[" + item + "]/");
                outline.children().forEach(child -> collect(child, named, items, all));
            }
            return;
        }
        outline.children().forEach(child -> collect(child, inItem, items, all));
    }

    private static void add(String path, String phase, boolean acts, List<Stratum> all) {
        for (Moment moment : Moment.values()) {
            if (acts || (moment != Moment.IN_CALL && moment != Moment.AFTER_EFFECT)) {
                all.add(new Stratum(path, phase, moment));
            }
        }
    }

    /** Whether a call is held by the stand-ins, and not the process by itself. */
    boolean isInTheCloud() {
        return moment == Moment.IN_CALL || moment == Moment.AFTER_EFFECT;
    }

    boolean isOfUndo() {
        return phase.equals("undo");
    }

    /** What the process that is to be killed is told: where it has to stop and wait. */
    String stopAt() {
        String at =
                switch (moment) {
                    case BEFORE_CALL, IN_CALL, AFTER_EFFECT -> "before";
                    case AFTER_ANSWER -> "after";
                    case AFTER_JOURNAL -> "written";
                };
        return path + ":" + phase + ":" + at;
    }

    @Override
    public String toString() {
        return path + " " + phase + " " + moment;
    }
}
