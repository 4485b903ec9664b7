// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.NewRoute;
import io.hybridpipe.vns3.api.Route;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** The one route that a step makes on a controller, in one attempt: it is known by the step's mark in its description. */
final class MarkedRoute {
    private final Controller on;
    private final Vns3Client client;
    private final StepContext context;
    private final Mark mark;

    MarkedRoute(Controller on, Vns3Access access, StepContext context) {
        this.on = on;
        this.client = access.client(on);
        this.context = context;
        this.mark = Mark.of(context);
    }

    /** Makes the route, to which the mark is added, unless it is there; refuses to stand beside one of somebody else. */
    Mono<Outputs> make(NewRoute route) {
        NewRoute wanted = route.withDescription(mark.text());
        return client.routes()
                .flatMap(routes -> marked(routes).isEmpty()
                        ? refuseForeign(routes, wanted).then(Mono.defer(() -> requestRoute(wanted)))
                        : Mono.fromRunnable(() -> sayMade(routes)))
                .thenReturn(Outputs.none());
    }

    /** Looks whether it is there. */
    Mono<Found> find() {
        return client.routes().map(routes -> {
            sayMade(routes);
            return marked(routes).isEmpty() ? Found.absent() : Found.done(Outputs.none());
        });
    }

    /** Deletes it and ends when it is gone. */
    Mono<Void> takeAway(Duration every) {
        Mono<Boolean> look = client.routes().flatMap(routes -> {
            List<Route> left = marked(routes);
            return left.isEmpty() ? Mono.just(true) : requestDelete(left.get(0)).then(Mono.empty());
        });
        return Removal.untilGone(look, every, "a route", on);
    }

    private Mono<Void> requestRoute(NewRoute wanted) {
        return context.mutate(Mono.defer(() -> client.createRoute(wanted)).doOnNext(this::sayMade))
                .filter(routes -> !marked(routes).isEmpty())
                .switchIfEmpty(Mono.defer(client::routes).doOnNext(this::sayMade))
                .flatMap(routes -> marked(routes).isEmpty() ? Mono.error(notThere(wanted)) : Mono.empty());
    }

    private StepFailure notThere(NewRoute wanted) {
        return StepFailure.permanent(on + " answered that it has made a route to " + wanted.cidr()
                + ", and has none that bears this run's mark in its description");
    }

    private Mono<?> requestDelete(Route route) {
        return context.mutate(Mono.defer(() -> client.deleteRoute(route.id()))
                .onErrorResume(Vns3Error::isNotFound, gone -> Mono.empty())
                .doOnSuccess(done -> context.gone(toResource(route))));
    }

    private Mono<Void> refuseForeign(List<Route> routes, NewRoute wanted) {
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

    private void sayMade(List<Route> routes) {
        marked(routes).forEach(route -> context.made(toResource(route)));
    }

    private List<Route> marked(List<Route> routes) {
        return routes.stream().filter(route -> mark.isOn(route.description())).toList();
    }

    private Resource toResource(Route route) {
        return Resource.of(AddRoute.KIND, String.valueOf(route.id()), on.toString())
                .withShow(Show.of(on, "/routes"));
    }
}
