// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Which public keys Linux machines take, in the one line of OpenSSH: RSA and Ed25519
 * (<a href="https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed">supported SSH key formats</a>).
 */
final class SshKeys {

    /** In bits. */
    static final int SHORTEST_RSA = 2048;

    private static final int ED25519_BYTES = 32;

    private SshKeys() {}

    /** Whether a machine takes the key: its type, then what it is made of (RFC 4253, 6.6; RFC 8709, 4), then perhaps a comment. */
    static boolean takes(String line) {
        var words = line.strip().split("\\s+", 3);
        if (words.length < 2) {
            return false;
        }
        try {
            var parts = ByteBuffer.wrap(Base64.getDecoder().decode(words[1]));
            var type = new String(next(parts), StandardCharsets.US_ASCII);
            return type.equals(words[0]) && isStrong(type, parts) && !parts.hasRemaining();
        } catch (IllegalArgumentException | BufferUnderflowException notAKey) {
            return false;
        }
    }

    private static boolean isStrong(String type, ByteBuffer parts) {
        return switch (type) {
            case "ssh-rsa" -> {
                next(parts); // the exponent
                yield new BigInteger(1, next(parts)).bitLength() >= SHORTEST_RSA;
            }
            case "ssh-ed25519" -> next(parts).length == ED25519_BYTES;
            default -> false;
        };
    }

    private static byte[] next(ByteBuffer parts) {
        var length = parts.getInt();
        if (length < 0 || length > parts.remaining()) {
            throw new BufferUnderflowException();
        }
        var part = new byte[length];
        parts.get(part);
        return part;
    }
}
