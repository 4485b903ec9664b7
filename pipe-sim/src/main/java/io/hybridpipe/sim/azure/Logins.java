// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Kind.Change;
import java.util.List;

/** Who may log in to a virtual machine, and how: its {@code osProfile}. */
final class Logins {

    private static final String KEYS = "linuxConfiguration.ssh.publicKeys";

    private Logins() {}

    /** Images by id may be of a machine with its users in it; those of the marketplace ask for a user. */
    static void check(Change change, JsonNode image) {
        if (!(change.properties().get("osProfile") instanceof ObjectNode profile)) {
            if (image.hasNonNull("id")) {
                return;
            }
            throw InvalidParameter.missing("osProfile");
        }
        for (var part : List.of("computerName", "adminUsername")) {
            if (Json.text(profile, part) == null) {
                throw InvalidParameter.missing(part);
            }
        }
        var keys = Json.objects(Json.at(profile, "linuxConfiguration", "ssh", "publicKeys"));
        if (change.before() == null && keys.isEmpty() && !takesPassword(profile)) {
            throw InvalidParameter.of(
                    "linuxConfiguration",
                    "Authentication using either SSH or by user name and password must be enabled in Linux profile.");
        }
        keys.forEach(key -> checkKey(key, profile.path("adminUsername").asText()));
    }

    private static boolean takesPassword(ObjectNode profile) {
        return profile.hasNonNull("adminPassword")
                && !Json.at(profile, "linuxConfiguration", "disablePasswordAuthentication")
                        .asBoolean();
    }

    private static void checkKey(ObjectNode key, String user) {
        var path = key.path("path").asText();
        var usual = "/home/%s/.ssh/authorized_keys".formatted(user);
        if (!path.startsWith("/")) {
            throw InvalidParameter.badValue(KEYS + ".path");
        }
        if (!path.equals(usual)) {
            throw InvalidParameter.of(
                    KEYS + ".path",
                    "Destination path for SSH public keys is currently limited to its default value %s  due to a known issue in"
                                    .formatted(usual)
                            + " Linux provisioning agent.");
        }
        if (!SshKeys.takes(key.path("keyData").asText())) {
            throw InvalidParameter.badValue(KEYS + ".keyData");
        }
    }
}
