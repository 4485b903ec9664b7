// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Endpoints on the wire; the pre-shared key comes in as {@code secret} and goes out, in clear, as {@code psk}. */
final class EndpointJson {

    private EndpointJson() {}

    /** Reads an endpoint; fields left out keep their old value, or the default of the description. */
    static Endpoint read(Fields wanted, Optional<Endpoint> old, int id) {
        IPAddress gateway = wanted.text("ipaddress")
                .map(text -> address(text, "ipaddress"))
                .or(() -> old.map(Endpoint::gateway))
                .orElseThrow(() -> ApiError.argument("ipaddress is invalid"));
        int ikeVersion = wanted.number("ike_version")
                .or(() -> old.map(Endpoint::ikeVersion))
                .orElse(1);
        if (ikeVersion != 1 && ikeVersion != 2) {
            throw ApiError.argument("ike_version is invalid");
        }
        return new Endpoint(
                id,
                text(wanted, "name", old.map(Endpoint::name)),
                text(wanted, "description", old.map(Endpoint::description)),
                gateway,
                text(wanted, "secret", old.map(Endpoint::psk)),
                wanted.flag("pfs").or(() -> old.map(Endpoint::pfs)).orElse(true),
                ikeVersion,
                wanted.flag("nat_t_enabled").or(() -> old.map(Endpoint::natT)).orElse(true),
                identity(wanted, old),
                wanted.text("extra_config")
                        .map(EndpointJson::words)
                        .or(() -> old.map(Endpoint::extraConfig))
                        .orElse(List.of()),
                type(wanted, old),
                routeBased(wanted, old),
                old.map(Endpoint::tunnels).orElse(Map.of()),
                old.map(Endpoint::pairs).orElse(Map.of()));
    }

    static ObjectNode of(Endpoint endpoint) {
        ObjectNode json = Json.object()
                .put("id", endpoint.id())
                .put("name", endpoint.name())
                .put("description", endpoint.description())
                .put("ipaddress", endpoint.gateway().toString())
                .put("pfs", endpoint.pfs())
                .put("ike_version", endpoint.ikeVersion())
                .put("nat_t_enabled", endpoint.natT())
                .put(
                        "private_ipaddress",
                        endpoint.identity().map(IPAddress::toString).orElse(""))
                .put("type", "ipsec")
                .put("vpn_type", endpoint.type().wire())
                .put("psk", endpoint.psk());
        json.set("extra_config", Json.texts(endpoint.extraConfig()));
        ObjectNode tunnels = json.putObject("tunnels");
        endpoint.tunnelsInOrder().forEach(tunnel -> tunnels.set(String.valueOf(tunnel.id()), of(tunnel)));
        ObjectNode pairs = json.putObject("traffic_pairs");
        endpoint.pairsInOrder().forEach(pair -> pairs.set(String.valueOf(pair.id()), of(pair)));
        json.putObject("bgp_peers");
        if (endpoint.type() != VpnType.POLICY) {
            json.put("route_based_int_address", endpoint.routeBased().deviceAddress())
                    .put("route_based_local", endpoint.routeBased().local())
                    .put("route_based_remote", endpoint.routeBased().remote())
                    .put("gre_interface_address", endpoint.routeBased().greAddress());
        }
        return json;
    }

    static ObjectNode of(Tunnel tunnel) {
        return Json.object()
                .put("id", tunnel.id())
                .put("local_subnet", Addresses.text(tunnel.local()))
                .put("remote_subnet", Addresses.text(tunnel.remote()))
                .put("endpoint_id", tunnel.endpointId())
                .put("enabled", tunnel.enabled())
                .put("description", tunnel.description())
                .put("ping_ipaddress", tunnel.ping().address())
                .put("ping_interface", tunnel.ping().device())
                .put("ping_interval", tunnel.ping().seconds().orElse(null));
    }

    static ObjectNode of(TrafficPair pair) {
        return Json.object()
                .put("id", pair.id())
                .put("local_subnet", Addresses.text(pair.local()))
                .put("remote_subnet", Addresses.text(pair.remote()))
                .put("enabled", pair.enabled())
                .put("description", pair.description())
                .put("ipsec_endpoint_id", pair.endpointId())
                .put("endpoint_id", pair.endpointId())
                .put("ping_ipaddress", pair.ping().address())
                .put("ping_interface", pair.ping().device())
                .put("ping_interval", pair.ping().seconds().orElse(null))
                .put("created_at", Json.timestamp(pair.createdAt()))
                .put("updated_at", Json.timestamp(pair.updatedAt()));
    }

    static Tunnel.Ping ping(Fields wanted, Tunnel.Ping old) {
        return new Tunnel.Ping(
                wanted.text("ping_ipaddress").orElse(old.address()),
                wanted.number("ping_interval").or(old::seconds),
                wanted.text("ping_interface").orElse(old.device()));
    }

    static IPAddress subnet(Fields wanted, String field, IPAddress old) {
        return wanted.text(field).map(text -> subnet(text, field)).orElse(old);
    }

    static IPAddress subnet(String text, String field) {
        return Addresses.cidr(text).orElseThrow(() -> ApiError.argument(field + " is invalid CIDR"));
    }

    private static Optional<IPAddress> identity(Fields wanted, Optional<Endpoint> old) {
        Optional<String> text = wanted.text("private_ipaddress");
        return text.isPresent()
                ? text.filter(given -> !given.isBlank()).map(given -> address(given, "private_ipaddress"))
                : old.flatMap(Endpoint::identity);
    }

    private static VpnType type(Fields wanted, Optional<Endpoint> old) {
        Optional<String> named = wanted.text("vpn_type").filter(text -> !text.isEmpty());
        if (named.isPresent()) {
            return named.flatMap(VpnType::named).orElseThrow(() -> ApiError.argument("vpn_type is invalid"));
        }
        return wanted.flag("gre").orElse(false)
                ? VpnType.GRE
                : old.map(Endpoint::type).orElse(VpnType.POLICY);
    }

    private static Endpoint.RouteBased routeBased(Fields wanted, Optional<Endpoint> old) {
        Optional<Endpoint.RouteBased> was = old.map(Endpoint::routeBased);
        return new Endpoint.RouteBased(
                cidr(wanted, "route_based_int_address", was.map(Endpoint.RouteBased::deviceAddress)),
                cidr(wanted, "route_based_local", was.map(Endpoint.RouteBased::local)),
                cidr(wanted, "route_based_remote", was.map(Endpoint.RouteBased::remote)),
                cidr(wanted, "gre_interface_address", was.map(Endpoint.RouteBased::greAddress)));
    }

    private static String cidr(Fields wanted, String field, Optional<String> old) {
        String text = text(wanted, field, old);
        if (!text.isEmpty() && Addresses.interfaceCidr(text).isEmpty()) {
            throw ApiError.argument(field + " is invalid");
        }
        return text;
    }

    private static String text(Fields wanted, String field, Optional<String> old) {
        return wanted.text(field).or(() -> old).orElse("");
    }

    private static IPAddress address(String text, String field) {
        return Addresses.host(text).orElseThrow(() -> ApiError.argument(field + " is invalid"));
    }

    private static List<String> words(String extraConfig) {
        return Arrays.stream(extraConfig.trim().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
