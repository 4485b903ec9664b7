// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Peers two VPCs, of one account or of two, in one region or in two, and adds the routes that lead through the peering.
 *
 * <pre>{@code
 * PeerVpcs.between(accountA, VPC_A).and(accountB.region("us-east-1"), VPC_B)
 *     .routeThere(TABLE_A, CIDR_B).routeBack(TABLE_B, CIDR_A)
 *     .into(PEERING)
 * }</pre>
 *
 * <p>The first account requests the peering, the second one accepts it in its own region. The step ends when both show it as
 * active and the routes are seen. Packets pass once security groups admit them too; a peering is not transitive: it leads to
 * the other VPC and no further ("How VPC peering connections work" in the VPC Peering Guide).
 *
 * <p><b>Reads</b> the inputs of VPCs, tables and blocks; <b>writes</b> the peering's id, {@code pcx-…}.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the request sets, since it takes no client token; the
 * accepter's side is tagged after it was accepted, since each account has tags of its own. Routes are known as
 * {@link AddRoute} knows them. EC2 answers a request between VPCs that are peered already with the peering that exists: one
 * that this step did not make is named and left as it is.
 *
 * <p><b>Retries:</b> throttling, lost connections, a request that the accepter does not see yet. Blocks that overlap, a VPC
 * that does not exist there, and a request that somebody rejects, deletes or lets expire are permanent, with EC2's reason.
 *
 * <p><b>Undo</b> removes the routes, then deletes the peering, from the accepter's side if the requester's may not, and waits
 * until it has ended on both.
 *
 * <p>Calls and needs, as the requester, {@code ec2:} CreateVpcPeeringConnection (also as a dry run before the run, if the
 * VPCs are known by then), CreateTags, DescribeVpcPeeringConnections, DeleteVpcPeeringConnection; as the accepter
 * AcceptVpcPeeringConnection, CreateTags, DescribeVpcPeeringConnections, and as the second choice
 * DeleteVpcPeeringConnection; for routes, on their side, DescribeRouteTables, CreateRoute, DeleteRoute, CreateTags,
 * DeleteTags. Immutable.
 */
public final class PeerVpcs implements Step {
    private final End requester;
    private final End accepter;
    private final List<Ways> ways;
    private final @Nullable Key<String> into;
    private final Duration pollEvery;

