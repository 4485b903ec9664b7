// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import org.jspecify.annotations.Nullable;

/**
 * Makes a route table and lets subnets use it.
 *
 * <pre>{@code
 * CreateRouteTable.in(federation).resourceGroup("fed").named("routes").location("westeurope")
 *         .associate(HUB.map(hub -> hub.subnet("workloads")))
 *         .into(ROUTES)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given; <b>writes</b> the table's id. Routes are added by {@link AddRoute}.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: a table of an earlier attempt is gone on with, and
 * its lacking associations are made. A route table of that name that this step did not make, and a subnet that has another one,
 * are refused and never changed, before the run if they are known by then.
 *
 * <p>A subnet is read, changed and written while no other change of its virtual network is under way through this account's
 * handle, and only as it was read (the ETag in {@code If-Match}): nothing that others write into it is lost.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}, {@code PreconditionFailed}. A missing
 * resource group or subnet is permanent.
 *
 * <p><b>Undo</b> takes the table from the subnets that still use it, deletes it, after operations that are still running have
 * ended, and waits until it is gone; one that some other subnet uses is tried again. One that holds a route is left as it is,
 * and the undo fails naming it: the steps of the run that added one are undone before.
 *
 * <p>Calls and needs {@code Microsoft.Network/routeTables/} read, write and delete; for associations {@code
 * Microsoft.Network/virtualNetworks/subnets/} read and write, {@code Microsoft.Network/routeTables/join/action}, and the {@code
 * join/action} of whatever else the subnets use; {@code Microsoft.Resources/subscriptions/read} when the name is known only later in
 * the run. Immutable.
 */
public final class CreateRouteTable extends MadeStep<CreateRouteTable, RouteTableInner> {
    private final Associations associations;
    private final boolean propagation;
    private final @Nullable Key<String> into;

    private CreateRouteTable(
            Target target, Associations associations, boolean propagation, @Nullable Key<String> into) {
        super(target, NetworkKinds.ROUTE_TABLE);
        this.associations = associations;
        this.propagation = propagation;
        this.into = into;
    }

    /** Starts the description of a route table in this account. */
    public static CreateRouteTable in(AzureAccount account) {
        return new CreateRouteTable(
                Target.of("CreateRouteTable", account, NetworkKinds.ROUTE_TABLE),
                Associations.with(Association.Use.ROUTE_TABLE),
                true,
                null);
    }

    /**
     * Lets the subnet with this id use the table, beside those said before; it may be in another resource group.
     *
     * @throws IllegalArgumentException if it is no id of a subnet in the account's subscription
     */
    public CreateRouteTable associate(String subnetId) {
        return associate(Input.value(subnetId));
    }

    /** Lets the subnet with this id use the table, beside those said before; it may be in another resource group. */
    public CreateRouteTable associate(Input<? extends String> subnetId) {
        return new CreateRouteTable(target, associations.and(target, subnetId), propagation, into);
    }

    /** Keeps routes that gateways learn by BGP out of the table; the default lets them in. */
    public CreateRouteTable disableBgpPropagation() {
        return new CreateRouteTable(target, associations, false, into);
    }

    /** Writes the id of the route table under the key. */
    public CreateRouteTable into(Key<String> key) {
        return new CreateRouteTable(target, associations, propagation, key);
    }

    @Override
    CreateRouteTable with(Target changed) {
        return new CreateRouteTable(changed, associations, propagation, into);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateRouteTable")
                .reading(target.groupInput(), target.nameInput(), target.locationInput())
                .reading(associations.inputs());
        return into == null ? contract : contract.writing(into);
    }

    @Override
    RouteTableInner toBody(State state, StepContext context) {
        RouteTableInner body = new RouteTableInner().withDisableBgpRoutePropagation(!propagation);
        body.withLocation(target.locationInput().get(state)).withTags(context.tags());
        return body;
    }

    @Override
    Children others(RouteTableInner there) {
        return Children.of(there);
    }

    @Override
    Associations associations() {
        return associations;
    }

    @Override
    Outputs toOutputs(RouteTableInner made) {
        return into == null ? Outputs.none() : Outputs.of(into, made.id());
    }
}
