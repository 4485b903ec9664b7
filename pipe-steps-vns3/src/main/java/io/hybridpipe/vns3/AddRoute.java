// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.NewRoute;
import io.hybridpipe.vns3.api.Route;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Adds a route to a controller: out of an interface, into a tunnel, or merely advertised to the overlay network.
 *
 * <p><b>Reads</b> the controller, the CIDR and the way out; <b>writes</b> nothing.
 *
 * <p><b>Idempotent</b> by the run's tags in the route's description: a route that bears this step's token is taken as made. The
 * route is found by what it is, since the API tells no id when it makes one. A route of somebody else to the same CIDR and by
 * the same way is refused, not taken over.
 *
 * <p><b>Retryable</b> is what {@link Vns3Client} calls so.
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
    private Input<Optional<String>> device = Input.value(Optional.empty());
    private Input<Optional<Ip>> gateway = Input.value(Optional.empty());
    private Input<Optional<Tunnel>> tunnel = Input.value(Optional.empty());
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

    /** Out of this interface, such as {@code eth0}. */
    public AddRoute via(String device) {
        AddRoute copy = new AddRoute(this);
        copy.device = Input.value(Optional.of(device));
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
        copy.tunnel = tunnel.map(Optional::of);
        return copy;
    }

    /** Advertised to the overlay network; without a way out, only advertised. */
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
        copy.every = Poll.positive(interval, "pollEvery");
        return copy;
    }

    @Override
    public Contract contract() {
        return Contract.of("AddRoute").reading(controller, cidr(), device, gateway, tunnel);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> Mono.justOrEmpty(controller.find(state)))
                .flatMap(known -> Preflight.of(access.client(known)));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Controller on = controller.get(state);
            Vns3Client client = access.client(on);
            Mark mark = Mark.of(context);
            NewRoute wanted = toRoute(state, on, mark);
            return client.routes()
                    .flatMap(routes -> marked(routes, mark).isEmpty()
                            ? refuseForeign(routes, wanted, on)
                                    .then(Mono.defer(() -> requestRoute(client, wanted, mark, on, context)))
                            : Mono.fromRunnable(() -> sayMade(routes, mark, on, context)))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Controller on = controller.get(state);
            Mark mark = Mark.of(context);
            return access.client(on).routes().map(routes -> {
                sayMade(routes, mark, on, context);
                return marked(routes, mark).isEmpty() ? Found.absent() : Found.done(Outputs.none());
            });
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Controller on = controller.get(state);
            Vns3Client client = access.client(on);
            Mark mark = Mark.of(context);
            Mono<Boolean> look = client.routes().flatMap(routes -> {
                List<Route> left = marked(routes, mark);
                return left.isEmpty()
                        ? Mono.just(true)
                        : requestDelete(client, left.get(0), on, context).then(Mono.empty());
            });
            return Poll.until(
                            look,
                            every,
                            Duration.ofMinutes(1),
                            () -> Mono.error(StepFailure.of(
                                    FailureClass.TRANSIENT, "a route to " + cidr().get(state) + " stays on " + on)))
                    .then();
        });
    }

    private Mono<List<Route>> requestRoute(
            Vns3Client client, NewRoute wanted, Mark mark, Controller on, StepContext context) {
        return context.mutate(
                Mono.defer(() -> client.createRoute(wanted)).doOnNext(routes -> sayMade(routes, mark, on, context)));
    }

    private static Mono<?> requestDelete(Vns3Client client, Route route, Controller on, StepContext context) {
        return context.mutate(Mono.defer(() -> client.deleteRoute(route.id()))
                .onErrorResume(AddRoute::isGone, gone -> Mono.empty())
                .doOnSuccess(done -> context.gone(toResource(route, on))));
    }

    private static Mono<Void> refuseForeign(List<Route> routes, NewRoute wanted, Controller on) {
        return routes.stream()
                .filter(route -> isSameWay(route, wanted))
                .findFirst()
                .map(foreign -> Mono.<Void>error(StepFailure.permanent("a route to " + wanted.cidr() + " (id "
                        + foreign.id() + ") is on " + on + " already, and this run did not make it")))
                .orElse(Mono.empty());
    }

    private static boolean isSameWay(Route route, NewRoute wanted) {
        return route.cidr().equals(wanted.cidr().toString())
                && route.table().equals("main")
                && route.device().equals(wanted.device())
                && route.gateway().equals(wanted.gateway())
                && route.tunnel().equals(wanted.tunnel());
    }

    private static boolean isGone(Throwable failure) {
        return Vns3Error.in(failure)
                .filter(error -> error.status() == 404 || error.detail().contains("route not found"))
                .isPresent();
    }

    private static void sayMade(List<Route> routes, Mark mark, Controller on, StepContext context) {
        marked(routes, mark).forEach(route -> context.made(toResource(route, on)));
    }

    private static List<Route> marked(List<Route> routes, Mark mark) {
        return routes.stream().filter(route -> mark.isOn(route.description())).toList();
    }

    private NewRoute toRoute(State state, Controller on, Mark mark) {
        Optional<Integer> number =
                tunnel.get(state).map(both -> toSide(both, on).tunnel());
        return new NewRoute(
                cidr().get(state),
                mark.text(),
                device.get(state),
                gateway.get(state).map(Ip::toString),
                number,
                advertise,
                metric);
    }

    private static Tunnel.Side toSide(Tunnel tunnel, Controller on) {
        if (tunnel.local().address().equals(on.address())) {
            return tunnel.local();
        }
        if (tunnel.remote().address().equals(on.address())) {
            return tunnel.remote();
        }
        throw StepFailure.permanent("the tunnel " + tunnel + " does not end on " + on);
    }

    private static Resource toResource(Route route, Controller on) {
        return Resource.of(KIND, String.valueOf(route.id()), on.toString()).withShow(Show.of(on, "/routes"));
    }

    private Input<? extends Cidr> cidr() {
        if (cidr == null) {
            throw new IllegalStateException("AddRoute.on(..) needs .to(..)");
        }
        return cidr;
    }
}
