// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.KeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Key pairs: really generated, the private half shown once. */
final class KeyPairs {

    private final Region region;

    KeyPairs(Region region) {
        this.region = region;
    }

    /** A new pair and the private key as PEM. */
    record Created(KeyPair pair, String privateKey) {}

    Created create(String name, String type) {
        if (byName(name).isPresent()) {
            throw AwsError.of("InvalidKeyPair.Duplicate", "The keypair '%s' already exists.", name);
        }
        try {
            var generator = KeyPairGenerator.getInstance(algorithm(type));
            if (type.equals("rsa")) {
                generator.initialize(2048);
            }
            var encoded = generator.generateKeyPair().getPrivate().getEncoded();
            var pem = "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                    + "\n-----END PRIVATE KEY-----";
            var pair = new KeyPair(region.ids.next("key"), name, type, fingerprint(encoded), region.clock.instant());
            return new Created(region.keyStore.put(pair), pem);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot generate " + type + " keys", e);
        }
    }

    KeyPair get(String name) {
        return byName(name)
                .orElseThrow(() -> AwsError.of("InvalidKeyPair.NotFound", "The key pair '%s' does not exist", name));
    }

    Optional<KeyPair> byName(String name) {
        return region.keyStore.where(pair -> pair.name().equals(name)).stream().findFirst();
    }

    /** Deleting what does not exist is no error, as with the service. */
    void delete(String nameOrId) {
        region.keyStore
                .where(pair -> pair.name().equals(nameOrId) || pair.id().equals(nameOrId))
                .forEach(pair -> {
                    region.keyStore.remove(pair.id());
                    region.tags.forget(pair.id());
                });
    }

    private static String algorithm(String type) {
        return switch (type) {
            case "rsa" -> "RSA";
            case "ed25519" -> "Ed25519";
            default ->
                throw AwsError.invalid("Value (%s) for parameter keyType is invalid. Valid values: rsa, ed25519", type);
        };
    }

    private static String fingerprint(byte[] key) throws GeneralSecurityException {
        var pairs = new ArrayList<String>();
        for (var b : MessageDigest.getInstance("SHA-1").digest(key)) {
            pairs.add(String.format(Locale.ROOT, "%02x", b));
        }
        return String.join(":", pairs);
    }
}
