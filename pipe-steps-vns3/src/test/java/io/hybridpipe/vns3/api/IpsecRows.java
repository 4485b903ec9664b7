// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** IPsec and routes. */
final class IpsecRows {
    private static final Cidr HERE = Cidr.of("10.1.0.0/16");
    private static final Cidr THERE = Cidr.of("10.0.0.0/16");
    private static final Ip GATEWAY = Ip.of("203.0.113.9");
    private static final Secret<String> PSK = Secret.of("psk-of-rows");
    private static final String ENDPOINT =
            "{'name':'to-b','ipaddress':'203.0.113.9','secret':'psk-of-rows','ike_version':2}";
    private static final String VTI = "{'name':'to-b','ipaddress':'203.0.113.9','secret':'psk-of-rows',"
            + "'vpn_type':'vti','route_based_int_address':'169.254.1.1/30'}";
    private static final String TUNNEL = "{'local_subnet':'10.1.0.0/16','remote_subnet':'10.0.0.0/16'}";
    private static final String PAIRS = "/ipsec/endpoints/1/traffic_pairs";

    private IpsecRows() {}

    static Stream<Row> all() {
        return Stream.of(device(), endpoints(), tunnels(), pairs(), routes()).flatMap(rows -> rows);
    }

    private static Stream<Row> device() {
        return Stream.of(
                withEndpoint(Row.of("ipsec"))
                        .sends("GET /ipsec")
                        .<Ipsec>gives(ipsec -> ipsec.identity().equals(Optional.of("10.1.0.10"))
                                && ipsec.endpoints().get(0).psk().equals(Optional.of(PSK))),
                Row.of("setIpsecAddress", Ip.of("192.168.7.7"))
                        .sends("PUT /ipsec", "{'ipsec_local_ipaddress':'192.168.7.7'}")
                        .<Ipsec>gives(ipsec -> ipsec.identity().equals(Optional.of("192.168.7.7"))),
                Row.of("restartIpsec").sends("POST /ipsec", "{'restart':true}").givesNothing());
    }

    private static Stream<Row> endpoints() {
        return Stream.of(
                withEndpoint(Row.of("endpoint", 1))
                        .sends("GET /ipsec/endpoints/1")
                        .<IpsecEndpoint>gives(endpoint -> endpoint.gateway().equals("203.0.113.9")
                                && endpoint.ikeVersion().equals(Optional.of(2))
                                && endpoint.pfs().equals(Optional.of(true))),
                Row.of(
                                "createEndpoint",
                                NewEndpoint.of("to-b", GATEWAY, PSK)
                                        .withDescription("of rows")
                                        .withIdentity(Optional.of("10.2.0.9"))
                                        .withDevice(Optional.of("169.254.1.1/30"))
                                        .withExtraConfig("phase1=aes256_gcm-sha2_256-dh14"))
                        .sends(
                                "POST /ipsec/endpoints",
                                "{'name':'to-b','ipaddress':'203.0.113.9','secret':'psk-of-rows','description':'of rows',"
                                        + "'pfs':true,'ike_version':2,'nat_t_enabled':true,"
                                        + "'private_ipaddress':'10.2.0.9',"
                                        + "'extra_config':'phase1=aes256_gcm-sha2_256-dh14','vpn_type':'vti',"
                                        + "'route_based_int_address':'169.254.1.1/30','route_based_local':'0.0.0.0/0',"
                                        + "'route_based_remote':'0.0.0.0/0'}")
                        .<IpsecEndpoint>gives(endpoint -> endpoint.vpnType().equals("vti")
                                && endpoint.tunnels().size() == 1
                                && endpoint.identity().equals(Optional.of("10.2.0.9"))
                                && endpoint.extraConfig().equals(List.of("phase1=aes256_gcm-sha2_256-dh14"))
                                && endpoint.deviceAddress().equals(Optional.of("169.254.1.1/30"))),
                withEndpoint(Row.of(
                                "updateEndpoint",
                                1,
                                EndpointChange.none()
                                        .withPsk(Secret.of("other"))
                                        .withPfs(false)))
                        .sends("PUT /ipsec/endpoints/1", "{'secret':'other','pfs':false}")
                        .<IpsecEndpoint>gives(endpoint -> endpoint.psk().equals(Optional.of(Secret.of("other")))
                                && endpoint.pfs().equals(Optional.of(false))),
                withEndpoint(Row.of("deleteEndpoint", 1))
                        .sends("DELETE /ipsec/endpoints/1")
                        .<Ipsec>gives(ipsec -> ipsec.endpoints().isEmpty()));
    }

