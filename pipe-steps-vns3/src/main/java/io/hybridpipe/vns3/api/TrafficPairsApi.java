// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The traffic pairs of one route-based IPsec endpoint; all of it from 5.1.8 on.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#trafficPairs} this comes.
 * Thread-safe.
 */
public final class TrafficPairsApi {
    private static final String SINCE = "5.1.8";

    private final Calls calls;
    private final int endpoint;
    private final String path;

    TrafficPairsApi(Calls calls, int endpoint) {
        this.calls = calls;
        this.endpoint = endpoint;
        this.path = "/ipsec/endpoints/" + endpoint + "/traffic_pairs";
    }

    /** {@code GET /ipsec/endpoints/ID}: the pairs that the endpoint lists. */
    public Mono<List<TrafficPair>> all() {
        return calls.get("/ipsec/endpoints/" + endpoint).answer().map(fields -> IpsecEndpoint.from(fields)
                .trafficPairs());
    }

    /** {@code POST /ipsec/endpoints/ID/traffic_pairs}. */
    public Mono<TrafficPair> create(NewTunnel pair) {
        return toPair(calls.post(path, pair.body()));
    }

    /** {@code PUT /ipsec/endpoints/ID/traffic_pairs/ID}. */
    public Mono<TrafficPair> update(int id, TunnelChange change) {
        return toPair(calls.put(path + "/" + id, change.body()));
    }

    /** {@code PUT /ipsec/endpoints/ID/traffic_pairs/ID/enable}. */
    public Mono<TrafficPair> enable(int id) {
        return toPair(calls.put(path + "/" + id + "/enable"));
    }

    /** {@code PUT /ipsec/endpoints/ID/traffic_pairs/ID/disable}. */
    public Mono<TrafficPair> disable(int id) {
        return toPair(calls.put(path + "/" + id + "/disable"));
    }

    /** {@code DELETE /ipsec/endpoints/ID/traffic_pairs/ID}; emits what was deleted. */
    public Mono<TrafficPair> delete(int id) {
        return toPair(calls.delete(path + "/" + id));
    }

    private static Mono<TrafficPair> toPair(Call call) {
        return call.since(SINCE).answer().map(TrafficPair::from);
    }
}
