// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Effect;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the engine relies on in every step that changes the world, as checks for one step and its real or pretended cloud.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> keepsTheContract() {
 *     return StepContract.of(AddRoute.in(account).to(CIDR).via(ENI))
 *             .state(State.of(ENI, "eni-1"))
 *             .inventory(cloud::routes)                     // an independent look, compared by equals
 *             .checks().stream()
 *             .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
 * }
 * }</pre>
 *
 * <p>Checked are: nothing happens before subscribe; nothing is changed while {@code mutate} refuses; a second subscription is a
 * fresh attempt; reconcile tells the truth before, after and beside a run; undo takes everything back, twice without error,
 * also after each changing call lost its request, lost its answer, or was cancelled in mid-call, and after undo itself lost
 * an answer. Each check uses a run of its own and leaves the inventory as it was. Needs no test framework.
 */
public final class StepContract {
    private final Step step;
    private State state = State.empty();
    private Duration within = Duration.ofSeconds(10);
    private boolean atOnce;
    private Supplier<?> inventory = () -> {
        throw new IllegalStateException("say inventory(..): the contract needs an independent look at the world");
    };

    private StepContract(Step step) {
        this.step = step;
        Effect effect = step.contract().effect();
        if (effect != Effect.undoable()) {
            throw new IllegalArgumentException(
                    step.contract().type() + " has no undoable effect, so there is nothing to check");
        }
    }

    /**
     * The contract of this step.
     *
     * @throws IllegalArgumentException if its effect is not undoable
     */
    public static StepContract of(Step step) {
        return new StepContract(Objects.requireNonNull(step, "step"));
    }

    /** The contract of this scope: its open as a run, its close as an undo. */
    public static StepContract of(Scope scope) {
        return new StepContract(new ScopeAsStep(Objects.requireNonNull(scope, "scope")));
    }

    /** What the step reads; default the empty state. */
    public StepContract state(State state) {
        this.state = Objects.requireNonNull(state, "state");
        return this;
    }

    /**
     * Looks at the world, past the step: what it gives must be equal before a run and after its undo, and different in between.
     */
    public StepContract inventory(Supplier<?> inventory) {
        this.inventory = Objects.requireNonNull(inventory, "inventory");
        return this;
    }

    /**
     * Says that calls have done all their work when they answer, as in a map that plays the cloud; then it is also checked that
     * nothing changes between the calls sent through {@code mutate}. Of a service that works on after its answer this cannot
     * be asked.
     */
    public StepContract whereCallsWorkAtOnce() {
        atOnce = true;
        return this;
    }

    /** The real time that each call may take; default 10 seconds. */
    public StepContract within(Duration time) {
        within = Objects.requireNonNull(time, "time");
        return this;
    }

    /** The checks, to be run in any order but not at once. */
    public List<ContractCheck> checks() {
        List<ContractCheck> checks = new ArrayList<>(List.of(
                check("nothing happens before subscribe", StepTrial::nothingHappensBeforeSubscribe),
                check("nothing is changed while mutate refuses", StepTrial::nothingIsChangedOutsideMutate),
                check("a run gives what it declares and undo takes it back", StepTrial::runAndUndo),
                check("reconcile sees the truth", StepTrial::reconcileSeesTheTruth),
                check("undo twice is no error", StepTrial::undoTwiceIsNoError),
                check("undo of nothing is no error", StepTrial::undoOfNothingIsNoError),
                check("a second subscription is a fresh attempt", StepTrial::secondSubscriptionIsFresh),
                check("each lost request can be undone", StepTrial::eachLostRequestCanBeUndone),
                check("each lost answer can be undone", StepTrial::eachLostAnswerCanBeUndone),
                check("each cancel in mid-call can be undone", StepTrial::eachCancelCanBeUndone),
                check("each lost answer of undo can be undone again", StepTrial::eachLostAnswerOfUndo)));
        if (atOnce) {
            checks.add(check("nothing is changed between calls", StepTrial::nothingIsChangedBetweenCalls));
        }
        return List.copyOf(checks);
    }

    /**
     * Runs all checks.
     *
     * @throws AssertionError with all checks that failed
     */
    public void verify() {
        ContractCheck.verify(checks());
    }

    private ContractCheck check(String name, Consumer<StepTrial> body) {
        return new ContractCheck(
                name, step.contract().type(), () -> body.accept(new StepTrial(step, state, inventory, within)));
    }
}
