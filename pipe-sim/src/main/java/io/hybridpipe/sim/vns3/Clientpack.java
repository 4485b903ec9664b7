// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a device needs to join the overlay as one of its addresses.
 *
 * @param edition counts how often its files were made
 */
record Clientpack(
        String address,
        int number,
        boolean enabled,
        boolean checkedOut,
        boolean compressed,
        boolean authenticated,
        boolean preShared,
        int edition,
        SortedMap<String, String> tags) {

    Clientpack {
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    static Clientpack of(String address, int number) {
        return new Clientpack(address, number, true, false, false, false, false, 1, new TreeMap<>());
    }

    /** The address with underscores. */
    String name() {
        return address.replace('.', '_');
    }

    /** With what a request says about it; fields left out stay. */
    Clientpack with(Fields wanted) {
        Optional<String> compression = wanted.text("compression").filter(text -> !text.isEmpty());
        if (compression.filter(text -> !text.matches("on|off")).isPresent()) {
            throw ApiError.argument("compression is invalid");
        }
        return new Clientpack(
                address,
                number,
                flag(wanted, "enabled").orElse(enabled),
                flag(wanted, "checked_out").orElse(checkedOut),
                compression.map("on"::equals).orElse(compressed),
                flag(wanted, "auth_on").orElse(authenticated),
                flag(wanted, "psk_on").orElse(preShared),
                edition,
                tags);
    }

    static Optional<Boolean> flag(Fields wanted, String name) {
        try {
            return wanted.flag(name);
        } catch (ApiError wrong) {
            throw ApiError.argument("Argument must have a true or false value");
        }
    }

    Clientpack regenerated() {
        return new Clientpack(
                address, number, enabled, checkedOut, compressed, authenticated, preShared, edition + 1, tags);
    }

    Clientpack withTags(Map<String, String> others) {
        return new Clientpack(
                address,
                number,
                enabled,
                checkedOut,
                compressed,
                authenticated,
                preShared,
                edition,
                new TreeMap<>(others));
    }

    ObjectNode json(ClientpackFiles files) {
        ObjectNode json = Json.object()
                .put("name", name())
                .put("overlay_ipaddress", address)
                .put("sequential_id", number)
                .put("enabled", enabled)
                .put("checked_out", checkedOut)
                .put("status", enabled ? "enabled" : "disabled")
                .put("connected", false)
                .put("compression", compressed ? "on" : "off")
                .put("linux_onefile", name() + ".conf")
                .put("conf_sha1", files.checksum(this, "conf"))
                .put("windows_onefile", name() + ".ovpn")
                .put("ovpn_sha1", files.checksum(this, "ovpn"))
                .put("tarball_file", name() + ".tar.gz")
                .put("tarball_sha1", files.checksum(this, "tarball"))
                .put("zip_file", name() + ".zip")
                .put("zip_sha1", files.checksum(this, "zip"));
        json.set("tags", tagsJson());
        return json;
    }

    ObjectNode tagsJson() {
        ObjectNode json = Json.object();
        tags.forEach(json::put);
        return json;
    }
}
