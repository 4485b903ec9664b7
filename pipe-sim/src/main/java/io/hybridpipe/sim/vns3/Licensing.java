// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;
import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The license of one controller: upload, then the addressing of its topology, which reboots it and cannot be undone.
 *
 * <p>What a real license grants is sealed in its text. Here any well-formed PGP-armoured text is a license, and what it
 * grants is given by {@link Grant}.
 */
final class Licensing {

    /** What every license grants on this controller. */
    record Grant(int controllers, int endpoints, int tunnels) {
        static final Grant DEFAULT = new Grant(4, 64, 256);
    }

    private static final String OVERLAY = "100.127.255.192/26";
    private static final int FIRST_ASN = 65001;
    private static final int MOST_CLIENTS = 4096;

    private record Addressing(
            String subnet, List<String> managers, List<String> clients, List<Integer> asns, String vip) {
        private Addressing with(String manager) {
            List<String> more = new ArrayList<>(managers);
            more.add(manager);
            List<Integer> moreAsns = new ArrayList<>(asns);
            moreAsns.add(asns.get(asns.size() - 1) + 1);
            return new Addressing(subnet, more, clients, moreAsns, vip);
        }

        private boolean names(String address) {
            return managers.contains(address) || clients.contains(address) || vip.equals(address);
        }
    }

    private final Box box;
    private final Grant grant;

    private Optional<String> text = Optional.empty();
    private Optional<Instant> uploadedAt = Optional.empty();
    private Optional<Addressing> parameters = Optional.empty();
    private List<String> addedClients = List.of();
    private int moreControllers;
    private int moreClients;

    Licensing(Box box, Grant grant) {
        this.box = box;
        this.grant = grant;
    }

    void register(Operations api) {
        api.on("GET", "/license", LICENSE, call -> details());
        api.on("PUT", "/license", NOTHING, call -> upload(call.request().body()));
        api.on("PUT", "/license/parameters", LICENSE, call -> finish(call.body()));
        api.on(
                "PUT",
                "/license/upgrade",
                LICENSE,
                call -> upgrade(call.request().body()));
    }

    /** A license with its default addressing, given long ago. */
    void inService(String license) {
        text = Optional.of(license.strip());
        uploadedAt = Optional.of(box.clock().instant());
        parameters = Optional.of(addressing());
    }

    boolean present() {
        return text.isPresent();
    }

    boolean finalized() {
        return parameters.isPresent();
    }

    Grant grant() {
        return grant;
    }

    String checksum() {
        return text.map(Digest::sha1).orElse("");
    }

    String overlaySubnet() {
        return addressing().subnet();
    }

    boolean knows(int controllerId) {
        return controllerId >= 1 && controllerId <= addressing().managers().size();
    }

    String overlayAddress(int controllerId) {
        return addressing().managers().get(controllerId - 1);
    }

    int asn(int controllerId) {
        return addressing().asns().get(controllerId - 1);
    }

    int controllers() {
        return addressing().managers().size();
    }

    /** The overlay addresses of clients, those added later last. */
    List<String> clients() {
        List<String> all = new ArrayList<>(addressing().clients());
        all.addAll(addedClients);
        return all;
    }

    int mostClients() {
        return addressing().clients().size() + moreClients;
    }

    /** Whether an address of the overlay belongs neither to a controller nor to a client. */
    boolean isFreeClient(String address) {
        IPAddress overlay = Addresses.cidr(overlaySubnet()).orElseThrow();
        return Addresses.host(address).filter(overlay::contains).isPresent()
                && !addressing().names(address)
                && !addedClients.contains(address);
    }

    void addClients(List<String> addresses) {
        List<String> more = new ArrayList<>(addedClients);
        more.addAll(addresses);
        addedClients = List.copyOf(more);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("present", String.valueOf(present()));
        data.put("finalized", String.valueOf(finalized()));
        text.ifPresent(license -> data.put("sha1", Digest.sha1(license)));
        parameters.ifPresent(chosen -> data.put("parameters", chosen.toString()));
        data.put("clients", clients() + " of " + mostClients());
        return data;
    }

