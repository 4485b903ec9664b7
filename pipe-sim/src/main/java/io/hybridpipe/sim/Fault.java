// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A rule in force: tells when it struck, lets go what it holds, and can be taken back. Thread-safe. */
public final class Fault {

    sealed interface Effect {}

    record Answer(SimResponse response) implements Effect {}

    record Failure(String code, String message) implements Effect {}

    record Delay(Duration delay) implements Effect {}

    /** The call takes effect, then this is sent in place of its answer. */
    record AnswerAfter(SimResponse response) implements Effect {}

    record Hold(boolean before) implements Effect {}

    private final Faults faults;
    private final Predicate<? super Call> calls;
    private final int first;
    private final int last;
    private final Effect effect;
    private final AtomicInteger seen = new AtomicInteger();
    private final CompletableFuture<Call> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    Fault(Faults faults, Predicate<? super Call> calls, int first, int last, Effect effect) {
        this.faults = faults;
        this.calls = calls;
        this.first = first;
        this.last = last;
        this.effect = effect;
    }

    /**
     * Completes with the first call that the rule struck: when it arrived, or, for a rule whose effect comes after the
     * call's own ({@code dropAfter}, {@code statusAfter}, {@code holdAfter}), when the call has taken effect and its answer is about to be lost
     * or held.
     */
    public CompletableFuture<Call> reached() {
        return reached.copy();
    }

    /** Lets go the calls that the rule holds, and those that it would hold from now on. */
    public void release() {
        released.complete(null);
    }

    /** Takes the rule back and lets go what it holds. */
    public void remove() {
        faults.remove(this);
        release();
    }

    Effect effect() {
        return effect;
    }

    boolean counts(Call call) {
        if (!calls.test(call)) {
            return false;
        }
        var occurrence = seen.incrementAndGet();
        return first <= occurrence && occurrence <= last;
    }

    void reachedBy(Call call) {
        reached.complete(call);
    }

    CompletableFuture<Void> released() {
        return released;
    }
}
