// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Makes license texts: content in the armour that licenses come in. */
final class LicenseText {
    private LicenseText() {}

    static String of(String content) {
        String body =
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content.getBytes(StandardCharsets.UTF_8));
        return "-----BEGIN PGP MESSAGE-----\n\n" + body + "\n-----END PGP MESSAGE-----\n";
    }
}