    private ObjectNode upload(String license) {
        if (present()) {
            throw ApiError.argument("Already licensed");
        }
        if (LicenseText.content(license).isEmpty()) {
            throw ApiError.argument("Bad license");
        }
        text = Optional.of(license.strip());
        uploadedAt = Optional.of(box.clock().instant());
        ObjectNode answer =
                Json.object().put("license", "accepted").put("finalized", false).put("license_present", true);
        answer.set("capabilities", capabilities());
        answer.set("default_topology", topology());
        return answer;
    }

    /** What an upgrade adds stands in its text, as {@link LicenseText} writes it. */
    private ObjectNode upgrade(String license) {
        String content = LicenseText.content(license).orElseThrow(() -> ApiError.argument("Bad license"));
        int controllers = LicenseText.number(content, "controllers");
        int clients = LicenseText.number(content, "clientpacks");
        Addressing more = withMore(addressing(), controllers);
        text = Optional.of(license.strip());
        uploadedAt = Optional.of(box.clock().instant());
        moreClients += clients;
        parameters.ifPresentOrElse(chosen -> parameters = Optional.of(more), () -> moreControllers += controllers);
        return Json.object()
                .put("finalized", finalized())
                .put("uniq", checksum())
                .put("license", "in-progress")
                .put("new_clientpacks", clients)
                .put("new_managers", controllers);
    }

    /** More controllers take the free addresses below the last one's, then those from the top of the overlay downwards. */
    private Addressing withMore(Addressing old, int controllers) {
        IPAddress overlay = Addresses.cidr(old.subnet()).orElseThrow();
        IPAddress bottom = overlay.getLower().withoutPrefixLength();
        IPAddress top = overlay.getUpper().withoutPrefixLength();
        IPAddress next =
                Addresses.host(old.managers().get(old.managers().size() - 1)).orElseThrow();
        Addressing more = old;
        for (long left = overlay.getCount().longValue();
                more.managers().size() < old.managers().size() + controllers;
                left--) {
            if (left == 0) {
                throw ApiError.notAllowed(
                        "Not enough room in overlay subnet for " + controllers + " more controllers.");
            }
            next = next.equals(bottom) ? top : next.increment(-1);
            String address = next.toString();
            boolean ofAHost = !next.equals(bottom) && !next.equals(top);
            if (ofAHost && !more.names(address) && !addedClients.contains(address)) {
                more = more.with(address);
            }
        }
        return more;
    }

    private ObjectNode finish(Fields wanted) {
        if (finalized()) {
            throw ApiError.argument("License parameters are already set");
        }
        Addressing chosen = wanted.flag("default").orElse(false) ? addressing() : custom(wanted);
        parameters = Optional.of(chosen);
        box.reboot();
        ObjectNode values = Json.object().put("subnet", chosen.subnet()).put("my_manager_vip", chosen.vip());
        values.set("managers", Json.texts(chosen.managers()));
        if (box.release().isAtLeast("5.0.0")) {
            values.set("controllers", Json.texts(chosen.managers()));
        }
        values.set("clients", Json.texts(chosen.clients()));
        ArrayNode asns = values.putArray("asns");
        chosen.asns().forEach(asns::add);
        return Json.object().put("license", "accepted").put("finalized", true).set("parameters", values);
    }

    private Addressing custom(Fields wanted) {
        for (String field : List.of("subnet", "managers", "asns", "clients", "my_manager_vip")) {
            wanted.required(field);
        }
        IPAddress subnet =
                Addresses.cidr(wanted.required("subnet")).orElseThrow(() -> ApiError.argument("invalid subnet field"));
        List<String> managers = words(wanted.required("managers"), "\\s+");
        List<Integer> asns = new ArrayList<>();
        for (String asn : words(wanted.required("asns"), "\\s+")) {
            if (!asn.matches("[0-9]{1,9}")) {
                throw ApiError.argument("invalid asns field");
            }
            asns.add(Integer.valueOf(asn));
        }
        if (asns.size() != managers.size()) {
            throw ApiError.argument("invalid asns field");
        }
        inside(subnet, managers, "managers");
        List<String> clients = clients(wanted.required("clients"));
        inside(subnet, clients, "clients");
        String vip = wanted.required("my_manager_vip");
        inside(subnet, List.of(vip), "my_manager_vip");
        return new Addressing(Addresses.text(subnet), managers, clients, asns, vip);
    }

