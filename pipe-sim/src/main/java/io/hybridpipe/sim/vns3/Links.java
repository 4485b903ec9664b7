// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;
import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.vns3.Negotiation.Counters;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The live side of tunnels: which are up, how far the others came and why no further, and when each went up or down. */
final class Links {
    private record Link(Verdict verdict, Instant since) {}

    private record Event(int tunnel, IPAddress local, IPAddress remote, boolean up, Instant at) {}

    private static final Link IDLE = new Link(Verdict.phase1Failed("not negotiated yet"), Instant.EPOCH);

    private final Box box;
    private final Runnable negotiate;
    private final BiConsumer<Endpoint, Tunnel> end;
    private final Supplier<List<Endpoint>> endpoints;
    private final Map<Integer, Link> links = new HashMap<>();
    private final Map<Integer, Association> associations = new HashMap<>();
    private final List<Event> history = new ArrayList<>();
    private final Traffic traffic = new Traffic();

    /**
     * @param endpoints what is configured
     * @param negotiate to be told when what is configured has changed
     * @param end ends what there is of a tunnel
     */
    Links(Box box, Supplier<List<Endpoint>> endpoints, Runnable negotiate, BiConsumer<Endpoint, Tunnel> end) {
        this.box = box;
        this.endpoints = endpoints;
        this.negotiate = negotiate;
        this.end = end;
    }

    void register(Operations api) {
        api.on(
                "GET",
                "/status/ipsec",
                LICENSE,
                call -> statuses(call.query("up_down_status_only")
                        .map(Boolean::parseBoolean)
                        .orElse(false)));
        api.on("GET", "/status/link_history", LICENSE, this::history);
        api.on("GET", "/status", LICENSE, call -> runtime());
        api.on(
                "GET",
                "/status/connected_subnets",
                NOTHING,
                call -> call.query("extended_output").map(Boolean::parseBoolean).orElse(false)
                        ? connectedSubnetsInDetail()
                        : connectedSubnets());
    }

    boolean isUp(int tunnelId) {
        return links.getOrDefault(tunnelId, IDLE).verdict().up();
    }

    String why(int tunnelId) {
        return links.getOrDefault(tunnelId, IDLE).verdict().why();
    }

    void sent(int tunnelId) {
        traffic.sent(tunnelId);
    }

    void received(int tunnelId) {
        traffic.received(tunnelId);
    }

    /** Drops what is no longer configured and has the rest negotiated anew. */
    void changed() {
        Map<Integer, Tunnel> configured = configured();
        for (int id : List.copyOf(links.keySet())) {
            if (!configured.containsKey(id)) {
                links.remove(id);
                associations.remove(id);
                traffic.reset(id);
            }
        }
        negotiate.run();
    }

    void restart() {
        configured().keySet().forEach(this::bounce);
        changed();
    }

    void bounce(int tunnelId) {
        for (Endpoint endpoint : endpoints.get()) {
            Tunnel tunnel = endpoint.tunnels().get(tunnelId);
            if (tunnel != null) {
                judged(tunnel, Verdict.phase1Failed("restarted by hand"));
                end.accept(endpoint, tunnel);
            }
        }
    }

    /** The machine went down: so are all its tunnels. */
    void down() {
        configured().values().forEach(tunnel -> judged(tunnel, Verdict.phase1Failed("not negotiated yet")));
    }

    /** Takes in what came of a negotiation; true if the tunnel came up or went down by it. */
    boolean judged(Tunnel tunnel, Verdict verdict) {
        Link old = links.getOrDefault(tunnel.id(), IDLE);
        boolean turned = old.verdict().up() != verdict.up();
        Instant now = box.clock().instant();
        links.put(tunnel.id(), new Link(verdict, turned ? now : old.since()));
        if (turned) {
            traffic.reset(tunnel.id());
            history.add(new Event(tunnel.id(), tunnel.local(), tunnel.remote(), verdict.up(), now));
        }
        return turned;
    }

    /** Either end of a tunnel has come up, and tells both. */
    void associated(int tunnelId, Association association) {
        associations.merge(tunnelId, association, Association::orLater);
    }

    ObjectNode status(Endpoint endpoint, Tunnel tunnel, boolean brief) {
        Link link = links.getOrDefault(tunnel.id(), IDLE);
        ObjectNode status = EndpointJson.of(tunnel)
                .put("endpointid", endpoint.id())
                .put("endpoint_name", endpoint.name())
                .put("active", tunnel.enabled())
                .put("connected", link.verdict().up())
                .put("bounce", false);
        return brief ? status : status.set("tunnel_params", parameters(endpoint, tunnel, link));
    }

