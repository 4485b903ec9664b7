// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What goes wrong at one call of a run; it passes by, so that the run has to end as it would have ended without: done, or undone if a
 * later step fails. Only one that cancels the run may make a difference.
 *
 * <p>Without {@link #strikingReads} it is for calls that change something: what a call does not change cannot be lost or come
 * late. Immutable.
 *
 * @param <S> the stage that it needs
 */
public final class Mishap<S extends Stage> {
    /** After its request's timeout, and well within the visibility window of {@link Hastened}. */
    private static final Duration LATE_BY = Duration.ofMillis(60);

    private static final int STORM = 3;

    private final String name;
    private final BiFunction<S, Faults.Rule, Strike> strike;
    private final boolean strikingReads;
    private final boolean cancelling;
    private final Optional<Supplier<S>> elsewhere;

    private Mishap(
            String name,
            BiFunction<S, Faults.Rule, Strike> strike,
            boolean strikingReads,
            boolean cancelling,
            Optional<Supplier<S>> elsewhere) {
        this.name = name;
        this.strike = strike;
        this.strikingReads = strikingReads;
        this.cancelling = cancelling;
        this.elsewhere = elsewhere;
    }

    /**
     * One that a single rule brings about.
     *
     * @param name as in reports and in the names of cases
     * @param fault puts the rule for the call in force
     */
    public static <S extends Stage> Mishap<S> of(String name, Function<Faults.Rule, Fault> fault) {
        return on(name, (stage, rule) -> Strike.of(fault.apply(rule)));
    }

    /**
     * One that needs more of its stage than a rule.
     *
     * @param name as in reports and in the names of cases
     * @param strike puts the mishap in force, given the beginning of a rule for the call
     */
    public static <S extends Stage> Mishap<S> on(String name, BiFunction<S, Faults.Rule, Strike> strike) {
        return new Mishap<>(name, strike, false, false, Optional.empty());
    }

    /**
     * Those that every service can meet: its requests, its answers and its clients are lost.
     *
     * @param requestTimeout how long a request of the impatient stage waits for its answer, in real time
     * @param impatient makes the stage for the call that comes late; on all others a client that soon gives up would be a second
     *     mishap where a machine is busy
     */
    public static <S extends Stage> List<Mishap<S>> everywhere(Duration requestTimeout, Supplier<S> impatient) {
        return List.of(
                Mishap.<S>of("lost-request", Faults.Rule::dropBefore).strikingReads(),
                lostAnswer(),
                Mishap.<S>late(requestTimeout).elsewhere("late", impatient),
                Mishap.<S>of("unavailable-before", rule -> rule.status(503)).strikingReads(),
                of("unavailable-after", rule -> rule.statusAfter(503)),
                Mishap.<S>of("cancel-before", Faults.Rule::holdBefore)
                        .strikingReads()
                        .cancelling(),
                cancelAfter());
    }

    /** The call takes effect, its answer is lost. */
    public static <S extends Stage> Mishap<S> lostAnswer() {
        return of("lost-answer", Faults.Rule::dropAfter);
    }

    /** The call takes effect when nobody waits for its answer any more. */
    private static <S extends Stage> Mishap<S> late(Duration requestTimeout) {
        Duration late = requestTimeout.plus(LATE_BY);
        return on("late", (stage, rule) -> Strike.of(rule.delay(late.multipliedBy(stage.speed()))));
    }

    /** The run is cancelled when the call has taken effect and before its answer. */
    public static <S extends Stage> Mishap<S> cancelAfter() {
        return Mishap.<S>of("cancel-after", Faults.Rule::holdAfter).cancelling();
    }

    /** The run is cancelled when the call has been answered and what it began may still be going on: at the next call. */
    public static <S extends Stage> Mishap<S> cancelMeanwhile() {
        return Mishap.<S>on("cancel-meanwhile", (stage, rule) -> {
                    Fault begun = rule.delay(Duration.ZERO);
                    CompletableFuture<Fault> next = begun.reached()
                            .thenApply(call -> stage.faults().on(any -> true).holdBefore());
                    return new Strike(
                            begun.reached(), next.thenCompose(Fault::reached), () -> next.thenAccept(Fault::release));
                })
                .cancelling();
    }

    /**
     * This call and the next ones are refused.
     *
     * @param refusal puts one refusal in force
     */
    public static <S extends Stage> Mishap<S> storm(String name, Function<Faults.Rule, Fault> refusal) {
        return Mishap.<S>on(name, (stage, rule) -> {
                    Fault first = refusal.apply(rule);
                    first.reached()
                            .thenApply(struck -> refusal.apply(
                                    stage.faults().on(call -> true).times(STORM)));
                    return Strike.of(first);
                })
                .strikingReads();
    }

    /** The same, which makes a difference to a call that only reads, too. */
    public Mishap<S> strikingReads() {
        return new Mishap<>(name, strike, true, cancelling, elsewhere);
    }

    /** The same, at whose moment the run is cancelled. */
    public Mishap<S> cancelling() {
        return new Mishap<>(name, strike, strikingReads, true, elsewhere);
    }

    /** The same under another name, on a stage that differs from that of the other mishaps. */
    public Mishap<S> elsewhere(String name, Supplier<S> stage) {
        return new Mishap<>(name, strike, strikingReads, cancelling, Optional.of(stage));
    }

    boolean strikesReads() {
        return strikingReads;
    }

    boolean isCancel() {
        return cancelling;
    }

    /** The stage to play on, which is this one if the mishap needs no other. */
    S stage(Supplier<S> usual) {
        return elsewhere.orElse(usual).get();
    }

    /** Puts it in force for the n-th call of this action. */
    Strike at(S stage, String action, int occurrence) {
        return strike.apply(stage, stage.faults().on(action).nth(occurrence));
    }

    @Override
    public String toString() {
        return name;
    }
}
