// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Input;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
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
public final class DeleteResourceGroup extends DeletingStep<DeleteResourceGroup> {
    private DeleteResourceGroup(Doomed doomed) {
        super(doomed);
    }

    /** Starts the description of a deletion in this account. */
    public static DeleteResourceGroup in(AzureAccount account) {
        return new DeleteResourceGroup(Doomed.in(account));
    }

    /**
     * The name of the group.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public DeleteResourceGroup named(String name) {
        return named(Input.value(name));
    }

    /** The name of the group. */
    public DeleteResourceGroup named(Input<? extends String> name) {
        return with(doomed.called(NameRule.RESOURCE_GROUP.in("DeleteResourceGroup", name)));
    }

    /** Refuses a group that does not bear the tags of a HybridPipe run; what is in the group is not looked at. */
    @Override
    public DeleteResourceGroup onlyOurs() {
        return super.onlyOurs();
    }

    @Override
    DeleteResourceGroup with(Doomed changed) {
        return new DeleteResourceGroup(changed);
    }

    @Override
    String method() {
        return "named(..)";
    }

    @Override
    String noun() {
        return "resource group";
    }

    @Override
    Thing thing(String text, StepContext context) {
        Group group = new Group(doomed.account(), text);
        return new Thing(
                group.toString(),
                group.find().map(there -> Group.owner(there.tags())),
                group.atRest().map(there -> Group.owner(there.tags())),
                Mono.defer(() -> group.delete(context)));
    }
}