    private PeerVpcs(End requester, End accepter, List<Ways> ways, @Nullable Key<String> into, Duration pollEvery) {
        this.requester = requester;
        this.accepter = accepter;
        this.ways = ways;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    private record End(AwsAccount account, Input<? extends String> vpc) {}

    /** Routes through the peering in tables of one side. */
    private record Ways(AwsAccount account, Input<? extends List<String>> tables, Input<? extends Cidr> to) {}

    /** Starts the description with the VPC whose account requests the peering. */
    public static Requester between(AwsAccount account, String vpc) {
        return between(account, Input.value(vpc));
    }

    /** Starts the description with the VPC whose account requests the peering. */
    public static Requester between(AwsAccount account, Input<? extends String> vpc) {
        return new Requester(new End(account, vpc));
    }

    /** One half of a description; {@link #and} gives the other. Immutable. */
    public static final class Requester {
        private final End end;

        private Requester(End end) {
            this.end = end;
        }

        /** The VPC whose account accepts the peering, in the region of this handle. */
        public PeerVpcs and(AwsAccount account, String vpc) {
            return and(account, Input.value(vpc));
        }

        /** The VPC whose account accepts the peering, in the region of this handle. */
        public PeerVpcs and(AwsAccount account, Input<? extends String> vpc) {
            return new PeerVpcs(end, new End(account, vpc), List.of(), null, Duration.ofSeconds(1));
        }
    }

    /** A copy that also adds a route from a table of the requester's VPC to a block of the accepter's. */
    public PeerVpcs routeThere(Input<? extends String> table, Input<? extends Cidr> to) {
        return routesThere(table.map(List::of), to);
    }

    /** A copy that also adds routes from tables of the requester's VPC to a block of the accepter's. */
    public PeerVpcs routesThere(Input<? extends List<String>> tables, Input<? extends Cidr> to) {
        return with(new Ways(requester.account, tables, to));
    }

    /** A copy that also adds a route from a table of the accepter's VPC to a block of the requester's. */
    public PeerVpcs routeBack(Input<? extends String> table, Input<? extends Cidr> to) {
        return routesBack(table.map(List::of), to);
    }

    /** A copy that also adds routes from tables of the accepter's VPC to a block of the requester's. */
    public PeerVpcs routesBack(Input<? extends List<String>> tables, Input<? extends Cidr> to) {
        return with(new Ways(accepter.account, tables, to));
    }

    private PeerVpcs with(Ways more) {
        return new PeerVpcs(
                requester,
                accepter,
                Stream.concat(ways.stream(), Stream.of(more)).toList(),
                into,
                pollEvery);
    }

    /** Writes the peering's id under the key. */
    public PeerVpcs into(Key<String> key) {
        return new PeerVpcs(requester, accepter, ways, Objects.requireNonNull(key, "key"), pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public PeerVpcs pollEvery(Duration interval) {
        return new PeerVpcs(requester, accepter, ways, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("PeerVpcs").reading(requester.vpc, accepter.vpc);
        for (Ways each : ways) {
            contract = contract.reading(each.tables, each.to);
        }
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> own(context)
                .getOrMake(new OwnPeering.Ends(requester.vpc.get(state), accepter.vpc.get(state)))
                .flatMap(id -> routes(state, id, context)
                        .concatMap(OwnRoute::getOrMake)
                        .then(Mono.fromSupplier(() -> toOutputs(id)))));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> own(context).find(id -> findRoutes(state, id, context)));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> own(context).ids())
                .delayUntil(ids -> found instanceof Found.Done || ids.isEmpty() ? Mono.empty() : Mono.delay(sight()))
                .flatMapMany(ids -> routes(state, String.join(" or ", ids), context)
                        .concatMap(route -> route.removeIf(there -> ids.contains(there.vpcPeeringConnectionId()))))
                .then(Mono.defer(() -> own(context).remove()));
    }

    /** Checks the credentials of both handles and, if the VPCs are known, by a dry run that EC2 permits the request. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return requester
                .account
                .identity(requester.account.calls(context))
                .then(accepter.account.identity(accepter.account.calls(context)))
                .then(Mono.defer(() -> Mono.justOrEmpty(toEnds(state))))
                .flatMap(ends -> own(context).requestDryRun(ends));
    }

    /** A visibility window of five seconds. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    /** By then the routes and marks of an attempt that was cut off are seen: at the default interval twice EC2's usual time. */
    private Duration sight() {
        return pollEvery.multipliedBy(10);
    }

    private OwnPeering own(StepContext context) {
        return new OwnPeering(requester.account, accepter.account, context, pollEvery);
    }

    private Mono<Found> findRoutes(State state, String peering, StepContext context) {
        return routes(state, peering, context)
                .concatMap(OwnRoute::find)
                .filter(route -> !(route instanceof Found.Done))
                .next()
                .map(route -> Found.partly(peering + " is active, but not all routes are there: " + route))
                .defaultIfEmpty(Found.done(toOutputs(peering)));
    }

    private Flux<OwnRoute> routes(State state, String peering, StepContext context) {
        return Flux.fromIterable(ways).concatMapIterable(each -> each.tables.get(state).stream()
                .map(table -> new OwnRoute(
                        each.account, context, pollEvery, table, each.to.get(state), RouteTarget.PEERING, peering))
                .toList());
    }

    private Optional<OwnPeering.Ends> toEnds(State state) {
        Optional<? extends String> vpc = requester.vpc.find(state);
        Optional<? extends String> peer = accepter.vpc.find(state);
        return vpc.isPresent() && peer.isPresent()
                ? Optional.of(new OwnPeering.Ends(vpc.get(), peer.get()))
                : Optional.empty();
    }

    private Outputs toOutputs(String peering) {
        return into == null ? Outputs.none() : Outputs.of(into, peering);
    }
}
