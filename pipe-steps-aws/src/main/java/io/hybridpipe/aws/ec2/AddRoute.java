// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Adds a route to a VPC's route table.
 *
 * <pre>{@code
 * AddRoute.in(accountA).table(VPC_ROUTES).to(ON_PREM).viaInterface(CONTROLLER_ENI)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of table, destination and target; <b>writes</b> nothing. A route that is there already is never
 * overwritten: with the same target the step has nothing to do, with another one it fails and says which, whose, and whether
 * it is a blackhole.
 *
 * <p><b>Idempotent</b> by table and destination. CreateRoute takes neither token nor tags, so the step first writes its token
 * into a tag of the table, {@code hybridpipe:route:DESTINATION:TOKEN}: after a lost answer, and after a crash, a route with the
 * step's target is its own if and only if the table bears that tag. It ends when DescribeRouteTables shows route and tag.
 *
 * <p><b>Retries:</b> throttling, lost connections, tables and interfaces that EC2 does not see yet.
 *
 * <p><b>Undo</b> deletes the route if this step made it and it still has the step's target, waits until it is not seen any
 * more, and removes the tag; also when it is a blackhole by then, because its target is gone. A route that was there before
 * stays.
 *
 * <p>Calls and needs {@code ec2:} DescribeRouteTables, CreateTags, CreateRoute (as a dry run before the run if all inputs are
 * known by then), DeleteRoute, DeleteTags. Immutable.
 */
public final class AddRoute implements Step {
    private final AwsAccount account;
    private final Input<? extends String> table;
    private final Input<? extends Cidr> destination;
    private final RouteTarget kind;
    private final Input<? extends String> target;
    private final Duration pollEvery;

    private AddRoute(
            AwsAccount account,
            Input<? extends String> table,
            Input<? extends Cidr> destination,
            RouteTarget kind,
            Input<? extends String> target,
            Duration pollEvery) {
        this.account = account;
        this.table = table;
        this.destination = destination;
        this.kind = kind;
        this.target = target;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a route in this account and region. */
    public static AddRoute in(AwsAccount account) {
        return new AddRoute(
                account,
                Missing.call("table(..)"),
                Missing.call("to(..)"),
                RouteTarget.INTERFACE,
                Missing.call("viaInterface(..) or another via"),
                Duration.ofSeconds(1));
    }

    /** The route table's id. */
    public AddRoute table(String id) {
        return table(Input.value(id));
    }

    /** The route table's id. */
    public AddRoute table(Input<? extends String> id) {
        return new AddRoute(account, id, destination, kind, target, pollEvery);
    }

    /** Which addresses the route is for. */
    public AddRoute to(Cidr destination) {
        return to(Input.value(destination));
    }

    /** Which addresses the route is for. */
    public AddRoute to(Input<? extends Cidr> destination) {
        return new AddRoute(account, table, destination, kind, target, pollEvery);
    }

    /** Leads to a network interface, {@code eni-…}. */
    public AddRoute viaInterface(String id) {
        return viaInterface(Input.value(id));
    }

    /** Leads to a network interface, {@code eni-…}. */
    public AddRoute viaInterface(Input<? extends String> id) {
        return via(RouteTarget.INTERFACE, id);
    }

    /** Leads to an instance with one network interface, {@code i-…}. */
    public AddRoute viaInstance(Input<? extends String> id) {
        return via(RouteTarget.INSTANCE, id);
    }

    /** Leads to an internet gateway or a virtual private gateway, {@code igw-…} or {@code vgw-…}. */
    public AddRoute viaGateway(Input<? extends String> id) {
        return via(RouteTarget.GATEWAY, id);
    }

    /** Leads to a VPC peering connection, {@code pcx-…}. */
    public AddRoute viaPeering(Input<? extends String> id) {
        return via(RouteTarget.PEERING, id);
    }

    private AddRoute via(RouteTarget kind, Input<? extends String> id) {
        return new AddRoute(account, table, destination, kind, id, pollEvery);
    }

    /** How long to wait between two looks at the table; defaults to one second. */
    public AddRoute pollEvery(Duration interval) {
        return new AddRoute(account, table, destination, kind, target, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        return Contract.of("AddRoute").reading(table, destination, target);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> toWanted(state, context).getOrMake()).thenReturn(Outputs.none());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> toWanted(state, context).find());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> toWanted(state, context).remove());
    }

    /** Checks the credentials and, if all inputs are known, by a dry run that EC2 permits the route. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context)).then(Mono.defer(() -> {
            Optional<? extends String> knownTable = table.find(state);
            Optional<? extends Cidr> knownDestination = destination.find(state);
            Optional<? extends String> knownTarget = target.find(state);
            return knownTable.isEmpty() || knownDestination.isEmpty() || knownTarget.isEmpty()
                    ? Mono.empty()
                    : toWanted(state, context).requestDryRun();
        }));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private OwnRoute toWanted(State state, StepContext context) {
        return new OwnRoute(
                account, context, pollEvery, table.get(state), destination.get(state), kind, target.get(state));
    }
}
