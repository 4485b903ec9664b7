// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a step is told about the resource to which it adds a child: resource group and name, or its id.
 *
 * @param method the step's method that takes the name, for messages
 * @param target account, resource group and name
 * @param id its id, in place of group and name
 */
record Parent<P>(
        Kind<P> kind,
        String method,
        Target target,
        @Nullable Input<? extends String> id) {

    static <P> Parent<P> of(Kind<P> kind, String method, String step, AzureAccount account) {
        return new Parent<>(kind, method, Target.of(step, account, kind), null);
    }

    Parent<P> inGroup(Input<? extends String> resourceGroup) {
        return new Parent<>(kind, method, target.inGroup(resourceGroup), id);
    }

    Parent<P> named(Input<? extends String> name) {
        return new Parent<>(kind, method, target.named(name), null);
    }

    Parent<P> withId(Input<? extends String> given) {
        return new Parent<>(kind, method, target, kind.idsIn(account()).in(target.step(), given));
    }

    Parent<P> on(AzureAccount account) {
        return new Parent<>(kind, method, target.on(account), id);
    }

    AzureAccount account() {
        return target.account();
    }

    /** What it reads; group and name, or the id, must have been given. */
    Input<?>[] inputs() {
        return id == null
                ? new Input<?>[] {target.groupInput(), target.given(target.name(), method)}
                : new Input<?>[] {id};
    }

    Site<P> site(State state) {
        return find(state).orElseThrow(() -> new IllegalStateException(target.step() + ": an input is not known"));
    }

    /** Where it is, if that is known by now. */
    Optional<Site<P>> find(State state) {
        Optional<Place> place = id == null
                ? target.find(state)
                : id.find(state).flatMap(known -> Place.in(known, account().subscription(), kind.type()));
        return place.map(known -> new Site<>(kind, account(), known));
    }

    /** The child that a step makes; its name begins like this and ends with the step's token. */
    <R> Own<R> child(Kind<R> of, String name, State state, StepContext context) {
        Place place = site(state).place();
        return new Own<>(
                of, account(), context, Place.of(place.group(), place.name(), OwnName.of(name, context.token())));
    }

    /** Fails when it is known before the run and not there; checks the credential otherwise. */
    Mono<Void> check(State state) {
        return Mono.defer(() -> find(state).map(this::checkThere).orElseGet(account()::checkCredential));
    }

    private Mono<Void> checkThere(Site<P> site) {
        return site.get()
                .onErrorMap(
                        failure -> id == null && AzureFailures.isMissing(failure),
                        missing -> StepFailure.of(
                                FailureClass.of(missing),
                                missing.getMessage() + "; if this pipe makes it, use "
                                        + method.replace("(..)", "Id(..)"),
                                missing))
                .then();
    }
}