    private static Stream<Row> tunnels() {
        return Stream.of(
                withEndpoint(Row.of(
                                "createTunnel",
                                1,
                                NewTunnel.between(HERE, THERE)
                                        .withDescription("of rows")
                                        .withPing(Ip.of("10.0.0.10"), Duration.ofSeconds(30), "eth0")))
                        .sends(
                                "POST /ipsec/endpoints/1/tunnels",
                                "{'local_subnet':'10.1.0.0/16','remote_subnet':'10.0.0.0/16','enabled':true,"
                                        + "'description':'of rows','ping_ipaddress':'10.0.0.10','ping_interval':30,"
                                        + "'ping_interface':'eth0'}")
                        .<IpsecEndpoint>gives(endpoint -> endpoint.tunnels()
                                        .get(0)
                                        .remoteSubnet()
                                        .equals("10.0.0.0/16")
                                && endpoint.tunnels().get(0).description().equals("of rows")
                                && endpoint.tunnels()
                                        .get(0)
                                        .ping()
                                        .every()
                                        .equals(Optional.of(Duration.ofSeconds(30)))),
                withTunnel(Row.of("updateTunnel", 1, 1, TunnelChange.none().withEnabled(false)))
                        .sends("PUT /ipsec/endpoints/1/tunnels/1", "{'enabled':false}")
                        .<TunnelStatus>gives(tunnel -> tunnel.id() == 1 && !tunnel.enabled()),
                withTunnel(Row.of("bounceTunnel", 1, 1))
                        .sends("PUT /ipsec/endpoints/1/tunnels/1", "{'bounce':true}")
                        .<TunnelStatus>gives(tunnel -> tunnel.id() == 1),
                withTunnel(Row.of("deleteTunnel", 1, 1))
                        .sends("DELETE /ipsec/endpoints/1/tunnels/1")
                        .<IpsecEndpoint>gives(endpoint -> endpoint.tunnels().isEmpty()),
                withTunnel(Row.of("tunnelStatus")).sends("GET /status/ipsec").gives(isDown()),
                withTunnel(Row.of("tunnelsUpOrDown"))
                        .sends("GET /status/ipsec?up_down_status_only=true")
                        .gives(isDown()),
                withTunnel(Row.of("linkHistory", 1))
                        .sends("GET /status/link_history?tunnelid=1")
                        .<LinkHistory>gives(history -> history.tunnel().equals(Optional.of(1))),
                withTunnel(Row.of("linkHistoryTo", THERE, Optional.of(HERE)))
                        .sends("GET /status/link_history?remote=10.0.0.0%2F16&local=10.1.0.0%2F16")
                        .<LinkHistory>gives(history -> history.remote().equals(Optional.of("10.0.0.0/16"))));
    }

    private static Predicate<List<TunnelStatus>> isDown() {
        return tunnels -> tunnels.size() == 1
                && tunnels.get(0).endpoint() == 1
                && !tunnels.get(0).connected();
    }

