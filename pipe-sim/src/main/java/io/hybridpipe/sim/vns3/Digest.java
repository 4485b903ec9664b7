// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Checksums by the algorithms that every JDK has. */
final class Digest {

    private Digest() {}

    /** SHA-1 over a text in UTF-8, as lower-case hex. */
    static String sha1(String text) {
        return hex("SHA-1", text.getBytes(StandardCharsets.UTF_8));
    }

    /** As lower-case hex. */
    static String hex(String algorithm, byte[] content) {
        return HexFormat.of().formatHex(bytes(algorithm, content));
    }

    static byte[] bytes(String algorithm, byte[] content) {
        try {
            return MessageDigest.getInstance(algorithm).digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
