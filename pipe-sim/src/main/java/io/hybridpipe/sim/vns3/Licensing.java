// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;
import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern ARMOUR = Pattern.compile(
            "-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----\\R((?:[A-Za-z-]+: .*\\R)*)\\R?([A-Za-z0-9+/=\\s]+)"
                    + "-----END PGP (MESSAGE|SIGNATURE|SIGNED MESSAGE)-----");
    private static final String OVERLAY = "100.127.255.192/26";
    private static final int FIRST_ASN = 65001;

    private record Addressing(
            String subnet, List<String> managers, List<String> clients, List<Integer> asns, String vip) {}

    private final Box box;
    private final Grant grant;

    private Optional<String> text = Optional.empty();
    private Optional<Instant> uploadedAt = Optional.empty();
    private Optional<Addressing> parameters = Optional.empty();

    Licensing(Box box, Grant grant) {
        this.box = box;
        this.grant = grant;
    }

    void register(Operations api) {
        api.on("GET", "/license", LICENSE, call -> details());
        api.on("PUT", "/license", NOTHING, call -> upload(call.request().body()));
        api.on("PUT", "/license/parameters", LICENSE, call -> finish(call.body()));
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
        return text.map(Licensing::sha1).orElse("");
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

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("present", String.valueOf(present()));
        data.put("finalized", String.valueOf(finalized()));
        text.ifPresent(license -> data.put("sha1", sha1(license)));
        parameters.ifPresent(chosen -> data.put("parameters", chosen.toString()));
        return data;
    }

    private ObjectNode upload(String license) {
        if (present()) {
            throw ApiError.argument("Already licensed");
        }
        if (!wellFormed(license)) {
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

    private static boolean wellFormed(String license) {
        Matcher armour = ARMOUR.matcher(license.strip());
        if (!armour.matches()) {
            return false;
        }
        // the line that starts with = is the armour's own checksum
        String base64 = armour.group(3).replaceAll("(?m)^=.{4}$", "").replaceAll("\\s", "");
        try {
            return Base64.getDecoder().decode(base64).length > 0;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
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
        List<String> clients = words(wanted.required("clients"), "\\s*[,-]\\s*");
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
        chosen.clients().forEach(client -> clients.add(address(client)));
        return topology.put("total_clients", chosen.clients().size())
                .put("overlay_max_clients", chosen.clients().size())
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
        for (int id = 1; id <= grant.controllers(); id++) {
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

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
