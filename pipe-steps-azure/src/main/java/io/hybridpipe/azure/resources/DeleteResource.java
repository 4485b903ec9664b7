// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Input;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
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
public final class DeleteResource extends DeletingStep<DeleteResource> {
    private DeleteResource(Doomed doomed) {
        super(doomed);
    }

    /** Starts the description of a deletion in this account. */
    public static DeleteResource in(AzureAccount account) {
        return new DeleteResource(Doomed.in(account));
    }

    /**
     * The id of the resource, {@code /subscriptions/ID/resourceGroups/NAME/providers/NAMESPACE/TYPE/NAME}; children too.
     *
     * <p>No part of it is empty or dots only, or has white space, control characters, or any of {@code ?#%\<>*&:+}: it would make
     * another request of the id.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public DeleteResource id(String id) {
        return id(Input.value(id));
    }

    /** The id of the resource, {@code /subscriptions/ID/resourceGroups/NAME/providers/NAMESPACE/TYPE/NAME}; children too. */
    public DeleteResource id(Input<? extends String> id) {
        return with(doomed.called(ResourceId.idsIn(doomed.account()).in("DeleteResource", id)));
    }

    /** Refuses a resource that does not bear the tags of a HybridPipe run, and so all children, such as routes: they bear none. */
    @Override
    public DeleteResource onlyOurs() {
        return super.onlyOurs();
    }

    @Override
    DeleteResource with(Doomed changed) {
        return new DeleteResource(changed);
    }

    @Override
    String method() {
        return "id(..)";
    }

    @Override
    String noun() {
        return "resource";
    }

    @Override
    Thing thing(String text, StepContext context) {
        ResourceId id = ResourceId.of(text);
        // asked for once
        Mono<String> version = new ApiVersions(doomed.account()).of(id).cache();
        ResourceCalls calls = new ResourceCalls(doomed.account(), context, any -> version);
        return new Thing(
                text,
                calls.find(id).map(there -> Group.owner(there.tags())),
                calls.atRest(id).map(there -> Group.owner(there.tags())),
                calls.delete(id));
    }
}
