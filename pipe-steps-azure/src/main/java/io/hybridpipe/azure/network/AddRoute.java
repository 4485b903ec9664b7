// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Adds a user-defined route to a virtual appliance to a route table, which must exist.
 *
 * <pre>{@code
 * AddRoute.in(federation).tableId(ROUTES).named("to-vpc").to(VPC_CIDR).viaAppliance(CONTROLLER_IP)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given. <b>Writes</b> no key.
 *
 * <p><b>Idempotent</b> by name: routes cannot bear tags, so the route is called {@code NAME-TOKEN} after the step's token, and
 * every attempt makes the same one. A route that this step did not make is never overwritten: if one has the name, or leads
 * the same prefix anywhere, the step fails and says which. Look and change have the table's turn: routes of siblings do not meet.
 *
 * <p><b>Retryable</b> are throttling, {@code AnotherOperationInProgress} on the table, refused connections and, after a look,
 * lost answers; refused permissions, a missing table and a foreign route are permanent. The SDK itself retries nothing.
 *
 * <p><b>Undo</b> deletes the route of that name, after an operation that is still running on it has ended, and waits until it
 * is gone.
 *
 * <p><b>Calls</b>: get of the route table; get, put and delete of the route. <b>Permissions</b>:
 * {@code Microsoft.Network/routeTables/read}, {@code …/routeTables/routes/read}, {@code …/write} and {@code …/delete};
 * {@code Microsoft.Resources/subscriptions/read} when the table is known only later in the run.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class AddRoute implements Step {
    private final Parent<RouteTableInner> table;
    private final String name;
    private final @Nullable Input<? extends Cidr> prefix;
    private final @Nullable Input<? extends Ip> appliance;

    private AddRoute(
            Parent<RouteTableInner> table,
            String name,
            @Nullable Input<? extends Cidr> prefix,
            @Nullable Input<? extends Ip> appliance) {
        this.table = table;
        this.name = name;
        this.prefix = prefix;
        this.appliance = appliance;
    }

    /** Starts a step in this account; it needs a table, a prefix and an appliance. */
    public static AddRoute in(AzureAccount account) {
        return new AddRoute(
                Parent.of(NetworkKinds.ROUTE_TABLE, "table(..)", "AddRoute", account), "hybridpipe", null, null);
    }

    /**
     * The resource group of the table that is given by its name.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public AddRoute resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group of the table that is given by its name. */
    public AddRoute resourceGroup(Input<? extends String> resourceGroup) {
        return with(table.inGroup(resourceGroup));
    }

    /**
     * The name of the route table, which is there before the run if the name is known by then.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public AddRoute table(String table) {
        return table(Input.value(table));
    }

    /** The name of the route table, which is there before the run if the name is known by then. */
    public AddRoute table(Input<? extends String> name) {
        return with(table.named(name));
    }

    /**
     * The id of the route table, in place of resource group and name.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public AddRoute tableId(String id) {
        return tableId(Input.value(id));
    }

    /** The id of the route table, in place of resource group and name; {@link CreateRouteTable} writes one. */
    public AddRoute tableId(Input<? extends String> id) {
        return with(table.withId(id));
    }

    /**
     * What the route's name begins with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public AddRoute named(String name) {
        return new AddRoute(
                table, NameRule.beginningOf(NetworkKinds.ROUTE.noun()).checked("AddRoute", name), prefix, appliance);
    }

    /** The addresses that the route leads to. */
    public AddRoute to(Cidr prefix) {
        return to(Input.value(prefix));
    }

    /** The addresses that the route leads to. */
    public AddRoute to(Input<? extends Cidr> prefix) {
        return new AddRoute(table, name, prefix, appliance);
    }

    /** The private address of the appliance that takes the packets; its interface must forward IP. */
    public AddRoute viaAppliance(Ip appliance) {
        return viaAppliance(Input.value(appliance));
    }

    /** The private address of the appliance that takes the packets; its interface must forward IP. */
    public AddRoute viaAppliance(Input<? extends Ip> appliance) {
        return new AddRoute(table, name, prefix, appliance);
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public AddRoute pollEvery(Duration interval) {
        return with(table.on(table.account().pollEvery(interval)));
    }

    private AddRoute with(Parent<RouteTableInner> changed) {
        return new AddRoute(changed, name, prefix, appliance);
    }

    @Override
    public Contract contract() {
        return Contract.of("AddRoute").reading(table.inputs()).reading(prefixInput(), applianceInput());
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> own(state, context)
                .put(table.site(state)
                        .get()
                        .doOnNext(found -> refuseForeign(found, state, context))
                        .map(found -> toBody(state)))
                .thenReturn(Outputs.none()));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(
                () -> own(state, context).toFound(there -> toLack(there, toBody(state)), there -> Outputs.none()));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> own(state, context).remove());
    }

    /** Checks that a table which is known by then is there, and the credential otherwise. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return table.check(state);
    }

    private Own<RouteInner> own(State state, StepContext context) {
        return table.child(NetworkKinds.ROUTE, name, state, context);
    }

    private void refuseForeign(RouteTableInner found, State state, StepContext context) {
        String own = OwnName.of(name, context.token());
        Cidr wanted = prefixInput().get(state);
        List<RouteInner> routes = found.routes() == null ? List.of() : found.routes();
        for (RouteInner route : routes) {
            boolean isOwn = own.equals(route.name());
            if (!isOwn && (name.equals(route.name()) || leadsTo(route, wanted))) {
                throw StepFailure.permanent("route table " + found.name() + " already has route " + toText(route)
                        + ", which " + OwnName.maker(route.name()) + "; delete it or choose another prefix and name ("
                        + table.account().where() + ")");
            }
        }
    }

    private static boolean leadsTo(RouteInner route, Cidr prefix) {
        // a prefix may also be a service tag, which means no block
        return Access.block(route.addressPrefix()).filter(prefix::equals).isPresent();
    }

    private RouteInner toBody(State state) {
        return new RouteInner()
                .withAddressPrefix(prefixInput().get(state).toString())
                .withNextHopType(RouteNextHopType.VIRTUAL_APPLIANCE)
                .withNextHopIpAddress(applianceInput().get(state).toString());
    }

    private static Optional<String> toLack(RouteInner there, RouteInner wanted) {
        boolean same = leadsTo(there, Cidr.of(wanted.addressPrefix()))
                && wanted.nextHopIpAddress().equals(there.nextHopIpAddress());
        return same ? Optional.empty() : Optional.of("is " + toText(there));
    }

    private static String toText(RouteInner route) {
        return "'" + route.name() + "' (" + route.addressPrefix() + " to " + route.nextHopType()
                + (route.nextHopIpAddress() == null ? "" : " " + route.nextHopIpAddress()) + ")";
    }

    private Input<? extends Cidr> prefixInput() {
        return table.target().given(prefix, "to(..)");
    }

    private Input<? extends Ip> applianceInput() {
        return table.target().given(appliance, "viaAppliance(..)");
    }
}
