// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.ACTIVE;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.DELETED;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.DELETING;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.EXPIRED;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.FAILED;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.PENDING_ACCEPTANCE;
import static software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode.REJECTED;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.aws.CallerIdentity;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateVpcPeeringConnectionRequest;
import software.amazon.awssdk.services.ec2.model.CreateVpcPeeringConnectionResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcPeeringConnectionsResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnectionStateReasonCode;

/**
 * The peering connection that one step of a run makes, as both its sides see it: one id, but tags of each account's own.
 *
 * <p>Its states are those of "VPC peering connection lifecycle" in the VPC Peering Guide. One that has ended is shown for
 * hours, and counts as gone.
 */
record OwnPeering(AwsAccount requester, AwsAccount accepter, StepContext context, Duration pollEvery) {
    private static final Duration ACTIVE_WITHIN = Duration.ofMinutes(5);
    private static final Duration GONE_WITHIN = Duration.ofMinutes(10);

    private static final Set<VpcPeeringConnectionStateReasonCode> ENDED = Set.of(DELETED, REJECTED, FAILED, EXPIRED);

    static final Kind<VpcPeeringConnection> LIVE = new Kind<>(
            "AWS::EC2::VPCPeeringConnection",
            ResourceType.VPC_PEERING_CONNECTION,
            "ec2 describe-vpc-peering-connections --vpc-peering-connection-ids",
            "vpc-peering-connection-id",
            VpcPeeringConnection::vpcPeeringConnectionId,
            VpcPeeringConnection::tags,
            (account, calls, filters) ->
                    describe(account, calls, filters).filter(peering -> !ENDED.contains(stateOf(peering))));

    /** The two VPCs, in the order of requester and accepter. */
    record Ends(String vpc, String peerVpc) {}

    /** The id of the one that an earlier attempt requested, or else of a new one, as soon as it is active and tagged on both sides. */
    Mono<String> getOrMake(Ends ends) {
        return own().all()
                .flatMap(all ->
                        own().current(all).stream().findFirst().map(Mono::just).orElseGet(() -> requestPeering(ends)))
                .flatMap(first -> finish(first.vpcPeeringConnectionId(), isKnown(first)));
    }

    private Mono<String> finish(String id, boolean known) {
        return waitUntilActive(id, known)
                .doOnNext(there -> own().made(id))
                .flatMap(there -> isTagged(there) ? Mono.empty() : requestTags(id))
                .thenReturn(id);
    }

    /** Whether it is the step's own, even if a look does not show its tags yet. */
    private boolean isKnown(VpcPeeringConnection answered) {
        return isTagged(answered) || own().isMadeBefore(answered.vpcPeeringConnectionId());
    }

    /**
     * What became of an attempt.
     *
     * @param rest says what became of all else, given the id of a peering that is active and tagged on both sides
     */
    Mono<Found> find(Function<String, Mono<Found>> rest) {
        return own().all().flatMap(all -> {
            Found here = own().toFound(all, peering -> lackOf(peering, requester), peering -> Outputs.none());
            return here instanceof Found.Done ? findThere(all.get(0).vpcPeeringConnectionId(), rest) : Mono.just(here);
        });
    }

    private Mono<Found> findThere(String id, Function<String, Mono<Found>> rest) {
        return seenFrom(accepter, id)
                .map(this::lackThere)
                .defaultIfEmpty(Optional.of("is not seen in " + accepter.where()))
                .flatMap(lack -> lack.map(text -> Mono.just(Found.partly(id + " " + text)))
                        .orElseGet(() -> rest.apply(id)));
    }

    /** The ids of all that this step is known to have made, whether they are still seen or not. */
    Mono<Set<String>> ids() {
        Stream<String> told = context.madeBefore().stream()
                .filter(resource -> resource.kind().equals(LIVE.type()))
                .map(Resource::id);
        return own().all()
                .map(all -> Stream.concat(told, all.stream().map(LIVE.id())).collect(Collectors.toSet()));
    }

