// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether two controllers agree on a tunnel, and if not, on what they disagree: the rules of IKE as far as configuration
 * decides them.
 *
 * <p>Phase 1 is about who the other is, its key and algorithms; phase 2 about what may pass. Where the controller's public
 * description is silent, both sides are asked to be told the same.
 */
final class Negotiation {

    /** One side: its addresses, and all that it was told about others. */
    record Side(
            String name, IPAddress privateAddress, IPAddress address, String ikeAddress, List<Endpoint> endpoints) {}

    /**
     * How far a negotiation came, and why no further.
     *
     * @param counters what a real gateway counts; empty where only rules decide
     */
    record Verdict(
            boolean phase1,
            boolean phase2,
            String why,
            Optional<Proposal> ike,
            Optional<Proposal> esp,
            Optional<Counters> counters) {

        static Verdict phase1Failed(String why) {
            return new Verdict(false, false, why, Optional.empty(), Optional.empty(), Optional.empty());
        }

        static Verdict phase2Failed(Proposal ike, String why) {
            return new Verdict(true, false, why, Optional.of(ike), Optional.empty(), Optional.empty());
        }

        static Verdict agreed(String why, Proposal ike, Proposal esp) {
            return new Verdict(true, true, why, Optional.of(ike), Optional.of(esp), Optional.empty());
        }

        Verdict with(Counters counted) {
            return new Verdict(phase1, phase2, why, ike, esp, Optional.of(counted));
        }

        boolean up() {
            return phase1 && phase2;
        }

        private int progress() {
            return (phase1 ? 1 : 0) + (phase2 ? 1 : 0);
        }
    }

    /** The names of the two associations of a tunnel that is up, what they carried, and for how long they are good. */
    record Counters(
            String inboundSpi, String outboundSpi, long bytesIn, long bytesOut, long espSeconds, long ikeSeconds) {}

    private Negotiation() {}

    /** What comes of a tunnel when packets get through; the best of all that the other side has for this one. */
    static Verdict between(Side here, Endpoint ours, Tunnel tunnel, Side there) {
        boolean overPublic = ours.gateway().equals(there.address());
        IPAddress seenAs = overPublic ? here.address() : here.privateAddress();
        return there.endpoints().stream()
                .filter(theirs -> theirs.gateway().equals(seenAs))
                .map(theirs -> judge(here, ours, tunnel, there, theirs))
                .max(Comparator.comparingInt(Verdict::progress))
                .orElseGet(() -> Verdict.phase1Failed(there.name() + " has no endpoint for " + seenAs));
    }

    private static Verdict judge(Side here, Endpoint ours, Tunnel tunnel, Side there, Endpoint theirs) {
        if (!identifies(ours, there, theirs)) {
            return Verdict.phase1Failed(here.name() + " expects another identity than the one of " + there.name());
        }
        if (!identifies(theirs, here, ours)) {
            return Verdict.phase1Failed(there.name() + " expects another identity than the one of " + here.name());
        }
        if (ours.ikeVersion() != theirs.ikeVersion()) {
            return Verdict.phase1Failed(
                    "IKE version " + ours.ikeVersion() + " here, " + theirs.ikeVersion() + " there");
        }
        if (!ours.psk().equals(theirs.psk())) {
            return Verdict.phase1Failed("the pre-shared keys differ");
        }
        Optional<Proposal> ike =
                Proposal.agree(offer(ours, "phase1", Proposal.PHASE1), offer(theirs, "phase1", Proposal.PHASE1));
        if (ike.isEmpty()) {
            return Verdict.phase1Failed("no phase 1 proposal in common");
        }
        return judgePhase2(ours, tunnel, theirs, ike.get());
    }

    private static Verdict judgePhase2(Endpoint ours, Tunnel tunnel, Endpoint theirs, Proposal ike) {
        if (ours.natT() != theirs.natT()) {
            return Verdict.phase2Failed(ike, "NAT traversal is on at one side and off at the other");
        }
        if (ours.pfs() != theirs.pfs()) {
            return Verdict.phase2Failed(ike, "perfect forward secrecy is on at one side and off at the other");
        }
        if (ours.type() != theirs.type()) {
            return Verdict.phase2Failed(
                    ike,
                    "VPN type " + ours.type().wire() + " here, " + theirs.type().wire() + " there");
        }
        List<Selectors> wanted = ours.selectors(tunnel);
        List<Tunnel> mirrored = theirs.tunnelsInOrder().stream()
                .filter(other -> Selectors.mirror(wanted, theirs.selectors(other)))
                .toList();
        if (mirrored.isEmpty()) {
            String texts = wanted.stream().map(Selectors::selectors).collect(Collectors.joining(" and "));
            return Verdict.phase2Failed(ike, "no tunnel at the other side mirrors " + texts);
        }
        if (mirrored.stream().noneMatch(Tunnel::enabled)) {
            return Verdict.phase2Failed(ike, "the tunnel is disabled at the other side");
        }
        Optional<Proposal> esp =
                Proposal.agree(offer(ours, "phase2", Proposal.PHASE2), offer(theirs, "phase2", Proposal.PHASE2));
        return esp.isEmpty()
                ? Verdict.phase2Failed(ike, "no phase 2 proposal in common")
                : Verdict.agreed("both sides agree", ike, esp.get());
    }

    /**
     * Whether {@code expecting} takes the other side for who it says it is: by the NAT identity where one was given, else
     * by the gateway address, unless the other side was told to call itself something else.
     */
    private static boolean identifies(Endpoint expecting, Side other, Endpoint othersView) {
        Optional<String> chosen = othersView.extra("local-peer-id");
        String expected = expecting.identity().orElse(expecting.gateway()).toString();
        if (chosen.isPresent()) {
            return chosen.get().equals(expected);
        }
        return other.privateAddress().toString().equals(expected)
                || other.address().toString().equals(expected)
                || other.ikeAddress().equals(expected);
    }

    private static String offer(Endpoint endpoint, String phase, String otherwise) {
        return endpoint.extra(phase).orElse(otherwise);
    }
}
