// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.net.Looks;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Peers controllers of one topology with each other, each with each, and waits until all pairs reach each other.
 *
 * <p>A peering is one-sided: each controller is told of each other one, all controllers at once, one after another on each.
 * Every controller must have its id in the topology already ({@link SetUpController#peerId}) and the same keyset.
 *
 * <p><b>Reads</b> the controllers; <b>writes</b> nothing.
 *
 * <p><b>Idempotent</b> because it looks first and makes what is missing. A peer that is there as wanted is left as it is,
 * whoever made it, so that a mesh grows by naming all its controllers; one with another address or MTU is refused before
 * anything is made. A peer bears no mark: what this step made is what it found missing and said to have made right before it
 * made it ({@link StepContext#madeBefore}), which a resume reads in the journal. A peer that somebody else makes between
 * this step's look and its call counts as this step's.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A controller without an id, two with the same, a refused peer, and
 * a pair that is not reachable in time are permanent.
 *
 * <p><b>Undo</b> deletes the peers that this step made, on all controllers at once, and ends when they are gone; one that was
 * since given an address outside of the mesh is somebody else's. A controller that cannot be reached does not keep the
 * others from being undone.
 *
 * <p><b>Calls</b>, on all controllers: {@code GET /peering}, {@code POST /peering/peers}, {@code DELETE /peering/peers/ID}, as
 * the user {@code api}. The controllers themselves need UDP 1195-1203 between each other.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class PeerMesh implements Step {
    /** The kind of the resource it makes; its id is the controller's address and the id of its peer. */
    public static final String KIND = "VNS3::Peer";

    private final Input<? extends List<Controller>> controllers;
    private final Optional<Integer> mtu;
    private final Vns3Access access;
    private final Duration every;
    private final Duration within;

    private PeerMesh(
            Input<? extends List<Controller>> controllers,
            Optional<Integer> mtu,
            Vns3Access access,
            Duration every,
            Duration within) {
        this.controllers = controllers;
        this.mtu = mtu;
        this.access = access;
        this.every = every;
        this.within = within;
    }

    /** Peers these controllers, each with each. */
    public static PeerMesh of(Input<? extends List<Controller>> controllers) {
        return new PeerMesh(
                controllers, Optional.empty(), Vns3Access.ofDefaults(), Duration.ofSeconds(2), Duration.ofMinutes(5));
    }

    /**
     * With this MTU on all links; the default leaves it to the controllers.
     *
     * @throws IllegalArgumentException if it is not between 500 and 4800
     */
    public PeerMesh overlayMtu(int bytes) {
        if (bytes < 500 || bytes > 4800) {
            throw new IllegalArgumentException("overlay MTU is " + bytes + ", it must be between 500 and 4800");
        }
        return new PeerMesh(controllers, Optional.of(bytes), access, every, within);
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public PeerMesh over(Vns3Access access) {
        return new PeerMesh(controllers, mtu, access, every, within);
    }

    /** With this time between two looks of every wait; default 2 seconds. */
    public PeerMesh pollEvery(Duration interval) {
        return new PeerMesh(controllers, mtu, access, Looks.positive(interval, "pollEvery"), within);
    }

    /** Giving up pairs that do not reach each other in this time; default 5 minutes. */
    public PeerMesh reachableWithin(Duration time) {
        return new PeerMesh(controllers, mtu, access, every, Looks.positive(time, "reachableWithin"));
    }

    @Override
    public Contract contract() {
        return Contract.of("PeerMesh").reading(controllers);
    }

    /** A look of reconcile waits for a mesh that is configured, so it takes longer than that. */
    @Override
    public StepOptions options() {
        return Patience.options()
                .withStepTimeout(within.multipliedBy(4).plusMinutes(10))
                .withReconcileTimeout(within.plusMinutes(1));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Flux.defer(() -> Flux.fromStream(controllers.find(state).stream().flatMap(List::stream)))
                .flatMap(known -> Preflight.of(access.client(known)), Mesh.AT_ONCE)
                .then();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> mesh(state, context).join()).thenReturn(Outputs.none());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> mesh(state, context).find());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> mesh(state, context).part());
    }

    private Mesh mesh(State state, StepContext context) {
        List<Controller> all = controllers.get(state);
        Stream<MeshSide> sides = all.stream().map(each -> new MeshSide(each, all, mtu, access.client(each), context));
        return new Mesh(sides.toList(), every, within);
    }
}
