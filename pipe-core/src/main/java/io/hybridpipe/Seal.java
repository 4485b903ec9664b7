// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.RunId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals texts with AES in Galois/counter mode (NIST SP 800-38D): a random nonce of 12 bytes, the ciphertext and a tag of 128 bits,
 * in Base64.
 *
 * <p>Run, key and place are authenticated too, so that what is sealed opens nowhere else.
 */
final class Seal {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Supplier<RunId> run;
    private final SecretKey sealing;

    Seal(Supplier<RunId> run, SecretKey sealing) {
        this.run = run;
        this.sealing = sealing;
    }

    /** Why nothing can be sealed. */
    Optional<String> problem() {
        try {
            cipher(Cipher.ENCRYPT_MODE, new byte[NONCE_BYTES], "", "");
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.of("the secretsKey is no AES key of 128, 192 or 256 bits");
        }
    }

    String seal(String key, String at, String open) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, key, at).doFinal(open.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder()
                    .encodeToString(ByteBuffer.allocate(nonce.length + sealed.length)
                            .put(nonce)
                            .put(sealed)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key '" + key + "' cannot be sealed with the secretsKey", e);
        }
    }

    /** @throws IllegalArgumentException if it was sealed with another key, for another run or place, or was changed since */
    String open(String key, String at, String sealed) {
        try {
            byte[] bytes = Base64.getDecoder().decode(sealed);
            if (bytes.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
                throw new GeneralSecurityException("cut short");
            }
            byte[] open = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES), key, at)
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
            return new String(open, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the secretsKey does not fit what is sealed under key '" + key + "', or that was changed since");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String key, String at) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((run.get() + "\n" + key + "\n" + at).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
