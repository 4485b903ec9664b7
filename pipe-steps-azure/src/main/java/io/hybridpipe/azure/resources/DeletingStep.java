// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A step that deletes one thing, whoever made it, and waits until it is gone. Immutable. */
abstract class DeletingStep<S extends DeletingStep<S>> implements Step {
    final Doomed doomed;

    DeletingStep(Doomed doomed) {
        this.doomed = doomed;
    }

    /**
     * What is to be deleted, as the step is told.
     *
     * @param text its id or name
     * @param onlyOurs whether it is left as it is if no run made it
     */
    record Doomed(AzureAccount account, @Nullable Input<? extends String> text, boolean onlyOurs) {
        static Doomed in(AzureAccount account) {
            return new Doomed(account, null, false);
        }

        Doomed called(Input<? extends String> given) {
            return new Doomed(account, given, onlyOurs);
        }
    }

    /**
     * What is to be deleted, as the service has it.
     *
     * @param what it is, for messages
     * @param find who made it; empty when there is none
     * @param atRest as {@code find}, as soon as nothing changes it any more
     * @param delete deletes it, and completes when it is gone
     */
    record Thing(String what, Mono<Owner> find, Mono<Owner> atRest, Mono<Void> delete) {}

    /** The same step with something else to delete. */
    abstract S with(Doomed changed);

    /** The method that says what is to be deleted, and what that is, for messages. */
    abstract String method();

    abstract String noun();

    abstract Thing thing(String text, StepContext context);

    /** Refuses what does not bear the tags of a HybridPipe run. */
    public S onlyOurs() {
        return with(new Doomed(doomed.account, doomed.text, true));
    }

    /** How often to look while the deletion runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public S pollEvery(Duration interval) {
        return with(new Doomed(
                doomed.account.pollEvery(Looks.positive(interval, "poll interval")), doomed.text, doomed.onlyOurs));
    }

    @Override
    public Contract contract() {
        return Contract.of(getClass().getSimpleName())
                .reading(text())
                .withEffect(Effect.irreversible("a deleted " + noun() + " cannot be brought back"));
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Thing thing = thing(text().get(state), context);
            return thing.atRest()
                    .doOnNext(owner -> refuseForeign(thing, owner))
                    .flatMap(there -> thing.delete())
                    .thenReturn(Outputs.none());
        });
    }

    /** Done when it is gone; what is still there is simply deleted again. */
    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> thing(text().get(state), context).atRest())
                .map(there -> Found.absent())
                .defaultIfEmpty(Found.done(Outputs.none()));
    }

    /** Checks the credential and, if it is known by then what is to be deleted, that it may be. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> known = text().find(state);
            return doomed.account
                    .checkCredential()
                    .then(Mono.defer(() -> Mono.justOrEmpty(known)))
                    .map(text -> thing(text, context))
                    .flatMap(thing -> thing.find().doOnNext(owner -> refuseForeign(thing, owner)))
                    .then();
        });
    }

    private void refuseForeign(Thing thing, Owner owner) {
        if (doomed.onlyOurs && !owner.isMadeByRun()) {
            throw StepFailure.permanent(
                    "delete " + thing.what() + ": it does not bear the tags of a HybridPipe run, and is left"
                            + " as it is; leave out onlyOurs() to delete it all the same (" + doomed.account.where()
                            + ")");
        }
    }

    private Input<? extends String> text() {
        if (doomed.text == null) {
            throw new IllegalStateException(getClass().getSimpleName() + ": call " + method());
        }
        return doomed.text;
    }
}
