// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** License texts: content in the armour that licenses come in. */
final class LicenseText {
    private static final Pattern ARMOUR = Pattern.compile(
            "-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----\\R((?:[A-Za-z-]+: .*\\R)*)\\R?([A-Za-z0-9+/=\\s]+)"
                    + "-----END PGP (MESSAGE|SIGNATURE|SIGNED MESSAGE)-----");

    private LicenseText() {}

    static String of(String content) {
        String body =
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content.getBytes(StandardCharsets.UTF_8));
        return "-----BEGIN PGP MESSAGE-----\n\n" + body + "\n-----END PGP MESSAGE-----\n";
    }

    /** What is inside the armour; empty if the text is no license. */
    static Optional<String> content(String license) {
        Matcher armour = ARMOUR.matcher(license.strip());
        if (!armour.matches()) {
            return Optional.empty();
        }
        // the line that starts with = is the armour's own checksum
        String base64 = armour.group(3).replaceAll("(?m)^=.{4}$", "").replaceAll("\\s", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length == 0 ? Optional.empty() : Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** The number that the content gives a name, as in {@code clientpacks=5}; 0 if it does not name it. */
    static int number(String content, String name) {
        Matcher found = Pattern.compile("\\b" + name + "=([0-9]{1,4})\\b").matcher(content);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