    /** Deletes it and waits until it has ended on both sides. */
    Mono<Void> remove() {
        return own().toRemove()
                .flatMap(all -> own().remove(all, peering -> requestDelete(peering.vpcPeeringConnectionId()))
                        .thenMany(Flux.fromIterable(all))
                        .concatMap(peering -> waitUntilGoneThere(peering.vpcPeeringConnectionId()))
                        .then());
    }

    /** Asks EC2 whether it would permit the request, without making it. */
    Mono<Void> requestDryRun(Ends ends) {
        return accepter.identity(accepter.calls(context))
                .flatMap(peer -> DryRun.of(own().calls(), whatFor(ends), () -> requester
                        .ec2()
                        .createVpcPeeringConnection(
                                toRequest(ends, peer).toBuilder().dryRun(true).build())));
    }

    private Own<VpcPeeringConnection> own() {
        return new Own<>(LIVE, requester, context, pollEvery);
    }

    private Mono<VpcPeeringConnection> requestPeering(Ends ends) {
        return accepter.identity(accepter.calls(context)).flatMap(peer -> own().calls()
                .changing(
                        whatFor(ends),
                        () -> requester.ec2().createVpcPeeringConnection(toRequest(ends, peer)),
                        // EC2 answers with the one that exists, if there is one: only what bears the tags is made
                        made -> Optional.of(made.vpcPeeringConnection())
                                .filter(this::isTagged)
                                .ifPresent(peering -> own().made(peering.vpcPeeringConnectionId())))
                .map(CreateVpcPeeringConnectionResponse::vpcPeeringConnection));
    }

    private String whatFor(Ends ends) {
        return "CreateVpcPeeringConnection " + ends.vpc + " with " + ends.peerVpc + " of " + accepter.where();
    }

    private CreateVpcPeeringConnectionRequest toRequest(Ends ends, CallerIdentity peer) {
        return CreateVpcPeeringConnectionRequest.builder()
                .vpcId(ends.vpc)
                .peerVpcId(ends.peerVpc)
                .peerOwnerId(peer.account())
                .peerRegion(accepter.region())
                .tagSpecifications(own().tags())
                .build();
    }

    /**
     * The accepter's view of it, once it is active on both sides.
     *
     * @param known whether it is the step's own whatever tags a look shows
     */
    private Mono<VpcPeeringConnection> waitUntilActive(String id, boolean known) {
        Mono<VpcPeeringConnection> look = seenFrom(requester, id)
                .flatMap(here -> checkedHere(here, known))
                .flatMap(this::acceptOrSee);
        return Looks.until(
                Looks.patient(look),
                pollEvery,
                ACTIVE_WITHIN,
                () -> Mono.error(StepFailure.of(
                        FailureClass.TRANSIENT,
                        id + " between " + requester.where() + " and " + accepter.where() + " is not active after "
                                + ACTIVE_WITHIN)));
    }

    private Mono<VpcPeeringConnection> checkedHere(VpcPeeringConnection here, boolean known) {
        String id = here.vpcPeeringConnectionId();
        if (ENDED.contains(stateOf(here)) || stateOf(here) == DELETING) {
            return Mono.error(() -> {
                context.gone(own().toResource(id));
                return StepFailure.permanent(id + " between " + requester.where() + " and " + accepter.where()
                        + " will not be active: it is " + here.status().codeAsString() + ": "
                        + here.status().message());
            });
        }
        if (!known && !isTagged(here)) {
            return Mono.error(() -> StepFailure.permanent("the VPCs are peered by " + id + " in " + requester.where()
                    + " already (" + here.status().codeAsString() + ", " + ownerOf(here)
                    + "); it is left as it is"));
        }
        return Mono.just(here);
    }

    private Mono<VpcPeeringConnection> acceptOrSee(VpcPeeringConnection here) {
        String id = here.vpcPeeringConnectionId();
        Mono<VpcPeeringConnection> alike = seenFrom(accepter, id).filter(there -> stateOf(there) == stateOf(here));
        if (stateOf(here) == PENDING_ACCEPTANCE) {
            return alike.flatMap(there -> requestAccept(id)).then(Mono.empty());
        }
        return stateOf(here) == ACTIVE ? alike : Mono.empty();
    }

