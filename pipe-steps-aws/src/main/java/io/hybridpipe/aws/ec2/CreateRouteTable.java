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
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociationStateCode;

/**
 * Makes a route table in a VPC and associates subnets with it.
 *
 * <pre>{@code
 * CreateRouteTable.in(accountA).vpc(VPC).associate(SUBNETS.map(AwsSubnets::ids)).into(VPC_ROUTES)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of VPC and subnets; <b>writes</b> the table's id.
 *
 * <p><b>Idempotent</b> by the client token of the create call, and by the tags of pipe, run, step and token that it sets, which
 * tell what became of it. AssociateRouteTable takes neither: the association of one of these subnets with the step's own table
 * is its own.
 *
 * <p><b>Retries:</b> throttling, lost connections, a VPC or subnets that EC2 does not show yet. A subnet that another table is
 * associated with ({@code Resource.AlreadyAssociated}) is permanent; the message says whose table that is.
 *
 * <p><b>Undo</b> takes the associations with these subnets back, deletes the table and waits until it is not seen any more. One
 * that somebody else has associated with a subnet meanwhile is refused by EC2 with {@code DependencyViolation}.
 *
 * <p>Calls and needs {@code ec2:} CreateRouteTable (also as a dry run before the run, if the VPC is known by then), CreateTags,
 * DescribeRouteTables, AssociateRouteTable, DisassociateRouteTable, DeleteRouteTable. Immutable.
 */
public final class CreateRouteTable implements Step {
    private final AwsAccount account;
    private final Input<? extends String> vpc;
    private final Input<? extends List<String>> subnets;
    private final @Nullable Key<String> into;
    private final Duration pollEvery;

