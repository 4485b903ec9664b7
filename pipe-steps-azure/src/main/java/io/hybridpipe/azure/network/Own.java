// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.StepFailure;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The one resource of a kind that one step of a run makes at a place, known by its tags or its name: found again whatever
 * became of an answer, waited for, and taken away. What somebody else made at that place is refused, and never changed.
 */
record Own<R>(Kind<R> kind, AzureAccount account, StepContext context, Place place) {

    /**
     * The resource, made as described; one that an earlier attempt brought to its end is gone on with.
     *
     * <p>What an earlier attempt left unfinished, or what came up after it was undone, is replaced by the same PUT.
     */
    Mono<R> make(R body) {
        return atRest().map(Optional::of).defaultIfEmpty(Optional.empty()).flatMap(there -> {
            there.ifPresent(this::refuseForeign);
            Optional<R> whole = there.filter(this::isMade);
            // an answer that never came, and an effect that came after the last look, left it unsaid
            whole.ifPresent(one -> made());
            return whole.map(Mono::just).orElseGet(() -> put(body));
        });
    }

    /** The resource as it is after a change to this body, whatever was there. */
    Mono<R> put(R body) {
        return put(Mono.just(body));
    }

    /**
     * The resource as it is after a change to this body, whatever was there.
     *
     * @param body looks at what the body depends on; subscribed when the turn has come, so that no sibling changes it meanwhile
     */
    Mono<R> put(Mono<R> body) {
        String what = "make " + this;
        return inTurn(body.flatMap(described ->
                                context.mutate(request(described, what).doOnNext(accepted -> made())))
                        .flatMap(accepted -> accepted.finished(account, what)))
                .then(find())
                .switchIfEmpty(Mono.error(() ->
                        StepFailure.permanent(what + ": it is gone as soon as it was made (" + account.where() + ")")));
    }

    private Mono<ArmOperation> request(R body, String what) {
        // said inside the call that is listened to after a cancel, too
        return Mono.defer(() -> ArmOperation.acceptedBy(kind.put().at(account, place, body)))
                .onErrorMap(failure -> account.failures().ofChange(what, failure));
    }

    /**
     * What became of an attempt: the resource as soon as nothing changes it any more, if this step made it.
     *
     * @param lack what one that is there still lacks, if anything
     */
    Mono<Found> toFound(Function<R, Optional<String>> lack, Function<R, Outputs> toOutputs) {
        return atRest().filter(this::isOwn)
                .map(there -> {
                    made();
                    String state = stateOf(there);
                    if (!isAttempt(there)) {
                        return Found.partly(this + " is from before an undo");
                    }
                    return state.equals("Succeeded")
                            ? lack.apply(there)
                                    .map(text -> Found.partly(this + " " + text))
                                    .orElseGet(() -> Found.done(toOutputs.apply(there)))
                            : Found.partly(this + " is " + state);
                })
                .defaultIfEmpty(Found.absent());
    }

    /**
     * What became of an attempt: the resource as soon as nothing changes it any more, if this step made it.
     *
     * @param lack looks for what else is lacking once the resource is there, empty when nothing is
     */
    Mono<Found> toFound(Mono<String> lack, Function<R, Outputs> toOutputs) {
        return toFound(there -> Optional.empty(), toOutputs)
                .flatMap(found -> found instanceof Found.Done
                        ? lack.map(text -> Found.partly(this + " " + text)).defaultIfEmpty(found)
                        : Mono.just(found));
    }

    /** Deletes the resource if this step made it, as soon as nothing changes it any more, and waits until it is gone. */
    Mono<Void> remove() {
        return remove(there -> Children.none(), Mono.empty());
    }

    /**
     * Deletes the resource if this step made it, as soon as nothing changes it any more, and waits until it is gone.
     *
     * <p>One that holds what somebody else made is left as it is, with a permanent failure that names it: Azure would delete that
     * too. What other steps of this run added is away by now, since they are undone before.
     *
     * @param others what it holds that this step did not make
     * @param before what is to be done first, if it can be deleted
     */
    Mono<Void> remove(Function<R, Children> others, Mono<Void> before) {
        return atRest().filter(this::isOwn)
                .doOnNext(there -> refuseOthers(others.apply(there)))
                .flatMap(there ->
                        before.then(inTurn(site().delete(context::mutate))).then(site().gone()))
                .then(Mono.fromRunnable(() -> context.gone(toResource())));
    }

    private void refuseOthers(Children others) {
        if (!others.isEmpty()) {
            throw StepFailure.permanent("delete " + this + ": it is left as it is, since it holds " + others
                    + "; delete that first (" + account.where() + ")");
        }
    }

    /** The change, in its turn among those of the same parent. */
    <T> Mono<T> inTurn(Mono<T> change) {
        return account.inTurn(context, site().parentId(), change);
    }

    /** The resource at this place, whoever made it; empty when there is none. */
    Mono<R> find() {
        return site().find();
    }

    /** The resource at this place if this step made it, before or after an undo. */
    Mono<R> findOwn() {
        return find().filter(this::isOwn);
    }

    /** The resource at this place, whoever made it, as soon as nothing changes it any more. */
    Mono<R> atRest() {
        return site().atRest();
    }

    /** Where it is, whoever made it. */
    Site<R> site() {
        return new Site<>(kind, account, place);
    }

    /** Completes unless somebody else made what is at this place; a preflight asks. */
    Mono<Void> checkFree() {
        return find().doOnNext(this::refuseForeign).then();
    }

    /** Fails when somebody else made it. */
    private void refuseForeign(R there) {
        if (!isOwn(there)) {
            throw StepFailure.permanent("make " + this + ": it is there already, " + ownerOf(there)
                    + ", and is left as it is; choose another name, or delete it (" + account.where() + ")");
        }
    }

    private boolean isMade(R there) {
        return isAttempt(there) && stateOf(there).equals("Succeeded");
    }

    private boolean isAttempt(R there) {
        return kind.tags() == null || ownerOf(there).isAttemptOf(context);
    }

    private boolean isOwn(R there) {
        return kind.tags() == null || ownerOf(there).isStepOf(context);
    }

    private Owner ownerOf(R there) {
        Map<String, String> tags = kind.tags() == null ? null : kind.tags().apply(there);
        return new Owner(tags == null ? Map.of() : tags);
    }

    private String stateOf(R there) {
        return site().stateOf(there);
    }

    /** Says that the resource is made: as soon as the service has accepted it. */
    void made() {
        context.made(toResource());
    }

    Resource toResource() {
        return site().toResource();
    }

    String id() {
        return site().id();
    }

    /** What and where it is, for messages. */
    @Override
    public String toString() {
        return site().toString();
    }
}
