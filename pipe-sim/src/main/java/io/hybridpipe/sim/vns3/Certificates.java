// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;
import static io.hybridpipe.sim.vns3.Operations.Needs.NOTHING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The certificate of the controller's server: it can be replaced by one that is uploaded, then installed in the background. */
final class Certificates {
    private static final Duration INSTALLATION = Duration.ofSeconds(3);

    /** The words for a failure are not published for this task; they are those of others. */
    private enum State {
        PENDING("Job pending", "pending"),
        FINISHED("Job finished", "finished_ok"),
        FAILED("Job failed", "finished_failed");

        private final String status;
        private final String wire;

        State(String status, String wire) {
            this.status = status;
            this.wire = wire;
        }
    }

    private final Box box;
    private final TlsIdentity identity;
    private final Map<String, State> installations = new HashMap<>();
    private Optional<TlsIdentity.KeyPair> uploaded = Optional.empty();

    Certificates(Box box, TlsIdentity identity) {
        this.box = box;
        this.identity = identity;
    }

    void register(Operations api) {
        api.on("GET", "/system/ssl", NOTHING, call -> show());
        api.on("PUT", "/system/ssl/keypair", LICENSE, call -> upload(call.body()));
        api.on("PUT", "/system/ssl/install", LICENSE, call -> install());
        api.on("GET", "/system/ssl/install/{uuid}", LICENSE, this::installation);
    }

    /** What was under way when the machine went down is lost; the files that were uploaded are still there. */
    void interrupted() {
        installations.replaceAll((uuid, state) -> state == State.PENDING ? State.FAILED : state);
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        data.put("sha256", fingerprint(identity.certificate(), "SHA-256"));
        return data;
    }

    static String fingerprint(X509Certificate certificate, String algorithm) {
        try {
            return Digest.hex(algorithm, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private ObjectNode show() {
        X509Certificate certificate = identity.certificate();
        ObjectNode json = Json.object()
                .put("subject", certificate.getSubjectX500Principal().getName())
                .put("issuer", certificate.getIssuerX500Principal().getName())
                .put("before", Json.timestamp(certificate.getNotBefore().toInstant()))
                .put("after", Json.timestamp(certificate.getNotAfter().toInstant()))
                .put("algorithm", certificate.getSigAlgName())
                .put("sha1_fingerprint", fingerprint(certificate, "SHA-1"))
                .put("sha256_fingerprint", fingerprint(certificate, "SHA-256"));
        return Json.object().set("certs", Json.array().add(json));
    }

    private JsonNode upload(Fields wanted) {
        String missing = Stream.of("cert", "key")
                .filter(field ->
                        wanted.text(field).filter(text -> !text.isBlank()).isEmpty())
                .map(field -> field + " is missing")
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw ApiError.argument(missing);
        }
        X509Certificate certificate = certificate(wanted.required("cert"));
        PrivateKey key = key(wanted.required("key"), certificate.getPublicKey().getAlgorithm());
        if (!belong(certificate, key)) {
            throw ApiError.argument("key is invalid");
        }
        uploaded = Optional.of(new TlsIdentity.KeyPair(certificate, key));
        return TextNode.valueOf("Valid key/cert files uploaded");
    }

    private JsonNode install() {
        TlsIdentity.KeyPair next = uploaded.orElseThrow(() -> ApiError.argument("cert is missing, key is missing"));
        String uuid = UUID.randomUUID().toString().replace("-", "");
        installations.put(uuid, State.PENDING);
        box.later(INSTALLATION, () -> {
            identity.replace(next);
            installations.put(uuid, State.FINISHED);
            uploaded = uploaded.filter(pair -> pair != next);
        });
        return Json.object().put("status", "SSL Cert installation queued").put("uuid", uuid);
    }

    private JsonNode installation(ApiCall call) {
        String uuid = call.path().getOrDefault("uuid", "");
        State state = installations.get(uuid);
        if (state == null) {
            throw ApiError.notFound("Unknown Job ID: " + uuid);
        }
        return Json.object().put("uuid", uuid).put("status", state.status).put("state", state.wire);
    }

    private static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException notX509) {
            throw ApiError.argument("cert is invalid");
        }
    }

    private static PrivateKey key(String pem, String algorithm) {
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            byte[] encoded = Base64.getDecoder().decode(base64);
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException notPkcs8) {
            throw ApiError.argument("key is invalid");
        }
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) {
        byte[] message = {1, 2, 3};
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + key.getAlgorithm();
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(message);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(message);
            return signer.verify(signature);
        } catch (GeneralSecurityException otherKey) {
            return false;
        }
    }
}
