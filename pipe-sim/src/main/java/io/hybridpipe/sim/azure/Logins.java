// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Kind.Change;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who may log in to a virtual machine, and how: its {@code osProfile}. Names and passwords as
 * <a href="https://learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update#osprofile">compute takes them</a> for
 * Linux, its answers as in
 * <a href="https://learn.microsoft.com/troubleshoot/azure/virtual-machines/error-messages">common error messages</a>.
 */
final class Logins {

    static final int LONGEST_USER = 64;
    static final int SHORTEST_PASSWORD = 6;
    static final int LONGEST_PASSWORD = 72;

    /** How many of lower and upper case letters, digits and others a password has at least. */
    private static final int KINDS = 3;

    private static final List<Pattern> KINDS_OF_CHARACTERS =
            Stream.of("[a-z]", "[A-Z]", "[0-9]", "[\\W_]").map(Pattern::compile).toList();

    private static final Set<String> TAKEN_USERS = Set.of(
            "administrator",
            "admin",
            "user",
            "user1",
            "test",
            "user2",
            "test1",
            "user3",
            "admin1",
            "1",
            "123",
            "a",
            "actuser",
            "adm",
            "admin2",
            "aspnet",
            "backup",
            "console",
            "david",
            "guest",
            "john",
            "owner",
            "root",
            "server",
            "sql",
            "support",
            "support_388945a0",
            "sys",
            "test2",
            "test3",
            "user4",
            "user5");

    private static final Set<String> KNOWN_PASSWORDS = Set.of(
            "abc@123",
            "P@$$w0rd",
            "P@ssw0rd",
            "P@ssword123",
            "Pa$$word",
            "pass@word1",
            "Password!",
            "Password1",
            "Password22",
            "iloveyou!");

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
        checkUser(profile.path("adminUsername").asText());
        if (profile.hasNonNull("adminPassword")) {
            checkPassword(profile.path("adminPassword").asText());
        }
        var keys = Json.objects(Json.at(profile, "linuxConfiguration", "ssh", "publicKeys"));
        if (change.before() == null && keys.isEmpty() && !takesPassword(profile)) {
            throw InvalidParameter.of(
                    "linuxConfiguration",
                    "Authentication using either SSH or by user name and password must be enabled in Linux profile.");
        }
        keys.forEach(key -> checkKey(key, profile.path("adminUsername").asText()));
    }

    private static void checkUser(String user) {
        if (TAKEN_USERS.contains(user.toLowerCase(Locale.ROOT))) {
            throw InvalidParameter.of("adminUsername", "The Admin Username specified is not allowed.");
        }
        if (user.isEmpty() || user.length() > LONGEST_USER) {
            throw InvalidParameter.badValue("adminUsername");
        }
    }

    private static void checkPassword(String password) {
        if (KNOWN_PASSWORDS.contains(password)) {
            throw InvalidParameter.of("adminPassword", "The Admin password specified is not allowed.");
        }
        var kinds = KINDS_OF_CHARACTERS.stream()
                .filter(kind -> kind.matcher(password).find())
                .count();
        if (password.length() < SHORTEST_PASSWORD
                || password.length() > LONGEST_PASSWORD
                || kinds < KINDS
                || password.chars().anyMatch(Character::isISOControl)) {
            throw InvalidParameter.of(
                    "adminPassword",
                    "The supplied password must be between %d-%d characters long and must satisfy at least %d of password"
                                    .formatted(SHORTEST_PASSWORD, LONGEST_PASSWORD, KINDS)
                            + " complexity requirements from the following:\r\n1) Contains an uppercase character\r\n2)"
                            + " Contains a lowercase character\r\n3) Contains a numeric digit\r\n4) Contains a special"
                            + " character\r\n5) Control characters are not allowed");
        }
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
