// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * A step or scope that makes one thing and takes it back; a test may write each of its answers.
 *
 * <p>The last answer of a list is given again and again.
 */
final class Act implements Step, Scope {
    /** Whether the thing is there. */
    boolean there;

    /** How often it was made. */
    int made;

    final List<String> tokens = new ArrayList<>();
    final List<Found> undone = new ArrayList<>();

    private final Trial trial;
    private final String name;
    private Contract contract = Contract.of("act");
    private Outputs outputs = Outputs.none();
    private StepOptions options = StepOptions.ofDefaults();
    private Duration expiry = Duration.ofHours(1);
    private List<Function<StepContext, Mono<Outputs>>> runs;
    private List<Function<StepContext, Mono<Found>>> looks;
    private List<Function<StepContext, Mono<Void>>> undos;
    private Function<StepContext, Mono<Void>> preflight = context -> Mono.empty();
    private UnaryOperator<State> seen = UnaryOperator.identity();
    private int run;
    private int look;
    private int undo;

    Act(Trial trial, String name) {
        this.trial = trial;
        this.name = name;
        runs = List.of(this::make);
        looks = List.of(context -> Mono.fromSupplier(() -> there ? Found.done(outputs) : Found.absent()));
        undos = List.of(this::takeAway);
    }

    String name() {
        return name;
    }

    Element step() {
        return Element.step(name, this);
    }

    Element around(Element... inside) {
        return Element.during(name, this, body -> {
            for (Element each : inside) {
                body.element(each);
            }
            return body;
        });
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    final Act runs(Function<StepContext, Mono<Outputs>>... answers) {
        runs = List.of(answers);
        return this;
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    final Act finds(Function<StepContext, Mono<Found>>... answers) {
        looks = List.of(answers);
        return this;
    }

    Act finds(Found found) {
        return finds(context -> Mono.just(found));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    final Act undoes(Function<StepContext, Mono<Void>>... answers) {
        undos = List.of(answers);
        return this;
    }

    Act preflight(Function<StepContext, Mono<Void>> preflight) {
        this.preflight = preflight;
        return this;
    }

    Act contract(UnaryOperator<Contract> change) {
        contract = change.apply(contract);
        return this;
    }

    Act effect(Effect effect) {
        return contract(it -> it.withEffect(effect));
    }

    <T> Act writing(Key<T> key, T value) {
        outputs = outputs.and(key, value);
        return contract(it -> it.writing(key));
    }

    /** What is called with the state at each call of it. */
    Act seeing(java.util.function.Consumer<State> look) {
        seen = state -> {
            look.accept(state);
            return state;
        };
        return this;
    }

    Act options(UnaryOperator<StepOptions> change) {
        options = change.apply(options);
        return this;
    }

    Act attempts(int most) {
        return options(it -> it.withMaxAttempts(most));
    }

    Act expiring(Duration expiry) {
        this.expiry = expiry;
        return this;
    }

    // ---- answers to choose from

    /** Makes the thing by a call that changes something, at once. */
    Mono<Outputs> make(StepContext context) {
        return context.mutate(Mono.fromSupplier(() -> appear(context))).thenReturn(outputs);
    }

    /** Makes the thing by a call that changes something and is answered after this time. */
    Mono<Outputs> makeIn(Duration span, StepContext context) {
        return context.mutate(Mono.delay(span, trial.time).map(tick -> appear(context)))
                .thenReturn(outputs);
    }

    /** Makes the thing, but the answer is lost. */
    Mono<Outputs> makeAndLose(StepContext context) {
        return context.mutate(Mono.fromRunnable(() -> appear(context)).then(lost()));
    }

    Mono<Void> takeAway(StepContext context) {
        return context.mutate(Mono.fromRunnable(() -> there = false));
    }

    private boolean appear(StepContext context) {
        there = true;
        made++;
        context.made(Resource.of("thing", name + made, "toy"));
        return true;
    }

    Mono<Outputs> done() {
        return Mono.fromSupplier(() -> outputs);
    }

    static <T> Mono<T> lost() {
        return Mono.error(StepFailure.unknownOutcome("the answer is lost"));
    }

    static <T> Mono<T> refused() {
        return Mono.error(StepFailure.permanent("refused"));
    }

    static <T> Mono<T> fails(FailureClass failureClass) {
        return Mono.error(StepFailure.of(failureClass, "no"));
    }

    // ---- step and scope

    @Override
    public Contract contract() {
        return contract;
    }

    @Override
    public StepOptions options() {
        return options;
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        trial.called(this, "run");
        return forward(state, context);
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        trial.called(this, "open");
        return forward(state, context);
    }

    private Mono<Outputs> forward(State state, StepContext context) {
        tokens.add(context.token());
        seen.apply(state);
        return nth(runs, run++).apply(context);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        trial.called(this, "look at");
        return nth(looks, look++).apply(context);
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        trial.called(this, "undo");
        return backward(state, found, context);
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        trial.called(this, "close");
        return backward(state, found, context);
    }

    private Mono<Void> backward(State state, Found found, StepContext context) {
        undone.add(found);
        seen.apply(state);
        return nth(undos, undo++).apply(context);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return preflight.apply(context);
    }

    private static <T> T nth(List<T> answers, int n) {
        return answers.get(Math.min(n, answers.size() - 1));
    }
}
