// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** The vendor's way in: a switch, and a key that is made for a passphrase and can be revoked. */
final class RemoteSupport {
    private boolean enabled;
    private boolean credential;

    void register(Operations api) {
        api.on("GET", "/remote_support", NOTHING, call -> Json.object().put("enabled", enabled));
        api.on("PUT", "/remote_support", NOTHING, call -> change(call.body()));
        api.answering("POST", "/remote_support/keypair", NOTHING, this::makeKey);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("remote_support", enabled + (credential ? " with a key" : ""));
        return data;
    }

    private ObjectNode change(Fields wanted) {
        enabled = wanted.flag("enabled").orElse(enabled);
        boolean revoke = wanted.flag("revoke_credential").orElse(false);
        credential &= !revoke;
        return Json.object().put("enabled", enabled).put("revoke_credential", revoke);
    }

    private SimResponse makeKey(ApiCall call) {
        if (call.request().body().isBlank()) {
            throw ApiError.argument("Bad encrypted passphrase");
        }
        credential = true;
        return SimResponse.of(201, "text/plain; charset=utf-8", newPrivateKey());
    }

    private static String newPrivateKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has EC keys", e);
        }
    }
}