    private static Stream<Row> pairs() {
        return Stream.of(
                withPair(Row.of("trafficPairs(1).all"))
                        .sends("GET /ipsec/endpoints/1")
                        .<List<TrafficPair>>gives(
                                pairs -> pairs.get(0).remoteSubnet().equals("10.0.0.0/16")),
                Row.of("trafficPairs(1).create", NewTunnel.between(HERE, THERE))
                        .after("POST", "/ipsec/endpoints", VTI)
                        .sends(
                                "POST " + PAIRS,
                                "{'local_subnet':'10.1.0.0/16','remote_subnet':'10.0.0.0/16','enabled':true}")
                        .since("5.1.8")
                        .<TrafficPair>gives(pair -> pair.endpoint() == 1
                                && pair.localSubnet().equals("10.1.0.0/16")
                                && pair.createdAt().isPresent()),
                withPair(Row.of("trafficPairs(1).update", 1, TunnelChange.none().withDescription("other")))
                        .sends("PUT " + PAIRS + "/1", "{'description':'other'}")
                        .since("5.1.8")
                        .<TrafficPair>gives(pair -> pair.description().equals("other")),
                withPair(Row.of("trafficPairs(1).enable", 1))
                        .sends("PUT " + PAIRS + "/1/enable")
                        .since("5.1.8")
                        .<TrafficPair>gives(TrafficPair::enabled),
                withPair(Row.of("trafficPairs(1).disable", 1))
                        .sends("PUT " + PAIRS + "/1/disable")
                        .since("5.1.8")
                        .<TrafficPair>gives(pair -> !pair.enabled()),
                withPair(Row.of("trafficPairs(1).delete", 1))
                        .sends("DELETE " + PAIRS + "/1")
                        .since("5.1.8")
                        .<TrafficPair>gives(pair -> pair.id() == 1));
    }

    private static Stream<Row> routes() {
        return Stream.of(
                Row.of("routes")
                        .sends("GET /routes")
                        .<List<Route>>gives(routes -> routes.get(0).cidr().equals("224.0.0.0/4")),
                Row.of("routesIn", "main")
                        .sends("GET /routes?table=main")
                        .<List<Route>>gives(routes -> routes.size() == 1),
                Row.of(
                                "createRoute",
                                NewRoute.to(THERE)
                                        .withDescription("of rows")
                                        .withDevice(Optional.of("eth0"))
                                        .withGateway(Optional.of("10.1.0.1"))
                                        .withAdvertise(true)
                                        .withMetric(7))
                        .sends(
                                "POST /routes",
                                "{'cidr':'10.0.0.0/16','description':'of rows','interface':'eth0','gateway':'10.1.0.1',"
                                        + "'advertise':true,'metric':7}")
                        .<List<Route>>gives(routes -> routes.size() == 2
                                && routes.get(1).metric() == 7
                                && routes.get(1).gateway().equals(Optional.of("10.1.0.1"))),
                withRoute(Row.of("deleteRoute", 2))
                        .sends("DELETE /routes/2")
                        .<List<Route>>gives(routes -> routes.size() == 1),
                withRoute(Row.of("enableRoute", 2))
                        .sends("PUT /routes/2/enable")
                        .since("4.11.4")
                        .<Route>gives(Route::enabled),
                withRoute(Row.of("disableRoute", 2))
                        .sends("PUT /routes/2/disable")
                        .since("4.11.4")
                        .<Route>gives(route -> route.id() == 2 && !route.enabled()));
    }

    private static Row withEndpoint(Row row) {
        return row.after("POST", "/ipsec/endpoints", ENDPOINT);
    }

    private static Row withTunnel(Row row) {
        return withEndpoint(row).after("POST", "/ipsec/endpoints/1/tunnels", TUNNEL);
    }

    private static Row withPair(Row row) {
        return row.after("POST", "/ipsec/endpoints", VTI).after("POST", PAIRS, TUNNEL);
    }

    private static Row withRoute(Row row) {
        return row.after("POST", "/routes", "{'cidr':'10.0.0.0/16','interface':'eth0','gateway':'10.1.0.1'}");
    }
}
