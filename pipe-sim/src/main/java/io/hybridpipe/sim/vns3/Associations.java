// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.lab.Vici;
import io.hybridpipe.sim.lab.ViciMessage;
import io.hybridpipe.sim.vns3.Negotiation.Counters;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The security associations that a charon has at one moment, as verdicts on tunnels. */
final class Associations {
    private static final Pattern NOTIFY = Pattern.compile("received ([A-Z_]+) (notify|error)");

    /** What charon says when the other side did not answer at all. */
    private static final Pattern SILENCE =
            Pattern.compile("giving up after|peer not responding|not established after|unreachable");

    /** An IKE_SA and one CHILD_SA in it. */
    private record Pair(ViciMessage ike, ViciMessage child) {}

    private final List<ViciMessage> events;

    private Associations(List<ViciMessage> events) {
        this.events = events;
    }

    /**
     * What a charon has.
     *
     * @throws IOException if it does not answer
     */
    static Associations in(Vici vici) throws IOException {
        return new Associations(
                vici.stream("list-sas", "list-sa", ViciMessage.empty()).events());
    }

    /** The CHILD_SA of a tunnel that is in use; an IKE_SA alone carries nothing. */
    Optional<ViciMessage> installed(Tunnel tunnel) {
        return find(tunnel).map(Pair::child);
    }

    private Optional<Pair> find(Tunnel tunnel) {
        String name = Connections.nameOf(tunnel);
        for (ViciMessage event : events) {
            for (ViciMessage ike : event.sections().values()) {
                for (ViciMessage child : ike.section("child-sas").sections().values()) {
                    boolean isIt = child.text("name").filter(name::equals).isPresent()
                            && child.text("state").filter("INSTALLED"::equals).isPresent();
                    if (isIt) {
                        return Optional.of(new Pair(ike, child));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<ViciMessage> established(Endpoint endpoint) {
        String name = Connections.nameOf(endpoint);
        return events.stream()
                .flatMap(event -> event.sections().entrySet().stream())
                .filter(ike -> ike.getKey().equals(name))
                .map(ike -> ike.getValue())
                .filter(ike -> ike.text("state").filter("ESTABLISHED"::equals).isPresent())
                .findFirst();
    }

    /** @param why what the latest negotiation ended with, if it did not bring the tunnel up */
    Verdict verdict(Endpoint endpoint, Tunnel tunnel, String why) {
        return find(tunnel)
                .map(pair -> Verdict.agreed(
                                "both sides agree", Algorithms.ofIke(pair.ike()), Algorithms.ofEsp(pair.child()))
                        .with(counters(pair)))
                .or(() -> established(endpoint).map(ike -> Verdict.phase2Failed(Algorithms.ofIke(ike), why)))
                .orElseGet(() -> Verdict.phase1Failed(why));
    }

    private static Counters counters(Pair pair) {
        return new Counters(
                pair.child().text("spi-in").orElse(""),
                pair.child().text("spi-out").orElse(""),
                number(pair.child(), "bytes-in"),
                number(pair.child(), "bytes-out"),
                number(pair.child(), "rekey-time"),
                number(pair.ike(), "rekey-time"));
    }

    private static long number(ViciMessage sa, String name) {
        return sa.text(name)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /** Why a negotiation failed: the error that the peer sent, or what charon itself says last. */
    static String why(Vici.Answer negotiated) {
        if (negotiated.success()) {
            return "both sides agree";
        }
        List<String> log = new ArrayList<>();
        negotiated.events().forEach(event -> event.text("msg").ifPresent(log::add));
        for (String line : log) {
            Matcher notify = NOTIFY.matcher(line);
            if (notify.find()) {
                return meaning(notify.group(1));
            }
        }
        boolean silent = SILENCE.matcher(negotiated.error()).find()
                || log.stream().anyMatch(line -> SILENCE.matcher(line).find());
        if (silent) {
            return "the peer does not answer";
        }
        return log.isEmpty() ? negotiated.error() : log.get(log.size() - 1);
    }

    private static String meaning(String notify) {
        return notify
                + switch (notify) {
                    case "AUTHENTICATION_FAILED" -> ": the pre-shared keys or the identities differ";
                    case "TS_UNACCEPTABLE" -> ": no tunnel at the other side mirrors the selectors";
                    case "NO_PROPOSAL_CHOSEN" -> ": no proposal in common";
                    default -> "";
                };
    }
}
