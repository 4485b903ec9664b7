// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Where a resource of a kind is or may be, whoever makes it: what can be asked and told about it outside of every run, too. */
record Site<R>(Kind<R> kind, AzureAccount account, Place place) {

    /** The resource; empty when there is none. */
    Mono<R> find() {
        return get().onErrorResume(AzureFailures::isMissing, missing -> Mono.empty());
    }

    /** The resource, which must be there. */
    Mono<R> get() {
        return Mono.defer(() -> kind.get().at(account, place))
                .onErrorMap(failure -> account.failures().ofRead("look at " + this, failure));
    }

    /** The resource as soon as nothing changes it any more; empty when there is none. */
    Mono<R> atRest() {
        return AtRest.of(find(), kind.state(), account.pause());
    }

    /** Deletes what is there as soon as nothing changes it any more, outside of every run, and waits until it is gone. */
    Mono<Void> remove() {
        return atRest().flatMap(there -> delete(UnaryOperator.identity())).then(gone());
    }

    /**
     * Deletes the resource, and waits for the operation's end; a resource that is gone already is no error.
     *
     * @param send sends the request
     */
    Mono<Void> delete(UnaryOperator<Mono<ArmOperation>> send) {
        String what = "delete " + this;
        return send.apply(requestDelete(what)).flatMap(accepted -> accepted.finished(account, what));
    }

    /** Completes when there is no such resource any more. */
    Mono<Void> gone() {
        return AtRest.gone(find(), account.pause());
    }

    private Mono<ArmOperation> requestDelete(String what) {
        return ArmOperation.deletionBy(() -> kind.delete().at(account, place), account, what);
    }

    String stateOf(R there) {
        return String.valueOf(kind.state().apply(there));
    }

    Resource toResource() {
        return account.resource(kind.type(), id(), kind.show());
    }

    String id() {
        return place.id(account.subscription(), kind.type());
    }

    /** The id of what Resource Manager locks while the resource changes. */
    String parentId() {
        return place.parentId(account.subscription(), kind.type());
    }

    /** What and where it is, for messages. */
    @Override
    public String toString() {
        return kind.noun() + " " + place;
    }
}
