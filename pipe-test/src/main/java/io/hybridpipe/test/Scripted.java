// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.Act.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What {@link ScriptedStep} and {@link ScriptedScope} share: a script, a little world, and a record of the calls.
 *
 * <p>In the world, a call that takes effect makes one thing, under the call's token: a second call with the same token finds
 * it there. Reconcile looks into the world and tells the truth; undo removes what is there. Both can be scripted to do
 * worse. Say everything about the contract (name, keys, effect) before it is put into a pipe. Thread-safe.
 *
 * @param <S> the class itself
 */
public abstract sealed class Scripted<S extends Scripted<S>> extends Script<S> permits ScriptedStep, ScriptedScope {
    private static final Set<String> TYPES = Set.of("ScriptedStep", "ScriptedScope");

    private final String name;
    private final Things things = new Things();
    private final Answers undo = new Answers();
    private final Answers looks = new Answers();
    private final List<Call> calls = new ArrayList<>();
    private Contract contract;
    private boolean contractIsSeen;
    private Outputs outputs = Outputs.none();
    private StepOptions options = StepOptions.ofDefaults();
    private Duration visibleAfter = Duration.ZERO;
    private boolean knowsTokens = true;
    private @Nullable String refusal;
    private int undone;

    Scripted(String name) {
        this.name = Objects.requireNonNull(name, "name");
        contract = Contract.of(getClass().getSimpleName());
    }

    /**
     * One call that was subscribed.
     *
     * @param phase which method
     * @param path where in the pipe
     * @param attempt the attempt, from 1
     * @param token the call's token
     * @param at when, by the run's clock
     */
    public record Call(Phase phase, Path path, int attempt, String token, Instant at) {}

    static boolean isContractOf(Contract contract) {
        return TYPES.contains(contract.type());
    }

    // ---- what it declares

    /** It reads these inputs, and fails where one has no value. */
    public S reads(Input<?>... inputs) {
        return declares(soFar().reading(inputs));
    }

    /** It writes this key; a success emits this value. */
    public synchronized <T> S writes(Key<T> key, T value) {
        outputs = outputs.and(key, value);
        return declares(contract.writing(key));
    }

    /** It updates this key, which exists already; a success emits this value. */
    public synchronized <T> S updates(Key<T> key, T value) {
        outputs = outputs.and(key, value);
        return declares(contract.updating(key));
    }

    /** It has this effect; the default is {@link Effect#undoable()}. Without effect it makes nothing in its world. */
    public S effect(Effect effect) {
        return declares(soFar().withEffect(effect));
    }

    /** It asks for these options. */
    public synchronized S options(UnaryOperator<StepOptions> change) {
        options = change.apply(options);
        return self();
    }

    // ---- what else its world does

    /** A success emits these outputs instead of its own, once: for outputs that its contract does not allow. */
    public S emits(Outputs others) {
        return then(Act.success(takes(), others));
    }

    /** Its preflight refuses the run with this message. */
    public synchronized S refuses(String message) {
        refusal = message;
        return self();
    }

    /** Scripts the undo, or the close of a scope: {@code undoing(undo -> undo.fails(2, TRANSIENT).hangs())}. */
    public S undoing(Consumer<Answers> script) {
        script.accept(undo);
        return self();
    }

    /** Scripts how reconcile fails; what it says when it does not fail is the truth. */
    public S looking(Consumer<Answers> script) {
        script.accept(looks);
        return self();
    }

    /** The next look of reconcile says this, whatever the truth is. */
    public S seeing(Found found) {
        looks.then(Act.seeing(looks.takes(), found));
        return self();
    }

    /** Reconcile sees what was made only after this time. */
    public synchronized S visibleAfter(Duration delay) {
        visibleAfter = delay;
        return self();
    }

    /** Its world does not know tokens: a second call makes a second thing. */
    public synchronized S ignoresTokens() {
        knowsTokens = false;
        return self();
    }

    // ---- the independent record

    /** How often it was run, or opened. */
    public int attempts() {
        return (int) calls().stream()
                .filter(call -> call.phase() == Phase.RUN || call.phase() == Phase.OPEN)
                .count();
    }

    /** Whether anything that it made is there, even half of it. */
    public boolean exists() {
        return things.count() > 0;
    }

    /** How many things that it made are there. */
    public int count() {
        return things.count();
    }

    /** How many undos, or closes, took effect. */
    public synchronized int undone() {
        return undone;
    }

