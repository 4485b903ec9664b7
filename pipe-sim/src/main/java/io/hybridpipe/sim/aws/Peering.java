// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A peering connection between two VPCs as both its sides see it; immutable.
 *
 * <p>Its life is the one of "VPC peering connection lifecycle" in the VPC Peering Guide, with how long each side can still
 * see it at the end.
 *
 * @param id the same on both sides
 * @param requester who asked for it
 * @param accepter who is asked
 * @param state where it is in its life
 * @param message what the service says about the state
 * @param created when it was asked for
 * @param requesterSees until when the requester's side can see it
 * @param accepterSees until when the accepter's side can see it; the past while the request has not arrived there
 */
record Peering(
        String id,
        Side requester,
        Side accepter,
        State state,
        String message,
        Instant created,
        Instant requesterSees,
        Instant accepterSees)
        implements Model.Resource {

    static final Duration EXPIRY = Duration.ofDays(7);
    private static final Duration SHORT = Duration.ofHours(2);
    private static final Duration LONG = Duration.ofDays(2);

    /** One of the two VPCs; the block is empty when there is no such VPC. */
    record Side(String account, String region, String vpc, Optional<IPAddress> cidr) {
        boolean in(Region here) {
            return account.equals(here.account) && region.equals(here.name);
        }

        boolean sameVpc(Side other) {
            return account.equals(other.account) && region.equals(other.region) && vpc.equals(other.vpc);
        }

        @Override
        public String toString() {
            return account + "/" + region + "/" + vpc;
        }
    }

    /** Names and order as the API's {@code VpcPeeringConnectionStateReason} lists them. */
    enum State {
        INITIATING_REQUEST("initiating-request"),
        PENDING_ACCEPTANCE("pending-acceptance"),
        PROVISIONING("provisioning"),
        ACTIVE("active"),
        DELETING("deleting"),
        DELETED("deleted"),
        REJECTED("rejected"),
        FAILED("failed"),
        EXPIRED("expired");

        final String text;

        State(String text) {
            this.text = text;
        }

        /** Requested and not ended. */
        boolean live() {
            return compareTo(ACTIVE) <= 0;
        }

        boolean established() {
            return this == PROVISIONING || this == ACTIVE;
        }

        boolean requested() {
            return this == INITIATING_REQUEST || this == PENDING_ACCEPTANCE;
        }
    }

    static Peering requested(String id, Side requester, Side accepter, Instant now) {
        return new Peering(
                id,
                requester,
                accepter,
                State.INITIATING_REQUEST,
                "Initiating Request to " + accepter.account(),
                now,
                Instant.MAX,
                Instant.MIN);
    }

    Peering arrived() {
        return in(State.PENDING_ACCEPTANCE, "Pending Acceptance by " + accepter.account(), Instant.MAX, Instant.MAX);
    }

    Peering provisioning() {
        return in(State.PROVISIONING, "Provisioning", requesterSees, accepterSees);
    }

    Peering active() {
        return in(State.ACTIVE, "Active", requesterSees, accepterSees);
    }

    Peering failed(Instant now) {
        return in(
                State.FAILED,
                "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
                now.plus(SHORT),
                Instant.MIN);
    }

    Peering rejected(Instant now) {
        return in(
                State.REJECTED,
                "Rejected by " + accepter.account(),
                now.plus(oneAccount() ? SHORT : LONG),
                now.plus(SHORT));
    }

    Peering expired(Instant now) {
        return in(State.EXPIRED, "Expired", now.plus(LONG), now.plus(LONG));
    }

    Peering deleting(String account) {
        return in(State.DELETING, "Deleting by " + account, requesterSees, accepterSees);
    }

    Peering deleted(String account, Instant now) {
        var requesters = account.equals(requester.account()) ? SHORT : LONG;
        var accepters = account.equals(accepter.account()) ? SHORT : LONG;
        // a request that never arrived is not seen there at its end either
        var there = accepterSees.equals(Instant.MIN) ? Instant.MIN : now.plus(accepters);
        return in(State.DELETED, "Deleted by " + account, now.plus(requesters), there);
    }

    private boolean oneAccount() {
        return requester.account().equals(accepter.account());
    }

    private Peering in(State other, String why, Instant requesterUntil, Instant accepterUntil) {
        return new Peering(id, requester, accepter, other, why, created, requesterUntil, accepterUntil);
    }

    boolean overlaps() {
        return requester.cidr().isEmpty()
                || accepter.cidr().isEmpty()
                || requester.cidr().get().intersect(accepter.cidr().get()) != null;
    }

    boolean seenFrom(Region here, Instant now) {
        return requester.in(here) && now.isBefore(requesterSees) || accepter.in(here) && now.isBefore(accepterSees);
    }

    /** The other end for a VPC of a region, if that VPC is one of the two ends. */
    Optional<Side> farFrom(Region here, String vpc) {
        if (requester.in(here) && requester.vpc().equals(vpc)) {
            return Optional.of(accepter);
        }
        return accepter.in(here) && accepter.vpc().equals(vpc) ? Optional.of(requester) : Optional.empty();
    }

    @Override
    public String toString() {
        return "Peering[" + id + ", " + requester + " -> " + accepter + ", " + state.text + "]";
    }
}
