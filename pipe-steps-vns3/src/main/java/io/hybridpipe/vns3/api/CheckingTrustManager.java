// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets one check decide on a server's certificate.
 *
 * <p>An extended trust manager, because the JDK adds its own host name check round a plain one.
 */
final class CheckingTrustManager extends X509ExtendedTrustManager {
    private final Check check;

    CheckingTrustManager(Check check) {
        this.check = check;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check.check(chain, authType, new Peer(null, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check.check(chain, authType, new Peer(socket, null));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check.check(chain, authType, new Peer(null, null));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        refuseClient();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        refuseClient();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        refuseClient();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private static void refuseClient() throws CertificateException {
        throw new CertificateException("this side is a client");
    }

    interface Check {
        void check(X509Certificate[] chain, String authType, Peer peer) throws CertificateException;
    }

    /** The other side of the connection, in the form in which the JDK gave it. */
    record Peer(@Nullable Socket socket, @Nullable SSLEngine engine) {
        void check(X509ExtendedTrustManager trust, X509Certificate[] chain, String authType)
                throws CertificateException {
            if (engine != null) {
                trust.checkServerTrusted(chain, authType, engine);
            } else if (socket != null) {
                trust.checkServerTrusted(chain, authType, socket);
            } else {
                trust.checkServerTrusted(chain, authType);
            }
        }

        String name() {
            if (engine != null) {
                return engine.getPeerHost() + ":" + engine.getPeerPort();
            }
            return socket == null ? "a server" : socket.getRemoteSocketAddress().toString();
        }
    }
}
