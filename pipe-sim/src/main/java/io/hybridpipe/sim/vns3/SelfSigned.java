// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;

/**
 * A self-signed TLS certificate with its key, as each controller makes for itself.
 *
 * <p>The JDK has no public way to sign a certificate. X.509 (RFC 5280) in DER is small enough to write down here, which
 * saves every user of the stand-ins a crypto library.
 */
final class SelfSigned {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final byte[] ECDSA_WITH_SHA256 = der(SEQUENCE, hex("06082a8648ce3d040302"));
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] SUBJECT_ALT_NAME = hex("0603551d11");
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private SelfSigned() {}

    /** A certificate for a name and addresses, valid around the real present: TLS clients look at the real clock. */
    static TlsIdentity.KeyPair of(String name, List<InetAddress> addresses) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] body = body(name, addresses, keys);
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(body);
            byte[] whole = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(0x03, new byte[] {0}, signer.sign()));
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
            return new TlsIdentity.KeyPair(certificate, keys.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has EC keys and SHA-256", e);
        }
    }

    private static byte[] body(String name, List<InetAddress> addresses, KeyPair keys) {
        byte[] serial = new BigInteger(120, new SecureRandom()).setBit(119).toByteArray();
        byte[] who = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, utf8(0x0c, name))));
        Instant now = Instant.now();
        byte[] validity = der(
                SEQUENCE,
                utf8(0x17, UTC_TIME.format(now.minusSeconds(86_400))),
                utf8(0x17, UTC_TIME.format(now.plusSeconds(3650L * 86_400))));
        byte[][] names =
                addresses.stream().map(at -> der(0x87, at.getAddress())).toArray(byte[][]::new);
        byte[] alternatives = der(SEQUENCE, SUBJECT_ALT_NAME, der(0x04, der(SEQUENCE, names)));
        return der(
                SEQUENCE,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, serial),
                ECDSA_WITH_SHA256,
                who,
                validity,
                who,
                keys.getPublic().getEncoded(),
                der(0xa3, der(SEQUENCE, alternatives)));
    }

    private static byte[] utf8(int tag, String text) {
        return der(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] der(int tag, byte[]... contents) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        for (byte[] content : contents) {
            inner.writeBytes(content);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = inner.size();
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.writeBytes(new byte[] {(byte) 0x81, (byte) length});
        } else {
            out.writeBytes(new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length});
        }
        out.writeBytes(inner.toByteArray());
        return out.toByteArray();
    }
}
