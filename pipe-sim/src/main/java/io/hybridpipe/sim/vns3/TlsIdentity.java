// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Who a controller is in TLS: a certificate with its key, which can be replaced while its server runs. */
final class TlsIdentity {
    private static final String ALIAS = "controller";

    /** A certificate and the key that it is for. */
    record KeyPair(X509Certificate certificate, PrivateKey key) {}

    private final SSLContext context;
    private volatile KeyPair current;

    TlsIdentity(KeyPair first) {
        this.current = first;
        try {
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, null, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    SSLContext context() {
        return context;
    }

    X509Certificate certificate() {
        return current.certificate();
    }

    void replace(KeyPair other) {
        current = other;
        // a session that a client resumes shows no certificate: let none live that was begun before
        context.getServerSessionContext().setSessionTimeout(1);
    }

    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return keyType.equals(current.key().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chooseServerAlias(keyType, issuers, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {current.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return current.key();
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
