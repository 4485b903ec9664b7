// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateRouteRequest;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteState;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * A route that one step of a run wants in a table.
 *
 * <p>CreateRoute takes neither token nor tags: table and destination are a route's identity. So a tag of the table is written
 * first, {@code hybridpipe:route:DESTINATION:TOKEN}, whose value says step and run: a route with the wanted target is the step's
 * own if and only if the table bears that tag. The token is in its key, so that no other run's mark is ever overwritten.
 */
record OwnRoute(
        AwsAccount account,
        StepContext context,
        Duration pollEvery,
        String table,
        Cidr destination,
        RouteTarget kind,
        String target) {
    private static final String MARK = "hybridpipe:route:";
    private static final int LONGEST_VALUE = 256;
    private static final Duration SEEN_WITHIN = Duration.ofMinutes(5);

    /** Adds it unless it is there, and waits until it is seen; one to another target is named and left as it is. */
    Mono<Void> getOrMake() {
        return getTable()
                .flatMap(there ->
                        routeIn(there).map(existing -> accept(there, existing)).orElseGet(() -> add(there)));
    }

    /** Whether the step made it. */
    Mono<Found> find() {
        return getTable()
                .filter(this::isMarked)
                .map(this::toFound)
                .onErrorResume(AwsFailures.hasCode("InvalidRouteTableID.NotFound"), gone -> Mono.empty())
                .defaultIfEmpty(Found.absent());
    }

    /** Takes it away if the step made it, and waits until it is not seen any more. */
    Mono<Void> remove() {
        return removeIf(route -> leadsToTarget(route) || leadsToLostInstance(route));
    }

    /** As {@link #remove}, of a route that leads where the predicate says. */
    Mono<Void> removeIf(Predicate<? super Route> leadsThere) {
        return getTable()
                .filter(this::isMarked)
                .flatMap(there -> remove(there, leadsThere))
                .onErrorResume(AwsFailures.hasCode("InvalidRouteTableID.NotFound"), gone -> Mono.empty());
    }

    /** Asks EC2 whether it would permit the route, without adding it. */
    Mono<Void> requestDryRun() {
        return DryRun.of(
                account.calls(context),
                "CreateRoute " + this,
                () -> account.ec2()
                        .createRoute(toRequest().toBuilder().dryRun(true).build()),
                "RouteAlreadyExists");
    }

    private Mono<Void> accept(RouteTable there, Route existing) {
        if (!leadsToTarget(existing)) {
            return Mono.error(StepFailure.permanent(table + " in " + account.where() + " has a route to " + destination
                    + " via " + RouteTarget.of(existing) + " already (" + (isBlackhole(existing) ? "blackhole, " : "")
                    + ownersIn(there) + "); it is not overwritten with " + target));
        }
        return Mono.fromRunnable(() -> {
            if (isMarked(there)) {
                context.made(toResource());
            }
        });
    }

    private Mono<Void> add(RouteTable there) {
        boolean triedBefore = isMarked(there);
        return (triedBefore ? Mono.<Void>empty() : requestMark())
                .then(requestRoute())
                .then(waitUntilSeen())
                .onErrorResume(
                        AwsFailures.hasCode("RouteAlreadyExists"),
                        // a mark from before means that an earlier attempt came through late; a fresh one, that
                        // somebody else was faster, and then the route must not look like ours
                        exists -> (triedBefore ? Mono.<Void>empty() : requestUnmark()).then(acceptLate()));
    }

    private Mono<Void> acceptLate() {
        return getTable().flatMap(there -> routeIn(there)
                .map(existing -> accept(there, existing))
                .orElseGet(() -> Mono.error(StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE,
                        "the route to " + destination + " in " + table + " exists but is not seen yet"))));
    }

    private Mono<Void> remove(RouteTable there, Predicate<? super Route> leadsThere) {
        boolean ours = routeIn(there).filter(leadsThere).isPresent();
        return (ours ? requestDelete().then(waitUntilGone(leadsThere)) : Mono.<Void>empty())
                .then(requestUnmark())
                .then(Mono.fromRunnable(() -> context.gone(toResource())));
    }

    private Mono<Void> waitUntilSeen() {
        // without its mark an undo would not know it
        return waitUntil(there -> routeIn(there).isPresent() && isMarked(there), "is not seen");
    }

    private Mono<Void> waitUntilGone(Predicate<? super Route> leadsThere) {
        return waitUntil(there -> routeIn(there).filter(leadsThere).isEmpty(), "is still there");
    }

    private Mono<Void> waitUntil(Predicate<RouteTable> wanted, String otherwise) {
        return Looks.until(
                        Looks.patient(getTable().filter(wanted)),
                        pollEvery,
                        SEEN_WITHIN,
                        () -> Mono.error(StepFailure.of(
                                FailureClass.NOT_YET_VISIBLE,
                                "the route " + this + " in " + account.where() + " " + otherwise + " after "
                                        + SEEN_WITHIN)))
                .then();
    }

    private Mono<RouteTable> getTable() {
        return account.calls(context)
                .reading("DescribeRouteTables " + table, () -> account.ec2()
                        .describeRouteTables(r -> r.routeTableIds(table)))
                .flatMap(
                        answer -> Mono.justOrEmpty(answer.routeTables().stream().findFirst()))
                .switchIfEmpty(Mono.error(() -> StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE, "route table " + table + " is not in " + account.where())));
    }

    private Mono<Void> requestMark() {
        return account.calls(context)
                .changing("CreateTags " + table, () -> account.ec2()
                        .createTags(r -> r.resources(table).tags(toMark())))
                .then();
    }

    private Mono<Void> requestRoute() {
        return account.calls(context)
                .changing(
                        "CreateRoute " + this,
                        () -> account.ec2().createRoute(toRequest()),
                        made -> context.made(toResource()))
                .then();
    }

    private Mono<Void> requestDelete() {
        return account.calls(context)
                .changing("DeleteRoute " + this, () -> account.ec2().deleteRoute(r -> {
                    r.routeTableId(table);
                    toDestination(r::destinationCidrBlock, r::destinationIpv6CidrBlock);
                }))
                .onErrorResume(AwsFailures.hasCode("InvalidRoute.NotFound"), gone -> Mono.empty())
                .then();
    }

    private Mono<Void> requestUnmark() {
        return account.calls(context)
                .changing("DeleteTags " + table, () -> account.ec2()
                        .deleteTags(r -> r.resources(table).tags(toMark())))
                .then();
    }

    private Optional<Route> routeIn(RouteTable there) {
        String text = destination.toString();
        return there.routes().stream()
                .filter(route ->
                        text.equals(route.destinationCidrBlock()) || text.equals(route.destinationIpv6CidrBlock()))
                .findFirst();
    }

    private boolean leadsToTarget(Route route) {
        return kind.isOf(route, target);
    }

    /** Of a route to an instance that was terminated EC2 shows no more than the interface that it had. */
    private boolean leadsToLostInstance(Route route) {
        return kind == RouteTarget.INSTANCE && isBlackhole(route) && route.instanceId() == null;
    }

    private static boolean isBlackhole(Route route) {
        return route.state() == RouteState.BLACKHOLE;
    }

    private boolean isMarked(RouteTable there) {
        String key = toMark().key();
        return there.tags().stream().anyMatch(tag -> tag.key().equals(key));
    }

    private String ownersIn(RouteTable there) {
        String owners = there.tags().stream()
                .filter(tag -> tag.key().startsWith(MARK + destination + ":"))
                .map(Tag::value)
                .collect(Collectors.joining(" or "));
        return owners.isEmpty() ? "not made by HybridPipe" : "made by " + owners;
    }

    private Found toFound(RouteTable there) {
        if (routeIn(there).filter(this::leadsToTarget).isEmpty()) {
            return Found.partly(table + " bears the step's tag, but has no route to " + this);
        }
        context.made(toResource());
        return Found.done(Outputs.none());
    }

    private Tag toMark() {
        String run = " of run " + context.runId();
        String step = context.tags().getOrDefault("hybridpipe:step", "a step");
        return Tag.builder()
                .key(MARK + destination + ":" + context.token())
                .value(step.substring(Math.max(0, step.length() + run.length() - LONGEST_VALUE)) + run)
                .build();
    }

    private CreateRouteRequest toRequest() {
        CreateRouteRequest.Builder request = CreateRouteRequest.builder().routeTableId(table);
        toDestination(request::destinationCidrBlock, request::destinationIpv6CidrBlock);
        kind.ask(request, target);
        return request.build();
    }

    private void toDestination(Consumer<String> ipv4, Consumer<String> ipv6) {
        (destination.isIpv6() ? ipv6 : ipv4).accept(destination.toString());
    }

    private Resource toResource() {
        return account.resource(
                "AWS::EC2::Route", table + "|" + destination, "ec2 describe-route-tables --route-table-ids " + table);
    }

    @Override
    public String toString() {
        return table + " to " + destination + " via " + target;
    }
}
