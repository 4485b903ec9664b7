// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What a resume relies on in a step that changes the world: a new process, which knows only state and context, finds what a
 * killed one made, and goes on from there or takes it back.
 *
 * <pre>{@code
 * ResumeContract resume = ResumeContract.of(() -> AddRoute.in(newAccount()).to(CIDR).via(ENI))
 *         .inventory(cloud::routes);                        // an independent look, compared by equals
 * resume.goesOn();
 * resume.isTakenBack();
 * }</pre>
 *
 * <p>A process is killed in each of its changing calls, the run's and the undo's: the call takes effect, its answer is never
 * heard and nothing more is sent. Whatever comes after that is asked of a fresh instance with a fresh context of the same run.
 * Each check leaves the inventory as it was. Needs no test framework; to be used for steps whose undo takes everything back.
 */
public final class ResumeContract {
    private final Supplier<? extends Step> steps;
    private State state = State.empty();
    private Duration within = Duration.ofSeconds(10);
    private Supplier<?> inventory = () -> {
        throw new IllegalStateException("say inventory(..): the contract needs an independent look at the world");
    };

    private ResumeContract(Supplier<? extends Step> steps) {
        this.steps = steps;
    }

    /**
     * The contract of the step that the supplier makes.
     *
     * @param steps gives a new instance each time, with clients of its own as far as that matters
     */
    public static ResumeContract of(Supplier<? extends Step> steps) {
        return new ResumeContract(Objects.requireNonNull(steps, "steps"));
    }

    /** The contract of the scope that the supplier makes: its open as a run, its close as an undo. */
    public static ResumeContract ofScope(Supplier<? extends Scope> scopes) {
        return of(() -> new ScopeAsStep(scopes.get()));
    }

    /** What the step reads; default the empty state. */
    public ResumeContract state(State state) {
        this.state = Objects.requireNonNull(state, "state");
        return this;
    }

    /** Looks at the world, past the step: what it gives must be equal before a run and after its undo, different in between. */
    public ResumeContract inventory(Supplier<?> inventory) {
        this.inventory = Objects.requireNonNull(inventory, "inventory");
        return this;
    }

