// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.time.Clock;
import java.time.Instant;

/**
 * The traffic pairs of route-based endpoints, there from 5.1.8 on.
 *
 * <p>As soon as an endpoint has a pair that is enabled, its pairs take the place of its tunnel's selectors: they must mirror
 * those of the other side, and nothing else passes. That a policy-based endpoint takes none is not published.
 */
final class TrafficPairs {
    private final Ipsec ipsec;
    private final Clock clock;
    private int lastId;

    TrafficPairs(Ipsec ipsec, Clock clock) {
        this.ipsec = ipsec;
        this.clock = clock;
    }

    void register(Operations api) {
        String all = "/ipsec/endpoints/{endpoint_id}/traffic_pairs";
        String one = all + "/{pair_id}";
        api.since("5.1.8", newer -> newer.on("POST", all, LICENSE, this::create)
                .on("PUT", one, LICENSE, this::update)
                .on("DELETE", one, LICENSE, this::delete)
                .on("PUT", one + "/enable", LICENSE, call -> switched(call, true))
                .on("PUT", one + "/disable", LICENSE, call -> switched(call, false)));
    }

    private ObjectNode create(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        if (endpoint.type() == VpnType.POLICY) {
            throw ApiError.argument("traffic pairs need a route based endpoint");
        }
        ipsec.roomForOneMore();
        IPAddress local = EndpointJson.subnet(call.body().required("local_subnet"), "local_subnet");
        IPAddress remote = EndpointJson.subnet(call.body().required("remote_subnet"), "remote_subnet");
        Instant now = clock.instant();
        TrafficPair plain = new TrafficPair(0, endpoint.id(), local, remote, true, "", Tunnel.Ping.NONE, now, now);
        return put(endpoint, read(call.body(), plain).withId(++lastId));
    }

    private ObjectNode update(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        return put(endpoint, read(call.body(), pair(endpoint, call)));
    }

    private ObjectNode switched(ApiCall call, boolean on) {
        Endpoint endpoint = endpoint(call);
        return put(endpoint, pair(endpoint, call).withEnabled(on, clock.instant()));
    }

    private ObjectNode delete(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        TrafficPair pair = call.id("pair_id")
                .map(endpoint.pairs()::get)
                // the one operation on pairs that is described to answer 400
                .orElseThrow(() -> ApiError.argument("traffic pair id does not exist"));
        ipsec.put(endpoint.withoutPair(pair.id()));
        return EndpointJson.of(pair);
    }

    private ObjectNode put(Endpoint endpoint, TrafficPair pair) {
        ipsec.put(endpoint.with(pair));
        return EndpointJson.of(pair);
    }

    private TrafficPair read(Fields wanted, TrafficPair old) {
        return new TrafficPair(
                old.id(),
                old.endpointId(),
                EndpointJson.subnet(wanted, "local_subnet", old.local()),
                EndpointJson.subnet(wanted, "remote_subnet", old.remote()),
                wanted.flag("enabled").orElse(old.enabled()),
                wanted.text("description").orElse(old.description()),
                EndpointJson.ping(wanted, old.ping()),
                old.createdAt(),
                clock.instant());
    }

    private Endpoint endpoint(ApiCall call) {
        return call.id("endpoint_id")
                .flatMap(ipsec::endpoint)
                .orElseThrow(() -> ApiError.notFound("endpoint_id does not exist"));
    }

    private static TrafficPair pair(Endpoint endpoint, ApiCall call) {
        return call.id("pair_id")
                .map(endpoint.pairs()::get)
                .orElseThrow(() -> ApiError.notFound("traffic pair id does not exist"));
    }
}
