// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What shall go wrong: a list of rules, each saying which calls, which of their occurrences, and what happens to them.
 *
 * <pre>{@code
 * faults.on("CreateVpc").nth(2).dropAfter();                    // the second CreateVpc works, its answer is lost
 * faults.on("DescribeStacks").always().status(503);
 * Fault held = faults.on(Call::changing).holdBefore();          // the next call that changes something
 * held.reached().get(5, SECONDS); ... held.release();
 * }</pre>
 *
 * <p>Without {@code nth}, {@code times} or {@code always} a rule is for the next such call only. Occurrences count from the
 * moment the rule was made. When several rules fit a call, all count it, and the oldest whose occurrence it is decides.
 * Thread-safe.
 */
public final class Faults {

    private final List<Fault> rules = new CopyOnWriteArrayList<>();

    /** A rule for the calls of one action. */
    public Rule on(String action) {
        return on(call -> call.action().equals(action));
    }

    /** A rule for the calls that fit. */
    public Rule on(Predicate<? super Call> calls) {
        return new Rule(this, calls, 1, 1);
    }

    /** Takes back all rules and lets go the calls that they hold. */
    public void clear() {
        rules.forEach(Fault::remove);
    }

    @Nullable
    Fault decide(Call call) {
        Fault decided = null;
        for (var rule : rules) {
            if (rule.counts(call) && decided == null) {
                decided = rule;
            }
        }
        return decided;
    }

    private Fault add(Fault fault) {
        rules.add(fault);
        return fault;
    }

    void remove(Fault fault) {
        rules.remove(fault);
    }

    /** A rule in the making: which calls; the method that says what happens puts it in force. Immutable. */
    public static final class Rule {
        private final Faults faults;
        private final Predicate<? super Call> calls;
        private final int first;
        private final int last;

        private Rule(Faults faults, Predicate<? super Call> calls, int first, int last) {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException("occurrences count from 1, not " + Math.min(first, last));
            }
            this.faults = faults;
            this.calls = calls;
            this.first = first;
            this.last = last;
        }

        /** Only the n-th such call, from 1. */
        public Rule nth(int n) {
            return new Rule(faults, calls, n, n);
        }

        /** The next n such calls. */
        public Rule times(int n) {
            return new Rule(faults, calls, 1, n);
        }

        /** Every such call. */
        public Rule always() {
            return new Rule(faults, calls, 1, Integer.MAX_VALUE);
        }

        /** The connection is closed and nothing happens. */
        public Fault dropBefore() {
            return effect(new Fault.Answer(SimResponse.dropped()));
        }

        /** The call takes effect, then the connection is closed without an answer. */
        public Fault dropAfter() {
            return effect(new Fault.AnswerAfter(SimResponse.dropped()));
        }

        /** The call takes effect after this time of the stand-in's clock. */
        public Fault delay(Duration delay) {
            return effect(new Fault.Delay(delay));
        }

        /** Nothing happens but an answer with this status and no body, as from a proxy in front of the service. */
        public Fault status(int status) {
            return answer(SimResponse.of(status));
        }

        /** The call takes effect, then an answer with this status and no body is sent, as from a proxy that lost the service. */
        public Fault statusAfter(int status) {
            return effect(new Fault.AnswerAfter(SimResponse.of(status)));
        }

        /** Nothing happens but this answer. */
        public Fault answer(SimResponse answer) {
            return effect(new Fault.Answer(answer));
        }

        /** Nothing happens but this error, rendered by the service with the status that goes with the code. */
        public Fault error(String code, String message) {
            return effect(new Fault.Failure(code, message));
        }

        /** The call waits, without effect, until {@link Fault#release()}. */
        public Fault holdBefore() {
            return effect(new Fault.Hold(true));
        }

        /** The call takes effect, its answer waits until {@link Fault#release()}. */
        public Fault holdAfter() {
            return effect(new Fault.Hold(false));
        }

        private Fault effect(Fault.Effect effect) {
            return faults.add(new Fault(faults, calls, first, last, effect));
        }
    }
}