    /** The real time that each call may take; default 10 seconds. */
    public ResumeContract within(Duration time) {
        within = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Checks that a fresh instance reconciles what a dead one made, and goes on to the same end: as much as an undisturbed run
     * makes, and nothing twice.
     *
     * @throws AssertionError if it does not
     */
    public void goesOn() {
        Object before = inventory.get();
        TestContext undisturbed = fresh();
        Outputs first = run(undisturbed, "an undisturbed run");
        List<String> kinds = kinds(undisturbed);
        int calls = undisturbed.mutations();
        require(calls > 0 && !Objects.equals(before, inventory.get()), "an undisturbed run changes nothing");
        undo(Found.done(first), undisturbed, "undo of an undisturbed run");
        requireSame(before, "undo of an undisturbed run");
        for (int n = 1; n <= calls; n++) {
            String killed = "killed in changing call " + n + " of " + calls;
            TestContext resumed = sameRun(killedIn(n));
            Found found = look(resumed, killed);
            Outputs outputs;
            if (found instanceof Found.Done done) {
                outputs = done.outputs();
            } else if (found instanceof Found.Partly) {
                undo(found, resumed, killed + ", undo of " + found);
                requireSame(before, killed + ", undo of " + found);
                resumed = resumed.withNextToken();
                outputs = run(resumed, killed + ", the next attempt after undo of " + found);
            } else if (found instanceof Found.Absent) {
                outputs = run(resumed, killed + ", the next attempt after " + found);
            } else {
                throw failure(killed + ", reconcile cannot tell: " + found);
            }
            requireDeclared(outputs, killed);
            require(
                    kinds(resumed).equals(kinds),
                    killed + ", made " + resumed.made() + ", but an undisturbed run makes " + kinds);
            Found end = look(resumed, killed + ", the look at the end");
            require(end instanceof Found.Done, killed + ", at the end reconcile says " + end);
            undo(end, resumed, killed + ", undo of " + end);
            requireSame(before, killed + ", undo of " + end);
        }
    }

    /**
     * Checks that a fresh instance takes back what a dead one made, whatever it knows of it and twice without error, also when
     * the dead one was killed in its undo.
     *
     * @throws AssertionError if it does not
     */
    public void isTakenBack() {
        Object before = inventory.get();
        TestContext undisturbed = fresh();
        Outputs outputs = run(undisturbed, "an undisturbed run");
        int calls = undisturbed.mutations();
        TestContext counted = sameRun(undisturbed);
        undo(Found.done(outputs), counted, "undo of an undisturbed run");
        requireSame(before, "undo of an undisturbed run");
        for (int n = 1; n <= calls; n++) {
            String killed = "killed in changing call " + n + " of " + calls;
            TestContext seen = sameRun(killedIn(n));
            undoTwice(look(seen, killed), seen, before, killed);
            TestContext unseen = sameRun(killedIn(n));
            undoTwice(Found.unknown("nobody looked"), unseen, before, killed);
        }
        for (int n = 1; n <= counted.mutations(); n++) {
            String killed = "killed in changing call " + n + " of " + counted.mutations() + " of undo";
            TestContext context = fresh();
            Found done = Found.done(run(context, "an undisturbed run"));
            TestContext dying = sameRun(context).holdingTheAnswerOf(n);
            kill(steps.get().undo(with(done), done, dying), dying);
            TestContext seen = sameRun(context);
            look(seen, killed);
            undoTwice(done, seen, before, killed);
        }
    }

    private void undoTwice(Found found, TestContext context, @Nullable Object before, String killed) {
        undo(found, context, killed + ", undo of " + found);
        requireSame(before, killed + ", undo of " + found);
        require(
                context.made().isEmpty(),
                killed + ", undo of " + found + " did not say that it took " + context.made());
        undo(found, sameRun(context), killed + ", the second undo of " + found);
        requireSame(before, killed + ", the second undo of " + found);
    }

    private TestContext killedIn(int call) {
        TestContext dying = fresh().holdingTheAnswerOf(call);
        kill(steps.get().run(state, dying), dying);
        return dying;
    }

    private void kill(Mono<?> working, TestContext dying) {
        Disposable process = working.subscribe(done -> {}, failure -> {});
        answer(dying.held(), "the changing call in which it is killed");
        dying.stop();
        process.dispose();
        answer(dying.settled(), "the calls in flight");
    }

    private static TestContext fresh() {
        return TestContext.at("contract/step").withRunId(RunId.random().value());
    }

    /** What a new process has: the run, the path and so the token, what was said to be made, and a later attempt. */
    private static TestContext sameRun(TestContext context) {
        return context.afterwards().withAttempt(context.attempt() + 1);
    }

    private Outputs run(TestContext context, String what) {
        Outputs outputs = answer(steps.get().run(state, context), what);
        return outputs == null ? Outputs.none() : outputs;
    }

    private Found look(TestContext context, String what) {
        Found found = answer(steps.get().reconcile(state, context), what + ", reconcile");
        if (found == null) {
            throw failure(what + ", reconcile said nothing");
        }
        return found;
    }

    private void undo(Found found, TestContext context, String what) {
        answer(steps.get().undo(with(found), found, context), what);
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

    private <T> @Nullable T answer(Mono<T> call, String what) {
        try {
            return call.block(within);
        } catch (RuntimeException e) {
            AssertionError failed = failure(what + " failed: " + e);
            failed.initCause(e);
            throw failed;
        }
    }

    private static List<String> kinds(TestContext context) {
        return context.made().stream().distinct().map(Resource::kind).sorted().toList();
    }

    private void requireDeclared(Outputs outputs, String what) {
        for (Key<?> key : steps.get().contract().writes()) {
            require(outputs.find(key).isPresent(), what + ", the outputs " + outputs + " lack '" + key + "'");
        }
    }

    private void requireSame(@Nullable Object before, String what) {
        Object now = inventory.get();
        require(
                Objects.equals(before, now),
                what + " does not leave the inventory as it was: " + before + " and " + now);
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw failure(otherwise);
        }
    }

    private AssertionError failure(String what) {
        return new AssertionError(steps.get().contract().type() + ": " + what);
    }
}
