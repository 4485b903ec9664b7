// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One check of a {@link StepContract}: runs the step alone and compares the inventory before and after. */
final class StepTrial {
    private final Step step;
    private final State state;
    private final Supplier<?> inventory;
    private final Duration within;
    private final @Nullable Object before;

    StepTrial(Step step, State state, Supplier<?> inventory, Duration within) {
        this.step = step;
        this.state = state;
        this.inventory = inventory;
        this.within = within;
        before = inventory.get();
    }

    // ---- the checks

    void nothingHappensBeforeSubscribe() {
        TestContext context = fresh();
        Mono<Outputs> run = step.run(state, context);
        Mono<Found> look = step.reconcile(state, context);
        Mono<Void> undo = step.undo(state, Found.absent(), context);
        Objects.requireNonNull(run, "run returned null");
        Objects.requireNonNull(look, "reconcile returned null");
        Objects.requireNonNull(undo, "undo returned null");
        require(context.mutations() == 0 && context.made().isEmpty(), "a call was sent without subscribe");
        requireAsBefore("the inventory changed without subscribe");
    }

    void nothingIsChangedOutsideMutate() {
        TestContext stopped = fresh().stop();
        attempt(step.run(state, stopped));
        requireAsBefore("mutate sent nothing, and yet the inventory changed");
        require(stopped.refused() > 0, "it ended without sending anything through mutate");
    }

    void nothingIsChangedBetweenCalls() {
        TestContext context = fresh();
        AtomicReference<@Nullable Object> atRest = new AtomicReference<>(before);
        List<String> changes = new CopyOnWriteArrayList<>();
        context.watch(
                () -> {
                    Object now = inventoryFromAnyThread();
                    if (!Objects.equals(atRest.get(), now)) {
                        changes.add("between two calls through mutate from " + atRest + " to " + now);
                    }
                },
                () -> atRest.set(inventoryFromAnyThread()));
        Outputs outputs = run(context);
        Object end = inventory.get();
        if (!Objects.equals(atRest.get(), end)) {
            changes.add("after the last call through mutate from " + atRest + " to " + end);
        }
        context.watch(() -> {}, () -> {});
        undo(Found.done(outputs), context);
        require(changes.isEmpty(), "the inventory changed " + String.join(", and ", changes));
    }

    void runAndUndo() {
        TestContext context = fresh();
        Outputs outputs = run(context);
        for (Key<?> key : step.contract().writes()) {
            require(outputs.find(key).isPresent(), "the outputs lack the declared key '" + key + "'");
        }
        outputs.forEach((key, value) -> require(
                step.contract().writes().contains(key)
                        || step.contract().updates().contains(key),
                "the outputs have the undeclared key '" + key + "'"));
        require(!Objects.equals(before, inventory.get()), "the run changed nothing in the inventory");
        undo(Found.done(outputs), context);
        requireAsBefore("undo did not take everything back");
    }

    void reconcileSeesTheTruth() {
        TestContext context = fresh();
        Found first = look(context);
        require(
                first instanceof Found.Absent || first instanceof Found.Unknown,
                "before the run, reconcile says " + first);
        Outputs outputs = run(context);
        Found then = look(context);
        require(
                then instanceof Found.Unknown
                        || then instanceof Found.Done it && it.outputs().equals(outputs),
                "after the run, which gave " + outputs + ", reconcile says " + then);
        Found other = look(fresh());
        require(!(other instanceof Found.Done), "reconcile takes what another run made for its own");
        undo(then, context);
        requireAsBefore("undo did not take everything back");
        Found last = look(context);
        require(last instanceof Found.Absent || last instanceof Found.Unknown, "after undo, reconcile says " + last);
    }

    void undoTwiceIsNoError() {
        TestContext context = fresh();
        Outputs outputs = run(context);
        undo(Found.done(outputs), context);
        undo(Found.done(outputs), context);
        requireAsBefore("the second undo changed something");
    }

    void undoOfNothingIsNoError() {
        TestContext context = fresh();
        undo(Found.unknown("the attempt never began"), context);
        requireAsBefore("undo changed something although there was nothing to take back");
    }

    void secondSubscriptionIsFresh() {
        TestContext context = fresh().losingTheRequestOf(1);
        Mono<Outputs> mono = step.run(state, context);
        require(attempt(mono) != null, "it succeeded although its first changing call was never sent");
        settle(context, "first subscription");
        if (look(context) instanceof Found.Absent) {
            Outputs outputs = answer(mono, "the second subscription").orElse(Outputs.none());
            require(
                    !Objects.equals(before, inventory.get()),
                    "the second subscription gave " + outputs + " but changed nothing");
        }
        undo(look(context), context);
        requireAsBefore("undo after the second subscription did not take everything back");
    }