    // whether it was accepted is seen by the next look, whatever became of the answer
    private Mono<?> requestAccept(String id) {
        return accepter.calls(context)
                .changing("AcceptVpcPeeringConnection " + id, () -> accepter.ec2()
                        .acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)))
                .then()
                .onErrorResume(
                        failure -> FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME
                                || FailureClass.of(failure) == FailureClass.NOT_YET_VISIBLE,
                        unknown -> Mono.empty())
                .onErrorResume(AwsFailures.hasCode("InvalidStateTransition"), moved -> Mono.empty());
    }

    private Mono<Void> requestTags(String id) {
        return accepter.calls(context)
                .changing("CreateTags " + id, () -> accepter.ec2()
                        .createTags(r -> r.resources(id).tags(own().tags().tags())))
                .then();
    }

    private Mono<?> requestDelete(String id) {
        return requestDelete(requester, id)
                .onErrorResume(
                        failure -> FailureClass.of(failure) == FailureClass.PERMANENT,
                        here -> requestDelete(accepter, id).onErrorMap(there -> {
                            here.addSuppressed(there);
                            return here;
                        }));
    }

    private Mono<Void> requestDelete(AwsAccount side, String id) {
        return side.calls(context)
                .changing("DeleteVpcPeeringConnection " + id, () -> side.ec2()
                        .deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)))
                .then()
                // it is being deleted, or has ended: the wait that follows tells
                .onErrorResume(AwsFailures.hasCode("InvalidStateTransition"), ended -> Mono.empty());
    }

    private Mono<Void> waitUntilGoneThere(String id) {
        Mono<Boolean> look = new Own<>(LIVE, accepter, context, pollEvery)
                .find(id)
                .hasElement()
                .filter(there -> !there);
        return Looks.until(
                        Looks.patient(look),
                        pollEvery,
                        GONE_WITHIN,
                        () -> Mono.error(StepFailure.of(
                                FailureClass.TRANSIENT,
                                id + " is still there in " + accepter.where() + " " + GONE_WITHIN
                                        + " after its delete")))
                .then();
    }

    private Mono<VpcPeeringConnection> seenFrom(AwsAccount side, String id) {
        return describe(
                        side,
                        side.calls(context),
                        List.of(Filter.builder()
                                .name(LIVE.idFilter())
                                .values(id)
                                .build()))
                .next();
    }

    private Optional<String> lackThere(VpcPeeringConnection there) {
        return lackOf(there, accepter)
                .or(() -> isTagged(there)
                        ? Optional.empty()
                        : Optional.of("bears no tags of the step in " + accepter.where()));
    }

    private static Optional<String> lackOf(VpcPeeringConnection peering, AwsAccount side) {
        return Optional.of("is " + peering.status().codeAsString() + " in " + side.where())
                .filter(state -> stateOf(peering) != ACTIVE);
    }

    /** Whether it bears the step's tags on the side that it is seen from. */
    private boolean isTagged(VpcPeeringConnection peering) {
        return ownerOf(peering).isAttemptOf(context);
    }

    private static Owner ownerOf(VpcPeeringConnection peering) {
        return new Owner(peering.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    private static VpcPeeringConnectionStateReasonCode stateOf(VpcPeeringConnection peering) {
        return peering.status().code();
    }

    private static Flux<VpcPeeringConnection> describe(AwsAccount account, AwsCalls calls, List<Filter> filters) {
        return calls.readingAll(
                "DescribeVpcPeeringConnections",
                page -> account.ec2()
                        .describeVpcPeeringConnections(r -> r.filters(filters).nextToken(page)),
                DescribeVpcPeeringConnectionsResponse::vpcPeeringConnections,
                DescribeVpcPeeringConnectionsResponse::nextToken);
    }
}