    private ObjectNode parameters(Endpoint endpoint, Tunnel tunnel, Link link) {
        Verdict verdict = link.verdict();
        Instant now = box.clock().instant();
        Duration age = Duration.between(link.since(), now);
        Optional<Proposal> ike = verdict.ike();
        Optional<Proposal> esp = verdict.esp();
        Optional<Counters> counted = verdict.counters().or(() -> Optional.ofNullable(associations.get(tunnel.id()))
                .filter(association -> verdict.up())
                .map(association ->
                        traffic.counters(endpoint, tunnel, age, association, Duration.between(association.at(), now))));
        return Json.object()
                .put("phase1", verdict.phase1() ? "up" : "down")
                .put("phase2", verdict.phase2() ? "up" : "down")
                .put("phase1_cipher", text(ike.map(Proposal::cipher)))
                .put("phase1_prf", text(ike.map(Proposal::hash)))
                .put("phase1_dh_group", text(ike.map(Proposal::group)))
                .put("phase2_algo", esp.map(Proposal::cipher).orElse(""))
                .put("phase2_hash", esp.map(Proposal::hash).orElse(""))
                .put(
                        "pfs_dh_group",
                        text(ike.filter(agreed -> endpoint.pfs() && verdict.up())
                                .map(Proposal::group)))
                .put("nat_t", endpoint.natT() ? "on" : "off")
                .put("dpd", verdict.up() ? "on" : "off")
                .put("ike_version", "IKEv" + endpoint.ikeVersion())
                .put("isakmp_port", endpoint.natT() ? "4500" : "500")
                .put("esp_port", endpoint.natT() ? "4500" : "")
                .put("outbound_spi", counted.map(Counters::outboundSpi).orElse(""))
                .put("inbound_spi", counted.map(Counters::inboundSpi).orElse(""))
                .put("bytes_in", counted.map(Counters::bytesIn).orElse(0L).toString())
                .put("bytes_out", counted.map(Counters::bytesOut).orElse(0L).toString())
                .put(
                        "esp_time_remaining",
                        counted.map(one -> one.espSeconds() + "s").orElse(""))
                .put(
                        "isakmp_time_remaining",
                        verdict.phase1()
                                ? counted.map(Counters::ikeSeconds).orElseGet(() -> Traffic.leftOfIke(age)) + "s"
                                : "")
                .put("last_dpd", verdict.up() ? age.toSeconds() % Traffic.KEEP_ALIVE.toSeconds() + "s" : "None");
    }

    private static @Nullable String text(Optional<String> value) {
        return value.filter(text -> !text.isEmpty()).orElse(null);
    }

    private ObjectNode statuses(boolean brief) {
        ObjectNode all = Json.object();
        endpoints.get().forEach(endpoint -> endpoint.tunnelsInOrder()
                .forEach(tunnel -> all.set(String.valueOf(tunnel.id()), status(endpoint, tunnel, brief))));
        return all;
    }

    private ObjectNode history(ApiCall call) {
        Optional<IPAddress> remote = cidr(call, "remote");
        Optional<IPAddress> local = cidr(call, "local");
        Optional<Integer> tunnel = call.query("tunnelid").map(text -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw ApiError.argument("bad or invalid tunnelid");
            }
            return Integer.valueOf(text);
        });
        List<Event> found = history.stream()
                .filter(event -> remote.map(event.remote()::equals).orElse(true))
                .filter(event -> local.map(event.local()::equals).orElse(true))
                .filter(event -> tunnel.map(id -> id == event.tunnel()).orElse(true))
                .toList();
        ObjectNode answer = Json.object();
        call.query("remote").ifPresent(text -> answer.put("remote", text));
        call.query("local").ifPresent(text -> answer.put("local", text));
        tunnel.ifPresent(id -> answer.put("tunnelid", id));
        ArrayNode events = answer.putArray("history");
        found.forEach(event -> events.addObject()
                .put("event", event.up() ? "Tunnel up" : "Tunnel down")
                .put("timestamp", Json.timestamp(event.at()))
                .put("timestamp_i", event.at().getEpochSecond()));
        return answer;
    }

    private static Optional<IPAddress> cidr(ApiCall call, String name) {
        return call.query(name)
                .map(text -> Addresses.cidr(text).orElseThrow(() -> ApiError.argument("bad or invalid " + name)));
    }

    private ObjectNode runtime() {
        ObjectNode status = Json.object();
        status.putObject("connected_clients");
        status.set("connected_subnets", connectedSubnets());
        status.set("ipsec", statuses(false));
        return status;
    }

    private ArrayNode connectedSubnets() {
        ArrayNode subnets = Json.array();
        connected().forEach(remote -> subnets.addArray().add(network(remote)).add(Routes.netmask(remote)));
        return subnets;
    }

    private ArrayNode connectedSubnetsInDetail() {
        ArrayNode subnets = Json.array();
        connected().forEach(remote -> subnets.addObject()
                .put("subnet", Addresses.text(remote))
                .put("network", network(remote))
                .put("cidr_mask", Addresses.text(remote).replaceAll(".*/", ""))
                .put("netmask", Routes.netmask(remote))
                .put("origin", "ipsec"));
        return subnets;
    }

    private List<IPAddress> connected() {
        return configured().values().stream()
                .filter(tunnel -> isUp(tunnel.id()))
                .map(Tunnel::remote)
                .distinct()
                .toList();
    }

    private static String network(IPAddress block) {
        return block.getLower().withoutPrefixLength().toString();
    }

    private Map<Integer, Tunnel> configured() {
        Map<Integer, Tunnel> all = new HashMap<>();
        endpoints.get().forEach(endpoint -> all.putAll(endpoint.tunnels()));
        return all;
    }
}