    void eachLostRequestCanBeUndone() {
        eachMutation(n -> fresh().losingTheRequestOf(n), "lost request of mutate call ", false);
    }

    void eachLostAnswerCanBeUndone() {
        eachMutation(n -> fresh().losingTheAnswerOf(n), "lost answer of mutate call ", true);
    }

    private void eachMutation(IntFunction<TestContext> faulty, String what, boolean effective) {
        int last = countMutations();
        for (int n = 1; n <= last; n++) {
            TestContext context = faulty.apply(n);
            attempt(step.run(state, context));
            settle(context, what + n);
            undoWhatIsSeen(context, what + n, effective);
        }
    }

    void eachCancelCanBeUndone() {
        int last = countMutations();
        for (int n = 1; n <= last; n++) {
            TestContext context = fresh().holdingTheAnswerOf(n);
            Disposable running = step.run(state, context).subscribe(outputs -> {}, failure -> {});
            answer(context.held(), "mutate call " + n + " before the cancel");
            context.stop();
            running.dispose();
            settle(context, "cancel in mutate call " + n);
            undoWhatIsSeen(context, "cancel in mutate call " + n, true);
        }
    }

    void eachLostAnswerOfUndo() {
        TestContext probe = fresh();
        Outputs probed = run(probe);
        TestContext counted = sameRun(probe);
        undo(Found.done(probed), counted);
        for (int n = 1; n <= counted.mutations(); n++) {
            TestContext context = fresh();
            Outputs outputs = run(context);
            TestContext faulty = sameRun(context).losingTheAnswerOf(n);
            attempt(step.undo(with(Found.done(outputs)), Found.done(outputs), faulty));
            settle(faulty, "lost answer of mutate call " + n + " of undo");
            undo(Found.done(outputs), sameRun(context));
            requireAsBefore(
                    "after the lost answer of mutate call " + n + " of undo, a second undo did not do the rest");
        }
    }

    // ---- what they are made of

    /** As the engine does: what else a step had in flight ends before anybody looks. */
    private void settle(TestContext context, String after) {
        answer(context.settled(), "the calls in flight after the " + after);
    }

    private void undoWhatIsSeen(TestContext context, String after, boolean effective) {
        boolean there = !Objects.equals(before, inventory.get());
        TestContext later = sameRun(context);
        Found found = look(later);
        require(
                !(effective && there && found instanceof Found.Absent),
                "after the " + after + " something is there, but reconcile says " + found);
        require(
                there || !(found instanceof Found.Done || found instanceof Found.Partly),
                "after the " + after + " nothing is there, but reconcile says " + found);
        if (!(found instanceof Found.Absent)) {
            undo(found, later);
        }
        requireAsBefore("after the " + after + ", for which reconcile says " + found + ", undo left something");
    }

    private int countMutations() {
        TestContext context = fresh();
        Outputs outputs = run(context);
        int count = context.mutations();
        undo(Found.done(outputs), context);
        require(count > 0, "a run sends nothing through mutate");
        return count;
    }

    private static TestContext fresh() {
        return TestContext.at("contract/step").withRunId(RunId.random().value());
    }

    private static TestContext sameRun(TestContext context) {
        return context.afterwards();
    }

    private Outputs run(TestContext context) {
        return answer(step.run(state, context), "run").orElse(Outputs.none());
    }

    private Found look(TestContext context) {
        return answer(step.reconcile(state, context), "reconcile")
                .orElseThrow(() -> new AssertionError("reconcile said nothing"));
    }

    private void undo(Found found, TestContext context) {
        answer(step.undo(with(found), found, context), "undo");
    }

    private State with(Found found) {
        State[] all = {state};
        if (found instanceof Found.Done done) {
            done.outputs().forEach((key, value) -> all[0] = put(all[0], key, value));
        }
        return all[0];
    }

    @SuppressWarnings("unchecked") // outputs hold only values of their keys' types
    private static <T> State put(State state, Key<T> key, Object value) {
        return state.with(key, (T) value);
    }

    private <T> Optional<T> answer(Mono<T> call, String what) {
        try {
            return call.blockOptional(within);
        } catch (RuntimeException e) {
            throw new AssertionError(what + " failed: " + e, e);
        }
    }

    /** Lets an attempt go wrong; gives the failure, if there was one. */
    private @Nullable Throwable attempt(Mono<?> call) {
        try {
            call.block(within);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void requireAsBefore(String otherwise) {
        Object after = inventory.get();
        require(Objects.equals(before, after), otherwise + ": the inventory was " + before + " and is " + after);
    }

    /** A look from inside a call, whose thread must not block as far as Reactor knows. */
    private @Nullable Object inventoryFromAnyThread() {
        try {
            return Mono.fromSupplier(inventory)
                    .subscribeOn(Schedulers.boundedElastic())
                    .toFuture()
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the inventory does not answer", e);
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