    private CreateRouteTable(
            AwsAccount account,
            Input<? extends String> vpc,
            Input<? extends List<String>> subnets,
            @Nullable Key<String> into,
            Duration pollEvery) {
        this.account = account;
        this.vpc = vpc;
        this.subnets = subnets;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a route table in this account and region. */
    public static CreateRouteTable in(AwsAccount account) {
        return new CreateRouteTable(
                account, Missing.call("vpc(..)"), Input.value(List.of()), null, Duration.ofSeconds(1));
    }

    /** The VPC's id. */
    public CreateRouteTable vpc(String id) {
        return vpc(Input.value(id));
    }

    /** The VPC's id. */
    public CreateRouteTable vpc(Input<? extends String> id) {
        return new CreateRouteTable(account, id, subnets, into, pollEvery);
    }

    /** The ids of the subnets whose routes these shall be; defaults to none. */
    public CreateRouteTable associate(String... subnetIds) {
        return associate(Input.value(List.of(subnetIds)));
    }

    /** The ids of the subnets whose routes these shall be; defaults to none. */
    public CreateRouteTable associate(Input<? extends List<String>> subnetIds) {
        return new CreateRouteTable(account, vpc, subnetIds, into, pollEvery);
    }

    /** Writes the table's id under the key. */
    public CreateRouteTable into(Key<String> key) {
        return new CreateRouteTable(account, vpc, subnets, key, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public CreateRouteTable pollEvery(Duration interval) {
        return new CreateRouteTable(account, vpc, subnets, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateRouteTable").reading(vpc, subnets);
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<RouteTable> own = own(context);
            List<String> wanted = subnets.get(state);
            return own.getOrMake(table -> true, requestTable(own, vpc.get(state)))
                    .flatMap(table -> associateAll(own, table, wanted))
                    .map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<RouteTable> own = own(context);
            List<String> wanted = subnets.get(state);
            return own.all().map(all -> own.toFound(all, table -> toLack(table, wanted), this::toOutputs));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Own<RouteTable> own = own(context);
            List<String> wanted = subnets.get(state);
            return own.toRemove().flatMap(all -> own.remove(all, table -> disassociateAndDelete(own, table, wanted)));
        });
    }

    /** Checks the credentials and, if the VPC is known, by a dry run that EC2 permits the table. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<RouteTable> own = own(context);
        return account.identity(own.calls())
                .then(Mono.defer(() -> Mono.justOrEmpty(vpc.find(state))))
                .flatMap(id -> DryRun.of(own.calls(), "CreateRouteTable in " + id, () -> account.ec2()
                        .createRouteTable(
                                r -> r.vpcId(id).tagSpecifications(own.tags()).dryRun(true))));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<RouteTable> own(StepContext context) {
        return new Own<>(NetworkKinds.ROUTE_TABLE, account, context, pollEvery);
    }

    private Mono<RouteTable> associateAll(Own<RouteTable> own, RouteTable table, List<String> wanted) {
        List<String> missing = missing(table, wanted);
        if (missing.isEmpty()) {
            return Mono.just(table);
        }
        String id = table.routeTableId();
        return Flux.fromIterable(missing)
                .concatMap(subnet -> associate(own, id, subnet))
                .then(own.waitUntil(
                        id, there -> missing(there, wanted).isEmpty(), "is not associated with all of " + wanted));
    }

    private Mono<Void> associate(Own<RouteTable> own, String table, String subnet) {
        return requestAssociate(own, table, subnet)
                .onErrorResume(AwsFailures.hasCode("Resource.AlreadyAssociated"), refusal -> own.oursOrRefused(
                                refusal, own.search("association.subnet-id", List.of(subnet)))
                        .then());
    }

    private Mono<Void> disassociateAndDelete(Own<RouteTable> own, RouteTable table, List<String> wanted) {
        return Flux.fromIterable(table.associations())
                // one with a gateway has no subnet
                .filter(association -> association.subnetId() != null && wanted.contains(association.subnetId()))
                .concatMap(association -> requestDisassociate(own, association))
                .then(requestDelete(own, table.routeTableId()));
    }

    private Mono<String> requestTable(Own<RouteTable> own, String in) {
        return own.calls()
                .changing(
                        "CreateRouteTable in " + in,
                        () -> account.ec2().createRouteTable(r -> r.vpcId(in)
                                .tagSpecifications(own.tags())
                                .clientToken(own.context().token())),
                        made -> own.made(made.routeTable().routeTableId()))
                .map(made -> made.routeTable().routeTableId());
    }

    private Mono<Void> requestAssociate(Own<RouteTable> own, String table, String subnet) {
        return own.calls()
                .changing("AssociateRouteTable " + table + " with " + subnet, () -> account.ec2()
                        .associateRouteTable(r -> r.routeTableId(table).subnetId(subnet)))
                .then();
    }

    private Mono<Void> requestDisassociate(Own<RouteTable> own, RouteTableAssociation association) {
        String id = association.routeTableAssociationId();
        return own.calls()
                .changing(
                        "DisassociateRouteTable " + id + " of " + association.routeTableId() + " with "
                                + association.subnetId(),
                        () -> account.ec2().disassociateRouteTable(r -> r.associationId(id)))
                .onErrorResume(AwsFailures.hasCode("InvalidAssociationID.NotFound"), gone -> Mono.empty())
                .then();
    }

    private Mono<Void> requestDelete(Own<RouteTable> own, String id) {
        return own.calls()
                .changing("DeleteRouteTable " + id, () -> account.ec2().deleteRouteTable(r -> r.routeTableId(id)))
                .then();
    }

    private static List<String> missing(RouteTable table, List<String> wanted) {
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(table.associations().stream()
                .filter(CreateRouteTable::isInForce)
                .map(RouteTableAssociation::subnetId)
                .toList());
        return missing;
    }

    private static boolean isInForce(RouteTableAssociation association) {
        return association.associationState() == null
                || association.associationState().state() == RouteTableAssociationStateCode.ASSOCIATED;
    }

    private static Optional<String> toLack(RouteTable table, List<String> wanted) {
        List<String> missing = missing(table, wanted);
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("is not associated with " + String.join(", ", missing));
    }

    private Outputs toOutputs(RouteTable table) {
        return into == null ? Outputs.none() : Outputs.of(into, table.routeTableId());
    }
}
