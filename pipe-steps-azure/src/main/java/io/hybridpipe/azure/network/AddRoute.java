// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.models.ProvisioningState;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
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
 * <p><b>Reads</b> the inputs it is given. <b>Writes</b> no key.
 *
 * <p><b>Idempotent</b> by name: routes cannot bear tags, so the route is called {@code NAME-TOKEN} after the step's token, and
 * every attempt makes the same one. A route that this step did not make is never overwritten: if one has the name, or leads
 * the same prefix anywhere, the step fails and says which.
 *
 * <p><b>Retryable</b> are throttling, {@code AnotherOperationInProgress} on the table, refused connections and, after a look,
 * lost answers; refused permissions, a missing table and a foreign route are permanent. The SDK itself retries nothing.
 *
 * <p><b>Undo</b> deletes the route of that name, after an operation that is still running on it has ended, and waits until it
 * is gone.
 *
 * <p><b>Calls</b>: get of the route table; get, put and delete of the route. <b>Permissions</b>:
 * {@code Microsoft.Network/routeTables/read}, {@code …/routeTables/routes/read}, {@code …/write} and {@code …/delete};
 * {@code Microsoft.Resources/subscriptions/read} when the table's name is known only later in the run.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class AddRoute implements Step {
    private final AzureAccount account;
    private final @Nullable Input<? extends String> resourceGroup;
    private final @Nullable Input<? extends String> table;
    private final String name;
    private final @Nullable Input<? extends Cidr> prefix;
    private final @Nullable Input<? extends Ip> appliance;

    private AddRoute(
            AzureAccount account,
            @Nullable Input<? extends String> resourceGroup,
            @Nullable Input<? extends String> table,
            String name,
            @Nullable Input<? extends Cidr> prefix,
            @Nullable Input<? extends Ip> appliance) {
        this.account = account;
        this.resourceGroup = resourceGroup;
        this.table = table;
        this.name = name;
        this.prefix = prefix;
        this.appliance = appliance;
    }

    /** Starts a step in this account; it needs a resource group, a table, a prefix and an appliance. */
    public static AddRoute in(AzureAccount account) {
        return new AddRoute(account, null, null, "hybridpipe", null, null);
    }

    /** The resource group of the table. */
    public AddRoute resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group of the table. */
    public AddRoute resourceGroup(Input<? extends String> resourceGroup) {
        return new AddRoute(account, resourceGroup, table, name, prefix, appliance);
    }

    /** The name of the route table. */
    public AddRoute table(String table) {
        return table(Input.value(table));
    }

    /** The name of the route table. */
    public AddRoute table(Input<? extends String> table) {
        return new AddRoute(account, resourceGroup, table, name, prefix, appliance);
    }

    /**
     * What the route's name begins with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public AddRoute named(String name) {
        return new AddRoute(account, resourceGroup, table, OwnName.checked(name), prefix, appliance);
    }

    /** The addresses that the route leads to. */
    public AddRoute to(Cidr prefix) {
        return to(Input.value(prefix));
    }

    /** The addresses that the route leads to. */
    public AddRoute to(Input<? extends Cidr> prefix) {
        return new AddRoute(account, resourceGroup, table, name, prefix, appliance);
    }

    /** The private address of the appliance that takes the packets; its interface must forward IP. */
    public AddRoute viaAppliance(Ip appliance) {
        return viaAppliance(Input.value(appliance));
    }

    /** The private address of the appliance that takes the packets; its interface must forward IP. */
    public AddRoute viaAppliance(Input<? extends Ip> appliance) {
        return new AddRoute(account, resourceGroup, table, name, prefix, appliance);
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public AddRoute pollEvery(Duration interval) {
        return new AddRoute(account.pollEvery(interval), resourceGroup, table, name, prefix, appliance);
    }

    @Override
    public Contract contract() {
        return Contract.of("AddRoute")
                .reading(
                        given(resourceGroup, "resourceGroup"),
                        given(table, "table"),
                        given(prefix, "to"),
                        given(appliance, "viaAppliance"));
    }

    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Route route = toRoute(state, context);
            return getTable(route.group(), route.table())
                    .doOnNext(found -> refuseForeign(found, route.name(), route.prefix()))
                    // said inside the call that is listened to after a cancel, too
                    .then(context.mutate(requestPut(route).doOnNext(accepted -> context.made(toResource(route)))))
                    .flatMap(accepted -> accepted.finished(account, "add " + route))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Route route = toRoute(state, context);
            return getAtRest(route)
                    .doOnNext(found -> context.made(toResource(route)))
                    .map(found -> toFound(found, route))
                    .defaultIfEmpty(Found.absent());
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Route route = toRoute(state, context);
            return getAtRest(route)
                    .flatMap(there -> context.mutate(requestDelete(route)))
                    .flatMap(accepted -> accepted.finished(account, "delete " + route))
                    .then(AtRest.gone(getRoute(route), account.pause()))
                    .then(Mono.fromRunnable(() -> context.gone(toResource(route))));
        });
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> group =
                    given(resourceGroup, "resourceGroup").find(state);
            Optional<? extends String> name = given(table, "table").find(state);
            return group.isPresent() && name.isPresent()
                    ? getTable(group.get(), name.get()).then()
                    : account.checkCredential();
        });
    }

    private Mono<RouteTableInner> getTable(String group, String table) {
        return requestTable(group, table).onErrorMap(failure -> account.failures()
                .ofRead("look at route table " + group + "/" + table, failure));
    }

    private Mono<RouteInner> getRoute(Route route) {
        return requestRoute(route)
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofRead("look at " + route, failure));
    }

    private Mono<RouteInner> getAtRest(Route route) {
        return AtRest.of(getRoute(route), there -> String.valueOf(there.provisioningState()), account.pause());
    }

    private Mono<RouteTableInner> requestTable(String group, String table) {
        return Mono.defer(() -> account.network().getRouteTables().getByResourceGroupAsync(group, table));
    }

    private Mono<RouteInner> requestRoute(Route route) {
        return Mono.defer(() -> account.network().getRoutes().getAsync(route.group(), route.table(), route.name()));
    }

    private Mono<ArmOperation> requestPut(Route route) {
        return Mono.defer(() -> ArmOperation.acceptedBy(account.network()
                        .getRoutes()
                        .createOrUpdateWithResponseAsync(route.group(), route.table(), route.name(), toBody(route))))
                .onErrorMap(failure -> account.failures().ofChange("add " + route, failure));
    }

    private Mono<ArmOperation> requestDelete(Route route) {
        return Mono.defer(() -> ArmOperation.acceptedBy(account.network()
                        .getRoutes()
                        .deleteWithResponseAsync(route.group(), route.table(), route.name())))
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofChange("delete " + route, failure));
    }

    private void refuseForeign(RouteTableInner table, String own, Cidr prefix) {
        List<RouteInner> routes = table.routes() == null ? List.of() : table.routes();
        for (RouteInner route : routes) {
            boolean isOwn = own.equals(route.name());
            if (!isOwn && (name.equals(route.name()) || leadsTo(route, prefix))) {
                throw StepFailure.permanent(
                        "route table " + table.name() + " already has route " + toText(route) + ", which "
                                + (OwnName.isGiven(route.name()) ? "another step or run made" : "no run made")
                                + "; delete it or choose another prefix and name (" + account.where() + ")");
            }
        }
    }

    private static boolean leadsTo(RouteInner route, Cidr prefix) {
        // a prefix may also be a service tag, which means no block
        return Access.block(route.addressPrefix()).filter(prefix::equals).isPresent();
    }

    private Route toRoute(State state, StepContext context) {
        return new Route(
                given(resourceGroup, "resourceGroup").get(state),
                given(table, "table").get(state),
                OwnName.of(name, context.token()),
                given(prefix, "to").get(state),
                given(appliance, "viaAppliance").get(state));
    }

    private static RouteInner toBody(Route route) {
        return new RouteInner()
                .withAddressPrefix(route.prefix().toString())
                .withNextHopType(RouteNextHopType.VIRTUAL_APPLIANCE)
                .withNextHopIpAddress(route.appliance().toString());
    }

    private static Found toFound(RouteInner found, Route wanted) {
        boolean same =
                leadsTo(found, wanted.prefix()) && wanted.appliance().toString().equals(found.nextHopIpAddress());
        return same && ProvisioningState.SUCCEEDED.equals(found.provisioningState())
                ? Found.done(Outputs.none())
                : Found.partly("route " + toText(found) + " is " + found.provisioningState());
    }

    private Resource toResource(Route route) {
        String id = "/subscriptions/" + account.subscription() + "/resourceGroups/" + route.group()
                + "/providers/Microsoft.Network/routeTables/" + route.table() + "/routes/" + route.name();
        return Resource.of("Microsoft.Network/routeTables/routes", id, account.where())
                .withShow("az network route-table route show --ids " + id);
    }

    private static String toText(RouteInner route) {
        return "'" + route.name() + "' (" + route.addressPrefix() + " to " + route.nextHopType()
                + (route.nextHopIpAddress() == null ? "" : " " + route.nextHopIpAddress()) + ")";
    }

    private static <T> Input<? extends T> given(@Nullable Input<? extends T> input, String method) {
        if (input == null) {
            throw new IllegalStateException("AddRoute: nothing was given to " + method + "(..)");
        }
        return input;
    }

    /** What the step adds, with all its inputs known. */
    private record Route(String group, String table, String name, Cidr prefix, Ip appliance) {
        @Override
        public String toString() {
            return "route " + name + " (" + prefix + " to " + appliance + ") in table " + group + "/" + table;
        }
    }
}
