// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** What ties a line to the lines before it: a SHA-256, or with a key an HMAC that nobody else can make. */
final class Checksum {
    /** How many hexadecimal digits of it are written: 128 bits. */
    static final int DIGITS = 32;

    private final @Nullable SecretKey key;

    private Checksum(@Nullable SecretKey key) {
        this.key = key;
    }

    /** @throws IllegalArgumentException if the key is none for HMAC-SHA256 */
    static Checksum with(@Nullable SecretKey key) {
        Checksum checksum = new Checksum(key);
        checksum.of("", new byte[0]);
        return checksum;
    }

    boolean isKeyed() {
        return key != null;
    }

    /** The name of the field that holds it. */
    String field() {
        return isKeyed() ? "mac" : "sum";
    }

    String of(String before, byte[] text) {
        try {
            return HexFormat.of().formatHex(Arrays.copyOf(digest(before.getBytes(US_ASCII), text), DIGITS / 2));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the journal's key is none for HMAC-SHA256", e);
        }
    }

    private byte[] digest(byte[] before, byte[] text) throws GeneralSecurityException {
        if (key == null) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(before);
            return digest.digest(text);
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        mac.update(before);
        return mac.doFinal(text);
    }
}
