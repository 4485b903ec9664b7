// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimService;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.util.Optional;

/** A controller's API as the network sees it: behind the world's rules, and behind the phases of a boot. */
final class Front implements SimService {
    private final Housing housing;
    private final Api api;

    Front(Housing housing, Api api) {
        this.housing = housing;
        this.api = api;
    }

    @Override
    public Operation identify(SimRequest request) {
        return api.identify(request);
    }

    @Override
    public SimResponse answer(SimRequest request) {
        if (!letIn()) {
            return SimResponse.silence();
        }
        return switch (housing.power().phase()) {
            case UP ->
                housing.isResettingApi()
                        ? proxy(502, "Bad Gateway")
                        // under the lock, or what it begins would outlive a machine that has gone down meanwhile
                        : housing.answering(
                                request,
                                () -> housing.isUp() ? api.answer(request, callerAddress()) : SimResponse.dropped());
            case NO_PASSWORD -> api.error(ApiError.unauthorized("Unauthorized"));
            case BAD_GATEWAY -> proxy(502, "Bad Gateway");
            case UNAVAILABLE -> proxy(503, "Service Unavailable");
            default -> SimResponse.dropped();
        };
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        int status =
                switch (code) {
                    case "APIArgumentError", "APIBadRequestError" -> 400;
                    case "UnauthorizedError" -> 401;
                    case "PrerequisiteError", "OperationNotAllowedError" -> 403;
                    case "APINotFoundError" -> 404;
                    default -> 500;
                };
        return api.error(ApiError.of(status, code, message));
    }

    @Override
    public void answered(SimRequest request) {
        housing.answered(request);
    }

    private boolean letIn() {
        return housing.world()
                .flatMap(world -> world.caller().map(from -> letsIn(world, from)))
                .orElse(true);
    }

    private boolean letsIn(World world, IPAddress from) {
        return world.admits(from, housing.address(), Protocol.TCP, SimVns3.API_PORT)
                || world.admits(from, housing.privateAddress(), Protocol.TCP, SimVns3.API_PORT);
    }

    private String callerAddress() {
        Optional<IPAddress> caller = housing.world().flatMap(World::caller);
        return caller.map(IPAddress::toString).orElse("127.0.0.1");
    }

    private static SimResponse proxy(int status, String text) {
        String title = status + " " + text;
        return SimResponse.of(
                status,
                "text/html",
                "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>");
    }
}
