// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
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
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Deletes a resource group with all that is in it, whoever made it, and waits until it is gone.
 *
 * <pre>{@code
 * DeleteResourceGroup.in(federation).named("trial").onlyOurs()
 * }</pre>
 *
 * <p><b>Reads</b> the input of the name; <b>writes</b> nothing. <b>Idempotent:</b> a group that is not there is a success, and one
 * that is being deleted already is waited for. With {@link #onlyOurs} a group that no HybridPipe run made is refused, before the
 * run if the name is known by then.
 *
 * <p><b>Retries:</b> throttling, lost connections, and {@code ResourceGroupDeletionBlocked}, which Azure says when something
 * outside still uses what is inside; it has deleted the rest by then. A lock ({@code ScopeLocked}) is permanent. A group with
 * machines takes many minutes to delete; an attempt that is cut off is gone on with. It cannot be <b>undone</b>.
 *
 * <p>Calls and needs {@code Microsoft.Resources/subscriptions/resourceGroups/} read and delete, the right to delete what is in
 * it, and {@code Microsoft.Resources/subscriptions/read} when the name is known only later in the run. Immutable.
 */
public final class DeleteResourceGroup implements Step {
    private final AzureAccount account;
    private final @Nullable Input<? extends String> name;
    private final boolean onlyOurs;

    private DeleteResourceGroup(AzureAccount account, @Nullable Input<? extends String> name, boolean onlyOurs) {
        this.account = account;
        this.name = name;
        this.onlyOurs = onlyOurs;
    }

    /** Starts the description of a deletion in this account. */
    public static DeleteResourceGroup in(AzureAccount account) {
        return new DeleteResourceGroup(account, null, false);
    }

    /** The name of the group. */
    public DeleteResourceGroup named(String name) {
        return named(Input.value(name));
    }

    /** The name of the group. */
    public DeleteResourceGroup named(Input<? extends String> name) {
        return new DeleteResourceGroup(account, name, onlyOurs);
    }

    /** Refuses a group that does not bear the tags of a HybridPipe run; what is in the group is not looked at. */
    public DeleteResourceGroup onlyOurs() {
        return new DeleteResourceGroup(account, name, true);
    }

    /** How often to look while the deletion runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public DeleteResourceGroup pollEvery(Duration interval) {
        return new DeleteResourceGroup(account.pollEvery(Looks.positive(interval, "poll interval")), name, onlyOurs);
    }

    @Override
    public Contract contract() {
        return Contract.of("DeleteResourceGroup")
                .reading(name())
                .withEffect(Effect.irreversible("a deleted resource group cannot be brought back"));
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Group group = group(name().get(state));
            return group.atRest()
                    .doOnNext(this::refuseForeign)
                    .flatMap(there -> group.delete(context))
                    .thenReturn(Outputs.none());
        });
    }

    /** Done when the group is gone; one that is still there is simply deleted again. */
    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> group(name().get(state)).atRest())
                .map(there -> Found.absent())
                .defaultIfEmpty(Found.done(Outputs.none()));
    }

    /** Checks the credential and, if the name is known by then, that it can name a group and that the group may be deleted. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> known = name().find(state);
            return account.checkCredential()
                    .then(Mono.defer(() -> known.isEmpty()
                            ? Mono.empty()
                            : group(known.get())
                                    .find()
                                    .doOnNext(this::refuseForeign)
                                    .then()));
        });
    }

    private void refuseForeign(ResourceGroupInner there) {
        if (onlyOurs && !Group.owner(there.tags()).isMadeByRun()) {
            throw StepFailure.permanent(
                    "delete resource group " + there.name() + ": it was not made by HybridPipe, and is left"
                            + " as it is; leave out onlyOurs() to delete it all the same (" + account.where() + ")");
        }
    }

    private Group group(String named) {
        return new Group(account, named);
    }

    private Input<? extends String> name() {
        if (name == null) {
            throw new IllegalStateException("DeleteResourceGroup: call named(..)");
        }
        return name;
    }
}
