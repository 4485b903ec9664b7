// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Ipsec;
import io.hybridpipe.vns3.api.TunnelStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Both sides of a peering together, in one attempt of {@link IpsecPeer}. */
final class IpsecPeering {
    private static final Duration HISTORY_WITHIN = Duration.ofSeconds(10);

    private final PeeringSide local;
    private final PeeringSide remote;
    private final Duration every;
    private final Duration within;

    IpsecPeering(PeeringSide local, PeeringSide remote, Duration every, Duration within) {
        this.local = local;
        this.remote = remote;
        this.every = every;
        this.within = within;
    }

    /** Makes what is missing on both sides and waits until they are connected. */
    Mono<Tunnel> join() {
        return Mono.zip(local.look(), remote.look())
                .flatMap(seen -> Mono.zip(
                        local.make(seen.getT1(), seen.getT2().identity()),
                        remote.make(seen.getT2(), seen.getT1().identity()),
                        Tunnel::new))
                .flatMap(tunnel -> trouble(tunnel)
                        .flatMap(trouble -> trouble.isEmpty()
                                ? Mono.just(tunnel)
                                : Mono.error(StepFailure.permanent("tunnel " + tunnel + " " + trouble.get()))));
    }

    /** Looks what is there; of a peering that is configured on both sides it waits to see whether it connects. */
    Mono<Found> find(Function<Tunnel, Outputs> outputs) {
        return Mono.zip(local.look(), remote.look()).flatMap(seen -> {
            Ipsec here = seen.getT1();
            Ipsec there = seen.getT2();
            Optional<Tunnel.Side> localSide = local.whole(here, there.identity());
            Optional<Tunnel.Side> remoteSide = remote.whole(there, here.identity());
            if (localSide.isPresent() && remoteSide.isPresent()) {
                Tunnel tunnel = new Tunnel(localSide.get(), remoteSide.get());
                return trouble(tunnel).map(trouble -> trouble.<Found>map(Found::partly)
                        .orElseGet(() -> Found.done(outputs.apply(tunnel))));
            }
            boolean nothing = local.made(here).isEmpty() && remote.made(there).isEmpty();
            return Mono.just(
                    nothing
                            ? Found.absent()
                            : Found.partly(describe(local, here, localSide.isPresent()) + ", "
                                    + describe(remote, there, remoteSide.isPresent())));
        });
    }

    /** Takes away what was made, on both sides at once; neither is left because of the other. */
    Mono<Void> part() {
        return Removal.onAll(List.of(gone(local), gone(remote)), 2);
    }

    private Mono<Void> gone(PeeringSide side) {
        return Removal.untilGone(side.takeAway(), every, "an endpoint", side.self());
    }

    /** Empty once both sides say that all is connected; what is wrong when the time is up. */
    private Mono<Optional<String>> trouble(Tunnel tunnel) {
        AtomicReference<List<Report>> last = new AtomicReference<>(List.of());
        Mono<Optional<String>> look = Mono.zip(report(local, tunnel.local()), report(remote, tunnel.remote()), List::of)
                .doOnNext(last::set)
                .filter(reports -> reports.stream().allMatch(Report::connected))
                .map(reports -> Optional.empty());
        return Looks.until(look, every, within, () -> Flux.fromIterable(Objects.requireNonNull(last.get()))
                .concatMap(IpsecPeering::withPast)
                .collect(Collectors.joining("; "))
                .map(told -> Optional.of("is not connected after " + within + ": "
                        + (told.isEmpty() ? "neither side has answered" : told))));
    }

    /** What one side says, and which of its ends it does not say to be connected. */
    private record Report(PeeringSide side, boolean connected, List<Tunnel.End> down, String text) {}

    private static Mono<Report> report(PeeringSide side, Tunnel.Side ends) {
        return side.statuses(ends)
                .map(seen -> toReport(side, ends.ends(), seen))
                .onErrorResume(
                        FailureClass::isPassing,
                        failure -> Mono.just(new Report(side, false, List.of(), side.self() + " does not answer")));
    }

    /** Of several tunnels, those that are not connected are told by their subnets. */
    private static Report toReport(PeeringSide side, List<Tunnel.End> ends, Map<Tunnel.End, TunnelStatus> seen) {
        List<Tunnel.End> down = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            Optional<TunnelStatus> status = Optional.ofNullable(seen.get(ends.get(i)));
            if (status.filter(TunnelStatus::connected).isEmpty()) {
                troubles.add((ends.size() == 1 ? "" : "of " + side.wanted().get(i) + " ") + toText(status));
                status.ifPresent(listed -> down.addAll(
                        ends.stream().filter(end -> end.tunnel() == listed.id()).toList()));
            }
        }
        boolean connected = troubles.isEmpty();
        String text = side.self() + " " + (connected ? "says connected" : String.join(", ", troubles));
        return new Report(side, connected, down, text);
    }

    /** The report with when what is down was up last, as far as that side tells. */
    private static Mono<String> withPast(Report report) {
        return report.down().isEmpty()
                ? Mono.just(report.text())
                : report.side()
                        .lastUp(report.down())
                        .map(last -> report.text() + " ("
                                + last.map(at -> "last up at " + at).orElse("never up") + ")")
                        .timeout(HISTORY_WITHIN)
                        // a look at the past must not hide what is wrong now
                        .onErrorReturn(report.text());
    }

    private static String toText(Optional<TunnelStatus> status) {
        if (status.isEmpty()) {
            return "does not list it";
        }
        if (!isUp(status.get().phase1())) {
            return "says phase 1 (IKE) is down: check addresses, pre-shared key, phase1 proposals and UDP 500 and 4500";
        }
        if (!isUp(status.get().phase2())) {
            return "says phase 2 (ESP) is down: check that the subnets of both sides mirror each other, perfect forward"
                    + " secrecy and phase2 proposals";
        }
        return "says both phases are up but not connected";
    }

    private static boolean isUp(Optional<String> phase) {
        return phase.filter("up"::equalsIgnoreCase).isPresent();
    }

    private static String describe(PeeringSide side, Ipsec seen, boolean isWhole) {
        if (isWhole) {
            return side.self() + " is configured";
        }
        return side.self() + (side.made(seen).isEmpty() ? " has nothing" : " has a part, or something else");
    }
}
