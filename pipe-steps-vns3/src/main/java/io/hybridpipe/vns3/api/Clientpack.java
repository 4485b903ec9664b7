// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a controller tells of one clientpack, the credentials with which a client joins the overlay network.
 *
 * @param name its name, its address with underscores, such as {@code 100_127_255_200}
 * @param overlayAddress the client's address in the overlay network
 * @param number its number among all
 * @param enabled whether a client may connect with it
 * @param checkedOut whether it was handed out and is no longer available
 * @param connected whether a client is connected with it
 * @param address where that client connects from
 * @param controller the controller it is connected to
 * @param status in the controller's words
 * @param compression {@code on}, {@code off} or what is wrong with it
 * @param lastConnectedAt when a client connected last
 * @param lastDisconnectedAt when a client disconnected last
 * @param files the names and checksums of its files
 * @param tags its tags by key
 * @param other what else it tells
 */
public record Clientpack(
        String name,
        Optional<String> overlayAddress,
        Optional<Integer> number,
        boolean enabled,
        boolean checkedOut,
        boolean connected,
        Optional<String> address,
        Optional<String> controller,
        Optional<String> status,
        Optional<String> compression,
        Optional<Instant> lastConnectedAt,
        Optional<Instant> lastDisconnectedAt,
        List<File> files,
        Map<String, String> tags,
        OtherFields other) {
    /**
     * One of a clientpack's files.
     *
     * @param format its format
     * @param name its name; empty if it is not told
     * @param checksum its SHA-1; empty if it is not told
     */
    public record File(ClientpackFormat format, Optional<String> name, Optional<String> checksum) {}

    static Clientpack from(Fields fields) {
        return new Clientpack(
                fields.text("name").orElse(""),
                fields.text("overlay_ipaddress"),
                fields.number("sequential_id"),
                fields.flag("enabled"),
                fields.flag("checked_out"),
                fields.flag("connected"),
                fields.text("ipaddress"),
                fields.text("manager_id"),
                fields.text("status"),
                fields.text("compression"),
                fields.instant("last_connect"),
                fields.instant("last_disconnect"),
                List.of(
                        new File(ClientpackFormat.TARBALL, fields.text("tarball_file"), fields.text("tarball_sha1")),
                        new File(ClientpackFormat.ZIP, fields.text("zip_file"), fields.text("zip_sha1")),
                        new File(ClientpackFormat.CONF, fields.text("linux_onefile"), fields.text("conf_sha1")),
                        new File(ClientpackFormat.OVPN, fields.text("windows_onefile"), fields.text("ovpn_sha1"))),
                fields.textsByName("tags"),
                fields.other());
    }
}
