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
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateRouteRequest;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Adds a route to a VPC's route table.
 *
 * <pre>{@code
 * AddRoute.in(accountA).table(VPC_ROUTES).to(ON_PREM).viaInterface(CONTROLLER_ENI)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of table, destination and target; <b>writes</b> nothing. A route that is there already is never
 * overwritten: with the same target the step has nothing to do, with another one it fails and names that.
 *
 * <p><b>Idempotent</b> by table and destination. CreateRoute takes neither token nor tags, so the step first writes its token
 * into a tag of the table, {@code hybridpipe:route:DESTINATION}: after a lost answer, and after a crash, a route with the
 * step's target is its own if and only if the table bears that tag. It ends when DescribeRouteTables shows the route.
 *
 * <p><b>Retries:</b> throttling, lost connections, tables and interfaces that EC2 does not see yet.
 *
 * <p><b>Undo</b> deletes the route if this step made it and it still has the step's target, waits until it is not seen any
 * more, and removes the tag. A route that was there before stays.
 *
 * <p>Calls and needs {@code ec2:} DescribeRouteTables, CreateTags, CreateRoute (as a dry run before the run if all inputs are
 * known by then), DeleteRoute, DeleteTags. Immutable.
 */
public final class AddRoute implements Step {
    private static final String MARK = "hybridpipe:route:";

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

    private AddRoute via(RouteTarget kind, Input<? extends String> id) {
        return new AddRoute(account, table, destination, kind, id, pollEvery);
    }

    /** How long to wait between two looks at the table; defaults to one second. */
    public AddRoute pollEvery(Duration interval) {
        return new AddRoute(account, table, destination, kind, target, interval);
    }

    @Override
    public Contract contract() {
        return Contract.of("AddRoute").reading(table, destination, target);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Wanted wanted = toWanted(state);
            return getTable(wanted, context)
                    .flatMap(there -> wanted.routeIn(there)
                            .map(existing -> accept(wanted, there, existing, context))
                            .orElseGet(() -> add(wanted, there, context)))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Wanted wanted = toWanted(state);
            return getTable(wanted, context)
                    .filter(there -> wanted.isMarkedIn(there, context))
                    .map(there -> toFound(wanted, there, context))
                    .onErrorResume(AwsFailures.hasCode("InvalidRouteTableID.NotFound"), gone -> Mono.empty())
                    .defaultIfEmpty(Found.absent());
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Wanted wanted = toWanted(state);
            return getTable(wanted, context)
                    .filter(there -> wanted.isMarkedIn(there, context))
                    .flatMap(there -> remove(wanted, there, context))
                    .onErrorResume(AwsFailures.hasCode("InvalidRouteTableID.NotFound"), gone -> Mono.empty());
        });
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context)).then(Mono.defer(() -> {
            Optional<? extends String> knownTable = table.find(state);
            Optional<? extends Cidr> knownDestination = destination.find(state);
            Optional<? extends String> knownTarget = target.find(state);
            return knownTable.isEmpty() || knownDestination.isEmpty() || knownTarget.isEmpty()
                    ? Mono.empty()
                    : requestDryRun(
                            new Wanted(knownTable.get(), knownDestination.get(), kind, knownTarget.get()), context);
        }));
    }

    /** A visibility window of five seconds. */
    @Override
    public StepOptions options() {
        return StepOptions.ofDefaults().withVisibility(Duration.ofSeconds(5));
    }

    private Mono<Void> accept(Wanted wanted, RouteTable there, Route existing, StepContext context) {
        if (!wanted.leadsTo(existing)) {
            return Mono.error(StepFailure.permanent(wanted.table + " in " + account.where() + " has a route to "
                    + wanted.destination + " via " + RouteTarget.of(existing) + " already; it is not overwritten with "
                    + wanted.target));
        }
        return Mono.fromRunnable(() -> {
            if (wanted.isMarkedIn(there, context)) {
                context.made(toResource(wanted));
            }
        });
    }

    private Mono<Void> add(Wanted wanted, RouteTable there, StepContext context) {
        boolean triedBefore = wanted.isMarkedIn(there, context);
        return (triedBefore ? Mono.<Void>empty() : requestMark(wanted, context))
                .then(requestRoute(wanted, context))
                .then(waitUntilSeen(wanted, context))
                .onErrorResume(
                        AwsFailures.hasCode("RouteAlreadyExists"),
                        // a mark from before means that an earlier attempt came through late; a fresh one, that
                        // somebody else was faster, and then the route must not look like ours
                        exists -> (triedBefore ? Mono.<Void>empty() : requestUnmark(wanted, context))
                                .then(acceptLate(wanted, context)));
    }

    private Mono<Void> acceptLate(Wanted wanted, StepContext context) {
        return getTable(wanted, context).flatMap(there -> wanted.routeIn(there)
                .map(existing -> accept(wanted, there, existing, context))
                .orElseGet(() -> Mono.error(StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE,
                        "the route to " + wanted.destination + " in " + wanted.table
                                + " exists but is not seen yet"))));
    }

    private Mono<Void> remove(Wanted wanted, RouteTable there, StepContext context) {
        boolean ours = wanted.routeIn(there).filter(wanted::leadsTo).isPresent();
        return (ours ? requestDelete(wanted, context).then(waitUntilGone(wanted, context)) : Mono.<Void>empty())
                .then(requestUnmark(wanted, context))
                .then(Mono.fromRunnable(() -> context.gone(toResource(wanted))));
    }

    private Mono<Void> waitUntilSeen(Wanted wanted, StepContext context) {
        return getTable(wanted, context)
                .filter(there -> wanted.routeIn(there).isPresent())
                .repeatWhenEmpty(looks -> looks.delayElements(pollEvery))
                .then();
    }

    private Mono<Void> waitUntilGone(Wanted wanted, StepContext context) {
        return getTable(wanted, context)
                .filter(there -> wanted.routeIn(there).filter(wanted::leadsTo).isEmpty())
                .repeatWhenEmpty(looks -> looks.delayElements(pollEvery))
                .then();
    }

    private Mono<RouteTable> getTable(Wanted wanted, StepContext context) {
        return account.calls(context)
                .reading("DescribeRouteTables " + wanted.table, () -> account.ec2()
                        .describeRouteTables(r -> r.routeTableIds(wanted.table)))
                .flatMap(
                        answer -> Mono.justOrEmpty(answer.routeTables().stream().findFirst()))
                .switchIfEmpty(Mono.error(() -> StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE,
                        "route table " + wanted.table + " is not in " + account.where())));
    }

    private Mono<Void> requestMark(Wanted wanted, StepContext context) {
        return account.calls(context)
                .changing("CreateTags " + wanted.table, () -> account.ec2()
                        .createTags(r -> r.resources(wanted.table).tags(wanted.mark(context))))
                .then();
    }

    private Mono<Void> requestRoute(Wanted wanted, StepContext context) {
        return account.calls(context)
                .changing(
                        "CreateRoute " + wanted,
                        () -> account.ec2().createRoute(wanted.request()),
                        made -> context.made(toResource(wanted)))
                .then();
    }

    private Mono<Void> requestDryRun(Wanted wanted, StepContext context) {
        return account.calls(context)
                .reading("CreateRoute " + wanted + " (dry run)", () -> account.ec2()
                        .createRoute(wanted.request().toBuilder().dryRun(true).build()))
                .onErrorResume(AwsFailures.hasCode("DryRunOperation", "RouteAlreadyExists"), allowed -> Mono.empty())
                .then();
    }

    private Mono<Void> requestDelete(Wanted wanted, StepContext context) {
        return account.calls(context)
                .changing("DeleteRoute " + wanted, () -> account.ec2().deleteRoute(r -> {
                    r.routeTableId(wanted.table);
                    wanted.destination(r::destinationCidrBlock, r::destinationIpv6CidrBlock);
                }))
                .onErrorResume(AwsFailures.hasCode("InvalidRoute.NotFound"), gone -> Mono.empty())
                .then();
    }

    private Mono<Void> requestUnmark(Wanted wanted, StepContext context) {
        return account.calls(context)
                .changing("DeleteTags " + wanted.table, () -> account.ec2()
                        .deleteTags(r -> r.resources(wanted.table).tags(wanted.mark(context))))
                .then();
    }

    private Wanted toWanted(State state) {
        return new Wanted(table.get(state), destination.get(state), kind, target.get(state));
    }

    private Found toFound(Wanted wanted, RouteTable there, StepContext context) {
        if (wanted.routeIn(there).filter(wanted::leadsTo).isEmpty()) {
            return Found.partly(wanted.table + " bears the step's tag, but has no route to " + wanted);
        }
        context.made(toResource(wanted));
        return Found.done(Outputs.none());
    }

    private Resource toResource(Wanted wanted) {
        return account.resource(
                "AWS::EC2::Route",
                wanted.table + "|" + wanted.destination,
                "ec2 describe-route-tables --route-table-ids " + wanted.table);
    }

    /** The route that one run asks for. */
    private record Wanted(String table, Cidr destination, RouteTarget kind, String target) {
        Optional<Route> routeIn(RouteTable there) {
            String text = destination.toString();
            return there.routes().stream()
                    .filter(route ->
                            text.equals(route.destinationCidrBlock()) || text.equals(route.destinationIpv6CidrBlock()))
                    .findFirst();
        }

        boolean leadsTo(Route route) {
            return kind.isOf(route, target);
        }

        boolean isMarkedIn(RouteTable there, StepContext context) {
            return there.tags().contains(mark(context));
        }

        Tag mark(StepContext context) {
            return Tag.builder()
                    .key(MARK + destination)
                    .value("run " + context.runId() + " token " + context.token())
                    .build();
        }

        CreateRouteRequest request() {
            CreateRouteRequest.Builder request = CreateRouteRequest.builder().routeTableId(table);
            destination(request::destinationCidrBlock, request::destinationIpv6CidrBlock);
            kind.ask(request, target);
            return request.build();
        }

        void destination(Consumer<String> ipv4, Consumer<String> ipv6) {
            (destination.isIpv6() ? ipv6 : ipv4).accept(destination.toString());
        }

        @Override
        public String toString() {
            return table + " to " + destination + " via " + target;
        }
    }
}
