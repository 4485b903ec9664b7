// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.CreateRouteRequest;
import software.amazon.awssdk.services.ec2.model.Route;

/** The kinds of things that a route can lead to: how to ask for one, and where an existing route names it. */
enum RouteTarget {
    INTERFACE(CreateRouteRequest.Builder::networkInterfaceId, Route::networkInterfaceId),
    INSTANCE(CreateRouteRequest.Builder::instanceId, Route::instanceId),
    GATEWAY(CreateRouteRequest.Builder::gatewayId, Route::gatewayId),
    PEERING(CreateRouteRequest.Builder::vpcPeeringConnectionId, Route::vpcPeeringConnectionId);

    private final BiConsumer<CreateRouteRequest.Builder, String> request;
    private final Function<Route, String> route;

    RouteTarget(BiConsumer<CreateRouteRequest.Builder, String> request, Function<Route, String> route) {
        this.request = request;
        this.route = route;
    }

    void ask(CreateRouteRequest.Builder builder, String id) {
        request.accept(builder, id);
    }

    boolean isOf(Route existing, String id) {
        return id.equals(route.apply(existing));
    }

    /** Where a route leads, whatever its kind. */
    static String of(Route existing) {
        return Stream.<String>of(
                        existing.networkInterfaceId(),
                        existing.gatewayId(),
                        existing.vpcPeeringConnectionId(),
                        existing.transitGatewayId(),
                        existing.natGatewayId(),
                        existing.egressOnlyInternetGatewayId(),
                        existing.localGatewayId(),
                        existing.carrierGatewayId(),
                        existing.coreNetworkArn(),
                        existing.instanceId())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("another target");
    }
}
