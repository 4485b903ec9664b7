// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which certificates of a controller are good: those with a pinned fingerprint, those of an authority, or any.
 *
 * <p>A controller comes with a certificate that it signed itself, so the JDK's own authorities never know it. Pinning its
 * SHA-256 fingerprint is the safe way without an authority of one's own. Immutable and thread-safe.
 */
public final class TlsTrust {
    private static final Logger LOG = LoggerFactory.getLogger(TlsTrust.class);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final SSLContext context;
    private final String description;

    private TlsTrust(X509ExtendedTrustManager trust, String description) {
        this.context = contextOf(trust);
        this.description = description;
    }

    /**
     * Trusts a certificate with one of these SHA-256 fingerprints, whatever host name or date it bears.
     *
     * <p>The certificate itself is what was agreed on, so its host name says nothing more; no system property is needed.
     *
     * @param sha256 64 hexadecimal digits each, with or without colons: what
     *     {@code openssl x509 -noout -fingerprint -sha256} prints after the equals sign
     * @throws IllegalArgumentException if one is no SHA-256 fingerprint, or there is none
     */
    public static TlsTrust fingerprint(String... sha256) {
        Set<String> pins = Arrays.stream(sha256).map(TlsTrust::normal).collect(Collectors.toCollection(TreeSet::new));
        if (pins.isEmpty()) {
            throw new IllegalArgumentException("no fingerprint was given");
        }
        String pinned = pins.stream().map(Fingerprint::colons).collect(Collectors.joining(" or "));
        return new TlsTrust(
                new CheckingTrustManager((chain, authType, peer) -> {
                    String seen = Fingerprint.of(chain[0]);
                    if (!pins.contains(seen)) {
                        throw new CertificateException("the certificate's SHA-256 fingerprint is "
                                + Fingerprint.colons(seen) + ", expected " + pinned);
                    }
                }),
                "certificate " + pinned);
    }

    /** Trusts certificates that one of these authorities signed and that bear the host's name or address. */
    public static TlsTrust authority(X509Certificate... authorities) {
        return new TlsTrust(checkedBy(storeOf(List.of(authorities))), "own authority");
    }

    /** Trusts what the JDK trusts; a controller needs an installed certificate of a public authority for this. */
    public static TlsTrust ofDefaults() {
        return new TlsTrust(checkedBy(null), "the JDK's authorities");
    }

    /**
     * Trusts any certificate, and so anybody who can get between; each connection logs a warning with what was accepted.
     */
    public static TlsTrust trustAnything() {
        return new TlsTrust(
                new CheckingTrustManager((chain, authType, peer) -> LOG.warn(
                        "accepted {} without any check, because trustAnything() was chosen; pin it with fingerprint(\"{}\")",
                        peer.name(),
                        Fingerprint.colons(Fingerprint.of(chain[0])))),
                "anything");
    }

    /** A TLS context that trusts so; for a caller who builds the HTTP client. */
    public SSLContext context() {
        return context;
    }

    @Override
    public String toString() {
        return "TlsTrust[" + description + "]";
    }

    private static String normal(String fingerprint) {
        String plain = fingerprint.replace(":", "").toLowerCase(Locale.ROOT).strip();
        if (!SHA256.matcher(plain).matches()) {
            throw new IllegalArgumentException(
                    "'" + fingerprint + "' is no SHA-256 fingerprint: 64 hexadecimal digits, with or without colons");
        }
        return plain;
    }

    /** The JDK's full check, host name included, with the fingerprint added to what it says of a refused certificate. */
    private static X509ExtendedTrustManager checkedBy(@Nullable KeyStore authorities) {
        X509ExtendedTrustManager jdk = jdkTrust(authorities);
        return new CheckingTrustManager((chain, authType, peer) -> {
            try {
                peer.check(jdk, chain, authType);
            } catch (CertificateException e) {
                throw new CertificateException(
                        e.getMessage() + "; the certificate's SHA-256 fingerprint is "
                                + Fingerprint.colons(Fingerprint.of(chain[0])),
                        e);
            }
        });
    }

    private static X509ExtendedTrustManager jdkTrust(@Nullable KeyStore authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager x509) {
                    return x509;
                }
            }
            throw new IllegalStateException("this JDK has no X.509 trust manager");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot check X.509 certificates", e);
        }
    }

    private static KeyStore storeOf(List<X509Certificate> authorities) {
        if (authorities.isEmpty()) {
            throw new IllegalArgumentException("no authority was given");
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry(Fingerprint.of(authority), authority);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("these certificates cannot serve as authorities: " + e.getMessage(), e);
        }
    }

    private static SSLContext contextOf(X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    /** The SHA-256 of a certificate's DER form. */
    private static final class Fingerprint {
        static String of(X509Certificate certificate) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the certificate has no SHA-256 fingerprint", e);
            }
        }

        static String colons(String hex) {
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(HexFormat.of().parseHex(hex));
        }
    }
}
