// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** All sides of a mesh together, in one attempt of {@link PeerMesh}. */
final class Mesh {
    static final int AT_ONCE = 8;

    private static final int TOLD = 6;

    private final List<MeshSide> sides;
    private final Duration every;
    private final Duration within;

    Mesh(List<MeshSide> sides, Duration every, Duration within) {
        this.sides = sides;
        this.every = every;
        this.within = within;
    }

    /** Makes what is missing on all sides and waits until all pairs reach each other. */
    Mono<Void> join() {
        return look().flatMap(seen -> {
            Optional<String> refused = problem(seen).or(() -> seen.stream()
                    .flatMap(one -> one.otherwise(seen).stream())
                    .findFirst());
            return refused.isPresent()
                    ? Mono.error(StepFailure.permanent(refused.get()))
                    : make(seen)
                            .then(Mono.defer(() -> trouble(seen)))
                            .flatMap(trouble -> trouble.isEmpty()
                                    ? Mono.empty()
                                    : Mono.error(StepFailure.permanent(trouble.get())));
        });
    }

    /** Looks what is there; of a mesh that is configured on all sides it waits to see whether the pairs reach each other. */
    Mono<Found> find() {
        return look().flatMap(seen -> {
            List<MeshSide.Link> ours =
                    seen.stream().flatMap(one -> one.ours().stream()).toList();
            Optional<String> problem = problem(seen);
            if (ours.isEmpty()) {
                return Mono.just(Found.absent());
            }
            if (problem.isPresent()) {
                return Mono.just(Found.partly(problem.get()));
            }
            long missing =
                    seen.stream().mapToLong(one -> one.missing(seen).size()).sum();
            return missing == 0
                    ? trouble(seen).map(trouble -> trouble.<Found>map(Found::partly)
                            .orElseGet(() -> Found.done(Outputs.none())))
                    : Mono.just(Found.partly(ours.size() + " peers of this step's are there, and " + missing
                            + " of the mesh are missing"));
        });
    }

    /** Takes away what was made, on all sides at once; none is left because of another. */
    Mono<Void> part() {
        return Removal.onAll(
                sides.stream()
                        .map(side -> Removal.untilGone(side.takeAway(), every, "a peer", side.self()))
                        .toList(),
                AT_ONCE);
    }

    private Mono<List<MeshSide.Seen>> look() {
        return Flux.fromIterable(sides)
                .flatMapSequential(MeshSide::look, AT_ONCE)
                .collectList();
    }

    private static Mono<Void> make(List<MeshSide.Seen> seen) {
        return Flux.fromIterable(seen)
                .flatMap(one -> Flux.fromIterable(one.missing(seen)).concatMap(MeshSide.Link::make), AT_ONCE)
                .then();
    }

    /** Why these controllers are no mesh. */
    private static Optional<String> problem(List<MeshSide.Seen> seen) {
        Map<Integer, MeshSide.Seen> byId = new HashMap<>();
        for (MeshSide.Seen one : seen) {
            Optional<Integer> id = one.peering().id();
            if (id.isEmpty()) {
                return Optional.of(one.self() + " has no id in its topology yet, which its peers would call it by");
            }
            MeshSide.Seen other = byId.put(id.get(), one);
            if (other != null) {
                return Optional.of(
                        other.self() + " and " + one.self() + " both have the id " + id.get() + " in their topology");
            }
        }
        return Optional.empty();
    }

    /** Empty once all say that they reach all others; which do not, when the time is up. */
    private Mono<Optional<String>> trouble(List<MeshSide.Seen> mesh) {
        AtomicReference<List<String>> last = new AtomicReference<>(List.of("no controller has answered"));
        Mono<Optional<String>> look = Flux.fromIterable(mesh)
                .flatMapSequential(
                        one -> one.again()
                                .map(now -> now.unreached(mesh))
                                .onErrorResume(
                                        FailureClass::isPassing,
                                        silent -> Mono.just(List.of(one.self() + " does not answer"))),
                        AT_ONCE)
                .collect(() -> new ArrayList<String>(), List::addAll)
                .doOnNext(last::set)
                .filter(List::isEmpty)
                .map(all -> Optional.empty());
        return Looks.until(
                look, every, within, () -> Mono.just(Optional.of(toText(Objects.requireNonNull(last.get())))));
    }

    private String toText(List<String> unreached) {
        return "after " + within + " "
                + unreached.stream().limit(TOLD).collect(Collectors.joining(", "))
                + (unreached.size() > TOLD ? " and " + (unreached.size() - TOLD) + " more" : "")
                + ": check that UDP 1195-1203 is open between them in both directions, and that they have the same"
                + " keyset";
    }
}
