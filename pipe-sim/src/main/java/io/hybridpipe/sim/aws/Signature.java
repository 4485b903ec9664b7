// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.SimRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signature Version 4 as the services compute it, for requests without a query. */
final class Signature {

    private Signature() {}

    static String of(SimRequest request, Identities.Claim claim, String secretKey) {
        try {
            var headers = claim.signedHeaders().stream()
                    .map(name -> name + ":" + value(request, name) + "\n")
                    .collect(Collectors.joining());
            var canonical = String.join(
                    "\n",
                    request.method(),
                    request.path(),
                    request.rawQuery(),
                    headers,
                    String.join(";", claim.signedHeaders()),
                    sha256(request.body()));
            var toSign = String.join(
                    "\n",
                    "AWS4-HMAC-SHA256",
                    request.header("X-Amz-Date").orElse(""),
                    claim.scope(),
                    sha256(canonical));
            var key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
            for (var part : claim.scope().split("/")) {
                key = hmac(key, part);
            }
            return HexFormat.of().formatHex(hmac(key, toSign));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA256", e);
        }
    }

    private static String value(SimRequest request, String header) {
        var values = request.headers().get(header);
        return values == null
                ? ""
                : values.stream()
                        .map(value -> value.strip().replaceAll(" +", " "))
                        .collect(Collectors.joining(","));
    }

    private static String sha256(String text) throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
