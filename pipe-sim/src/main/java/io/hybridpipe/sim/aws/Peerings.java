// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Peering.Side;
import io.hybridpipe.sim.aws.Peering.State;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * What one region of an account may do with peerings, and when it happens. Guarded by the monitor of its region; changes are
 * made under the {@link Exchange}'s.
 */
final class Peerings {

    /** Simulated time of each change that the service makes by itself. */
    static final Duration STEP = Duration.ofSeconds(1);

    /** From "Amazon VPC quotas": outstanding requests, and active connections of a VPC. */
    static final int OUTSTANDING = 25;

    static final int ACTIVE_PER_VPC = 50;

    private final Region region;
    private final Exchange exchange;

    Peerings(Region region) {
        this.region = region;
        this.exchange = region.shared.exchange();
    }

    /** A request, or the one that is already under way or active between the same VPCs in the same direction. */
    Peering request(String vpc, String peerAccount, String peerRegion, String peerVpc) {
        region.vpcStore.get(vpc);
        if (peerAccount.equals(region.account) && peerRegion.equals(region.name)) {
            region.vpcStore.get(peerVpc);
        }
        synchronized (exchange) {
            var requester = exchange.side(region.account, region.name, vpc);
            var accepter = exchange.side(peerAccount, peerRegion, peerVpc);
            Predicate<Peering> ours = peering -> peering.requester().sameVpc(requester);
            var same = exchange.where(ours.and(peering -> peering.state().live())
                    .and(peering -> peering.accepter().sameVpc(accepter)));
            if (!same.isEmpty()) {
                return same.get(0);
            }
            if (exchange.where(ours.and(peering -> peering.state().requested())).size() >= OUTSTANDING) {
                throw AwsError.of(
                        "OutstandingVpcPeeringConnectionLimitExceeded",
                        "The maximum number of outstanding VPC peering connection requests has been reached.");
            }
            var made = exchange.put(
                    Peering.requested(region.ids.next("pcx"), requester, accepter, region.clock.instant()));
            region.allOrNothing.after(STEP.plus(region.shared.visibleAfter()), () -> arrive(made.id()));
            region.allOrNothing.after(
                    Peering.EXPIRY,
                    () -> exchange.turn(
                            made.id(),
                            peering -> peering.state() == State.PENDING_ACCEPTANCE,
                            peering -> peering.expired(region.clock.instant())));
            return made;
        }
    }

    private void arrive(String id) {
        exchange.turn(
                id,
                peering -> peering.state() == State.INITIATING_REQUEST,
                peering -> peering.overlaps() ? peering.failed(region.clock.instant()) : peering.arrived());
    }

    Peering accept(String id) {
        synchronized (exchange) {
            return establish(answerable(id, "accept", "active"));
        }
    }

    /** Accepts a request of this region for its other side, as CloudFormation does with that side's role. */
    void acceptForOtherSide(String id) {
        synchronized (exchange) {
            exchange.find(id)
                    .filter(peering -> peering.state() == State.PENDING_ACCEPTANCE)
                    .ifPresent(this::establish);
        }
    }

    /** Called with the exchange's monitor held. */
    private Peering establish(Peering peering) {
        for (var side : new Side[] {peering.requester(), peering.accepter()}) {
            if (exchange.side(side.account(), side.region(), side.vpc()).cidr().isEmpty()) {
                throw region.vpcStore.notFound(side.vpc());
            }
            if (exchange.where(other -> other.state().established() && touches(other, side))
                            .size()
                    >= ACTIVE_PER_VPC) {
                throw AwsError.of(
                        "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
                        "The maximum number of active VPC peering connections for VPC %s has been reached.",
                        side.vpc());
            }
        }
        exchange.where(other -> other.state().established()
                        && touches(other, peering.requester())
                        && touches(other, peering.accepter()))
                .forEach(other -> {
                    throw AwsError.of(
                            "VpcPeeringConnectionAlreadyExists",
                            "The vpc peering connection identified by %s already exists.",
                            other.id());
                });
        region.allOrNothing.after(
                STEP, () -> exchange.turn(peering.id(), now -> now.state() == State.PROVISIONING, Peering::active));
        return exchange.put(peering.provisioning());
    }

    void reject(String id) {
        synchronized (exchange) {
            exchange.put(answerable(id, "reject", "rejected").rejected(region.clock.instant()));
        }
    }

    /** The request, if this region is where it can be answered. */
    private Peering answerable(String id, String verb, String wanted) {
        var peering = region.peeringStore.get(id);
        if (!peering.accepter().in(region)) {
            if (!peering.accepter().account().equals(region.account)) {
                throw AwsError.of("OperationNotPermitted", "User (%s) cannot %s peering %s", region.account, verb, id);
            }
            throw AwsError.of(
                    "OperationNotPermitted",
                    "Incorrect region (%s) specified for this request. VPC peering connection %s must be %sed in region"
                            + " %s",
                    region.name,
                    id,
                    verb,
                    peering.accepter().region());
        }
        if (peering.state() != State.PENDING_ACCEPTANCE) {
            throw wrongState(peering, wanted);
        }
        return peering;
    }

    void delete(String id) {
        synchronized (exchange) {
            var peering = region.peeringStore.get(id);
            if (!peering.state().live()
                    || peering.state().requested() && !peering.requester().in(region)) {
                throw wrongState(peering, "deleting");
            }
            end(peering);
        }
    }

    private void end(Peering peering) {
        exchange.put(peering.deleting(region.account));
        region.allOrNothing.after(
                STEP,
                () -> exchange.turn(
                        peering.id(),
                        now -> now.state() == State.DELETING,
                        now -> now.deleted(region.account, region.clock.instant())));
    }

    private static AwsError wrongState(Peering peering, String wanted) {
        return AwsError.of(
                "InvalidStateTransition",
                "Invalid state transition for %s, attempted to transition from %s to %s",
                peering.id(),
                peering.state().text,
                wanted);
    }

    /**
     * Whether a VPC cannot be deleted because of a peering: one that is established, or a request from another account that
     * waits for an answer ("Delete a VPC peering connection" in the VPC Peering Guide).
     */
    boolean hold(String vpc) {
        var here = exchange.side(region.account, region.name, vpc);
        return !exchange.where(peering -> touches(peering, here)
                        && (peering.state().established()
                                || peering.state() == State.PENDING_ACCEPTANCE
                                        && peering.accepter().sameVpc(here)
                                        && !peering.requester().account().equals(region.account)))
                .isEmpty();
    }

    /** Deletes the open requests of a VPC that is being deleted, and takes it off the exchange. */
    void vpcGone(String vpc) {
        synchronized (exchange) {
            var here = exchange.side(region.account, region.name, vpc);
            exchange.where(peering -> peering.state().requested() && touches(peering, here))
                    .forEach(this::end);
            exchange.vpcGone(region, vpc);
        }
    }

    /** Whether packets pass. */
    boolean active(String id) {
        return region.peeringStore
                .find(id)
                .filter(peering -> peering.state() == State.ACTIVE)
                .isPresent();
    }

    private static boolean touches(Peering peering, Side side) {
        return peering.requester().sameVpc(side) || peering.accepter().sameVpc(side);
    }
}