    private static void inside(IPAddress subnet, List<String> addresses, String field) {
        boolean allInside = addresses.stream()
                .allMatch(text -> Addresses.host(text).filter(subnet::contains).isPresent());
        if (!allInside) {
            throw ApiError.argument("invalid " + field + " field");
        }
    }

    /** A list with commas, or a range with a hyphen. */
    private static List<String> clients(String text) {
        List<String> ends = words(text, "\\s*-\\s*");
        if (ends.size() != 2) {
            return words(text, "\\s*,\\s*");
        }
        Optional<IPAddress> first = Addresses.host(ends.get(0));
        Optional<IPAddress> last = Addresses.host(ends.get(1));
        long count = first.isPresent() && last.isPresent()
                ? first.get().enumerate(last.get()).longValue() + 1
                : 0;
        if (count < 1 || count > MOST_CLIENTS) {
            throw ApiError.argument("invalid clients field");
        }
        List<String> all = new ArrayList<>();
        for (long n = 0; n < count; n++) {
            all.add(first.orElseThrow().increment(n).toString());
        }
        return all;
    }

    private static List<String> words(String text, String separator) {
        return Arrays.stream(text.trim().split(separator)).toList();
    }

    private ObjectNode details() {
        ObjectNode details = Json.object()
                .put("license", "accepted")
                .put("finalized", finalized())
                .put("license_present", true)
                .put("sha1_checksum", checksum())
                .put("custom_addressing", true);
        uploadedAt.ifPresent(
                at -> details.put("uploaded_at", Json.timestamp(at)).put("uploaded_at_i", at.getEpochSecond()));
        parameters.ifPresent(chosen -> details.put("my_manager_vip", chosen.vip()));
        details.set("capabilities", capabilities());
        details.set("topology", topology());
        return details;
    }

    private static ArrayNode capabilities() {
        return Json.texts(List.of("IPsec", "eBGP"));
    }

    private ObjectNode topology() {
        Addressing chosen = addressing();
        ObjectNode topology = Json.object();
        ArrayNode managers = topology.putArray("managers");
        for (int id = 1; id <= chosen.managers().size(); id++) {
            managers.addObject()
                    .put("manager_id", id)
                    .put("asn", chosen.asns().get(id - 1))
                    .set("overlay_ipaddress", address(chosen.managers().get(id - 1)));
        }
        ArrayNode clients = topology.putArray("clients");
        clients().forEach(client -> clients.add(address(client)));
        return topology.put("total_clients", clients().size())
                .put("overlay_max_clients", mostClients())
                .put("overlay_subnet", chosen.subnet())
                .put("ipsec_max_endpoints", grant.endpoints())
                .put("ipsec_max_subnets", grant.tunnels());
    }

    private static ObjectNode address(String text) {
        ObjectNode address = Json.object().put("ip_address", text);
        ArrayNode octets = address.putArray("octets");
        Arrays.stream(text.split("\\.")).map(Integer::valueOf).forEach(octets::add);
        return address;
    }

    private Addressing addressing() {
        return parameters.orElseGet(this::defaultAddressing);
    }

    /** Controllers from the top of the overlay downwards, the shared address above them, clients from the bottom up. */
    private Addressing defaultAddressing() {
        IPAddress subnet = new IPAddressString(OVERLAY).getAddress();
        IPAddress top = subnet.getUpper().withoutPrefixLength();
        IPAddress bottom = subnet.getLower().withoutPrefixLength();
        List<String> managers = new ArrayList<>();
        List<Integer> asns = new ArrayList<>();
        for (int id = 1; id <= grant.controllers() + moreControllers; id++) {
            managers.add(top.increment(-1L - id).toString());
            asns.add(FIRST_ASN + id - 1);
        }
        List<String> clients = new ArrayList<>();
        for (int n = 1; n <= 5; n++) {
            clients.add(bottom.increment(n).toString());
        }
        return new Addressing(
                OVERLAY, managers, clients, asns, top.increment(-1).toString());
    }
}