    /** Every call that was subscribed, in order; a call whose method threw at once is among them. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public String toString() {
        return soFar().type() + " " + name + ": " + attempts() + " attempts, " + count() + " things, " + undone()
                + " undone";
    }

    // ---- the calls

    /** The contract, which from now on stays as it is. */
    synchronized Contract declared() {
        contractIsSeen = true;
        return contract;
    }

    private synchronized S declares(Contract changed) {
        if (contractIsSeen) {
            throw new IllegalStateException(
                    "scripted step '" + name + "' is in a pipe already: say what it reads, writes and does before");
        }
        contract = changed;
        return self();
    }

    private synchronized Contract soFar() {
        return contract;
    }

    synchronized StepOptions asked() {
        return options;
    }

    Mono<Outputs> act(Phase phase, State state, StepContext context) {
        throwIfScripted(this, phase, context);
        return Mono.defer(() -> {
            record(phase, context);
            soFar().reads().forEach(key -> state.get(key));
            Act act = next();
            if (soFar().effect() == Effect.none()) {
                return passes(act.takes()).then(answer(act)).thenReturn(outputsOf(act));
            }
            Mono<Void> sent = Mono.defer(() -> {
                change(act.change(), context);
                return Mono.empty();
            });
            Mono<Void> call = act.change() == Change.HALF
                    ? context.mutate(passes(act.takes()).then(sent)).then(context.mutate(answer(act)))
                    : context.mutate(passes(act.takes()).then(sent).then(answer(act)));
            return call.then(Mono.fromSupplier(() -> {
                things.find(context.token()).ifPresent(thing -> context.made(resource(thing)));
                return outputsOf(act);
            }));
        });
    }

    Mono<Found> look(State state, StepContext context) {
        throwIfScripted(looks, Phase.RECONCILE, context);
        return Mono.defer(() -> {
            record(Phase.RECONCILE, context);
            Act act = looks.next();
            return passes(act.takes())
                    .then(answer(act))
                    .then(Mono.fromSupplier(() -> act.found() == null ? truth(context) : act.found()));
        });
    }

    Mono<Void> takeBack(Phase phase, StepContext context) {
        throwIfScripted(undo, phase, context);
        return Mono.defer(() -> {
            record(phase, context);
            Act act = undo.next();
            Mono<Void> sent = Mono.fromRunnable(() -> remove(act.change(), context));
            return context.mutate(passes(act.takes()).then(sent).then(answer(act)));
        });
    }

    synchronized Mono<Void> check() {
        return refusal == null ? Mono.empty() : Mono.error(StepFailure.of(FailureClass.PERMANENT, refusal));
    }

    private void throwIfScripted(Script<?> script, Phase phase, StepContext context) {
        Throwable thrown = script.thrownNow();
        if (thrown != null) {
            record(phase, context);
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private synchronized void record(Phase phase, StepContext context) {
        calls.add(new Call(
                phase,
                context.path(),
                context.attempt(),
                context.token(),
                context.clock().instant()));
    }

    /** Time on the scheduler that the subscriber's context names, which is how the verifier makes it virtual. */
    private static Mono<Void> passes(Duration time) {
        return time.isZero()
                ? Mono.empty()
                : Mono.deferContextual(view -> Mono.delay(
                                time,
                                view.<Scheduler>getOrEmpty(Scheduler.class).orElseGet(Schedulers::parallel))
                        .then());
    }

    private static Mono<Void> answer(Act act) {
        if (act.silent()) {
            return Mono.never();
        }
        return act.failure() == null ? Mono.empty() : Mono.error(act.failure());
    }

    private synchronized void change(Change change, StepContext context) {
        if (change == Change.NOTHING) {
            return;
        }
        Instant visible = context.clock().instant().plus(visibleAfter);
        if (knowsTokens) {
            things.make(context.token(), change == Change.ALL, visible);
        } else {
            things.makeAnother(context.token(), change == Change.ALL, visible);
        }
    }

    private synchronized void remove(Change change, StepContext context) {
        if (change != Change.NOTHING) {
            things.remove(context.token(), change == Change.ALL);
            undone += change == Change.ALL ? 1 : 0;
        }
    }

    private Found truth(StepContext context) {
        Things.Thing thing = things.find(context.token()).orElse(null);
        if (thing == null || context.clock().instant().isBefore(thing.visibleFrom())) {
            return Found.absent();
        }
        return thing.whole() ? Found.done(outputs()) : Found.partly("half of " + resource(thing));
    }

    private Outputs outputsOf(Act act) {
        return act.outputs() == null ? outputs() : act.outputs();
    }

    private synchronized Outputs outputs() {
        return outputs;
    }

    private Resource resource(Things.Thing thing) {
        return Resource.of("scripted", name + "-" + thing.number(), "");
    }
}
