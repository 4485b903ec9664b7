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
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.NewRoute;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Adds a route to a controller: out of an interface, or into a tunnel. To announce a network without a way to it, there is
 * {@link AdvertiseRoute}.
 *
 * <p><b>Reads</b> the controller, the CIDR and the way out; <b>writes</b> nothing.
 *
 * <p><b>Idempotent</b> by the run's tags in the route's description: a route that bears this step's token is taken as made. The
 * route is found by what it is, since the API tells no id when it makes one. A route of somebody else to the same CIDR and by
 * the same way is refused, not taken over.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so. A controller that says it has made the route, and has none with this
 * step's mark, is permanent.
 *
 * <p><b>Undo</b> deletes the routes that bear this step's token, and ends when they are gone.
 *
 * <p><b>Calls</b> {@code GET|POST /routes}, {@code DELETE /routes/ID}, as the user {@code api}.
 *
 * <p>Immutable; each method returns a copy.
 */
public final class AddRoute implements Step {
    /** The kind of the resource it makes. */
    public static final String KIND = "VNS3::Route";

    // assigned only before the copy that they belong to is handed out
    private final Input<? extends Controller> controller;
    private @Nullable Input<? extends Cidr> cidr;
    private Optional<String> device = Optional.empty();
    private Input<Optional<Ip>> gateway = Input.value(Optional.empty());
    private @Nullable Input<Tunnel> tunnel;
    private boolean advertise;
    private int metric;
    private Vns3Access access = Vns3Access.ofDefaults();
    private Duration every = Duration.ofSeconds(1);

    private AddRoute(Input<? extends Controller> controller) {
        this.controller = controller;
    }

    private AddRoute(AddRoute from) {
        controller = from.controller;
        cidr = from.cidr;
        device = from.device;
        gateway = from.gateway;
        tunnel = from.tunnel;
        advertise = from.advertise;
        metric = from.metric;
        access = from.access;
        every = from.every;
    }

    /** Adds a route to this controller. */
    public static AddRoute on(Input<? extends Controller> controller) {
        return new AddRoute(controller);
    }

    /** Adds a route to this controller. */
    public static AddRoute on(Controller controller) {
        return on(Input.value(controller));
    }

    /** To this CIDR; needed. */
    public AddRoute to(Input<? extends Cidr> cidr) {
        AddRoute copy = new AddRoute(this);
        copy.cidr = cidr;
        return copy;
    }

    /** To this CIDR. */
    public AddRoute to(Cidr cidr) {
        return to(Input.value(cidr));
    }

    /** Out of this interface, such as {@code eth0}; this or {@link #through} is needed. */
    public AddRoute via(String device) {
        AddRoute copy = new AddRoute(this);
        copy.device = Optional.of(device);
        return copy;
    }

    /** Out of this interface by this next hop. */
    public AddRoute via(String device, Input<? extends Ip> gateway) {
        AddRoute copy = via(device);
        copy.gateway = gateway.map(Optional::of);
        return copy;
    }

    /** Out of this interface by this next hop. */
    public AddRoute via(String device, Ip gateway) {
        return via(device, Input.value(gateway));
    }

    /** Into this controller's end of a tunnel. */
    public AddRoute through(Input<Tunnel> tunnel) {
        AddRoute copy = new AddRoute(this);
        copy.tunnel = tunnel;
        return copy;
    }

    /** Advertised to the overlay network too. */
    public AddRoute advertised() {
        AddRoute copy = new AddRoute(this);
        copy.advertise = true;
        return copy;
    }

    /** With this weight; the default leaves it to the controller. */
    public AddRoute metric(int metric) {
        AddRoute copy = new AddRoute(this);
        copy.metric = metric;
        return copy;
    }

    /** Over this access; the default is {@link Vns3Access#ofDefaults()}. */
    public AddRoute over(Vns3Access access) {
        AddRoute copy = new AddRoute(this);
        copy.access = access;
        return copy;
    }

    /** With this time between two looks when waiting for a route to be gone; default one second. */
    public AddRoute pollEvery(Duration interval) {
        AddRoute copy = new AddRoute(this);
        copy.every = Looks.positive(interval, "pollEvery");
        return copy;
    }

    @Override
    public Contract contract() {
        if (device.isPresent() == (tunnel != null)) {
            throw new IllegalStateException("AddRoute.on(..) needs either .via(..) or .through(..)");
        }
        Contract contract = Contract.of("AddRoute").reading(controller, cidr(), gateway);
        return tunnel == null ? contract : contract.reading(tunnel);
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
        Optional<Integer> number = tunnel == null
                ? Optional.empty()
                : Optional.of(toEnd(tunnel.get(state), controller.get(state)).tunnel());
        return NewRoute.to(cidr().get(state))
                .withDevice(device)
                .withGateway(gateway.get(state).map(Ip::toString))
                .withTunnel(number)
                .withAdvertise(advertise)
                .withMetric(metric);
    }

    private static Tunnel.End toEnd(Tunnel tunnel, Controller on) {
        List<Tunnel.End> ends = Stream.of(tunnel.local(), tunnel.remote())
                .filter(side -> side.address().equals(on.address()))
                .flatMap(side -> side.ends().stream())
                .toList();
        if (ends.isEmpty()) {
            throw StepFailure.permanent("the tunnel " + tunnel + " does not end on " + on);
        }
        if (ends.size() > 1) {
            throw StepFailure.permanent(
                    "the peering " + tunnel + " has several tunnels; a route goes into a route-based one");
        }
        return ends.get(0);
    }

    private Input<? extends Cidr> cidr() {
        if (cidr == null) {
            throw new IllegalStateException("AddRoute.on(..) needs .to(..)");
        }
        return cidr;
    }
}
