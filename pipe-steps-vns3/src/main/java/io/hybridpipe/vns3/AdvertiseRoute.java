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
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.NewRoute;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Announces a network to the overlay network, as reachable by a controller, without giving the controller a way to it: it has
 * one already, usually its own subnet.
 *
 * <p><b>Reads</b> the controller and the CIDR; <b>writes</b> nothing.
 *
 * <p><b>Idempotent</b> by the run's tags in the description, as {@link AddRoute} is: what bears this step's token is taken as
 * made, and an announcement of the same CIDR by somebody else is refused, not taken over.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A controller that says it has made the route, and has none with this
 * step's mark, is permanent.
 *
 * <p><b>Undo</b> deletes the announcement that bears this step's token, and ends when it is gone.
 *
 * <p><b>Calls</b> {@code GET|POST /routes}, {@code DELETE /routes/ID}, as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class AdvertiseRoute implements Step {
    private final Input<? extends Controller> controller;
    private final @Nullable Input<? extends Cidr> cidr;
    private final Vns3Access access;
    private final Duration every;

    private AdvertiseRoute(
            Input<? extends Controller> controller,
            @Nullable Input<? extends Cidr> cidr,
            Vns3Access access,
            Duration every) {
        this.controller = controller;
        this.cidr = cidr;
        this.access = access;
        this.every = every;
    }

    /** Announces a network by this controller. */
    public static AdvertiseRoute on(Input<? extends Controller> controller) {
        return new AdvertiseRoute(controller, null, Vns3Access.ofDefaults(), Duration.ofSeconds(1));
    }

    /** Announces a network by this controller. */
    public static AdvertiseRoute on(Controller controller) {
        return on(Input.value(controller));
    }

    /** That it leads to this CIDR; needed. */
    public AdvertiseRoute to(Input<? extends Cidr> cidr) {
        return new AdvertiseRoute(controller, cidr, access, every);
    }

    /** That it leads to this CIDR. */
    public AdvertiseRoute to(Cidr cidr) {
        return to(Input.value(cidr));
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public AdvertiseRoute over(Vns3Access access) {
        return new AdvertiseRoute(controller, cidr, access, every);
    }

    /** With this time between two looks when waiting for it to be gone; default one second. */
    public AdvertiseRoute pollEvery(Duration interval) {
        return new AdvertiseRoute(controller, cidr, access, Looks.positive(interval, "pollEvery"));
    }

    @Override
    public Contract contract() {
        return Contract.of("AdvertiseRoute").reading(controller, cidr());
    }

    @Override
    public StepOptions options() {
        return Patience.options();
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Preflight.of(controller, access, state);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> route(state, context).make(toRoute(state)));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> route(state, context).find());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> route(state, context).takeAway(every));
    }

    private MarkedRoute route(State state, StepContext context) {
        return new MarkedRoute(controller.get(state), access, context);
    }

    private NewRoute toRoute(State state) {
        return NewRoute.to(cidr().get(state)).withAdvertise(true);
    }

    private Input<? extends Cidr> cidr() {
        if (cidr == null) {
            throw new IllegalStateException("AdvertiseRoute.on(..) needs .to(..)");
        }
        return cidr;
    }
}
