// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceInner;
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
 * Deletes one resource of any type by its id, whoever made it, and waits until it is gone.
 *
 * <pre>{@code
 * DeleteResource.in(federation).id(OLD_GATEWAY)
 * }</pre>
 *
 * <p><b>Reads</b> the input of the id; <b>writes</b> nothing. The version of the API is the newest that the resource's provider lists
 * for its type. <b>Idempotent:</b> a resource that is not there is a success, and one that is being deleted already is waited
 * for. With {@link #onlyOurs} a resource that no HybridPipe run made is refused.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}, and whatever says that something still uses
 * the resource ({@code InUseSubnetCannotBeDeleted}, {@code NicInUse} and their kin). A lock ({@code ScopeLocked}) and a denial
 * ({@code AuthorizationFailed}) are permanent; so is, before the run if the id is known by then, an id that is none of a
 * resource in this account's subscription. It cannot be <b>undone</b>.
 *
 * <p>Calls and needs, for the resource's type, read and delete; {@code Microsoft.Resources/subscriptions/providers/read} and
 * {@code Microsoft.Resources/subscriptions/read}. Immutable.
 */
public final class DeleteResource implements Step {
    private final AzureAccount account;
    private final @Nullable Input<? extends String> id;
    private final boolean onlyOurs;

    private DeleteResource(AzureAccount account, @Nullable Input<? extends String> id, boolean onlyOurs) {
        this.account = account;
        this.id = id;
        this.onlyOurs = onlyOurs;
    }

    /** Starts the description of a deletion in this account. */
    public static DeleteResource in(AzureAccount account) {
        return new DeleteResource(account, null, false);
    }

    /** The id of the resource, {@code /subscriptions/ID/resourceGroups/NAME/providers/NAMESPACE/TYPE/NAME}; children too. */
    public DeleteResource id(String id) {
        return id(Input.value(id));
    }

    /** The id of the resource, {@code /subscriptions/ID/resourceGroups/NAME/providers/NAMESPACE/TYPE/NAME}; children too. */
    public DeleteResource id(Input<? extends String> id) {
        return new DeleteResource(account, id, onlyOurs);
    }

    /** Refuses a resource that does not bear the tags of a HybridPipe run, and so all children, such as routes: they bear none. */
    public DeleteResource onlyOurs() {
        return new DeleteResource(account, id, true);
    }

    /** How often to look while the deletion runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public DeleteResource pollEvery(Duration interval) {
        return new DeleteResource(account.pollEvery(Looks.positive(interval, "poll interval")), id, onlyOurs);
    }

    @Override
    public Contract contract() {
        return Contract.of("DeleteResource")
                .reading(id())
                .withEffect(Effect.irreversible("a deleted resource cannot be brought back"));
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            ResourceId wanted = toId(id().get(state));
            ResourceCalls calls = calls(wanted, context);
            return calls.atRest(wanted)
                    .doOnNext(this::refuseForeign)
                    .flatMap(there -> calls.delete(wanted))
                    .thenReturn(Outputs.none());
        });
    }

    /** Done when the resource is gone; one that is still there is simply deleted again. */
    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
                    ResourceId wanted = toId(id().get(state));
                    return calls(wanted, context).atRest(wanted);
                })
                .map(there -> Found.absent())
                .defaultIfEmpty(Found.done(Outputs.none()));
    }

    /** Checks the credential and, if the id is known by then, that it can be the id of such a resource. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> known = id().find(state);
            known.ifPresent(this::toId);
            return account.checkCredential();
        });
    }

    /** Calls under a version that is asked for once. */
    private ResourceCalls calls(ResourceId wanted, StepContext context) {
        Mono<String> version = new ApiVersions(account).of(wanted).cache();
        return new ResourceCalls(account, context, any -> version);
    }

    private void refuseForeign(GenericResourceInner there) {
        if (onlyOurs && !Group.owner(there.tags()).isMadeByRun()) {
            throw StepFailure.permanent(
                    "delete " + there.id() + ": it does not bear the tags of a HybridPipe run, and is left"
                            + " as it is; leave out onlyOurs() to delete it all the same (" + account.where() + ")");
        }
    }

    private ResourceId toId(String text) {
        ResourceId wanted;
        try {
            wanted = ResourceId.of(text);
        } catch (IllegalArgumentException malformed) {
            throw StepFailure.permanent("delete a resource: " + malformed.getMessage());
        }
        if (!wanted.isIn(account.subscription())) {
            throw StepFailure.permanent(
                    "delete " + wanted + ": it is not in the subscription of the account (" + account.where() + ")");
        }
        return wanted;
    }

    private Input<? extends String> id() {
        if (id == null) {
            throw new IllegalStateException("DeleteResource: call id(..)");
        }
        return id;
    }
}
