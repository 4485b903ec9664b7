// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of loopback that refuses connections and that nobody else is given: bound, but not listened at. */
final class Refusing implements AutoCloseable {
    private final Socket claim = new Socket();

    Refusing() throws IOException {
        claim.setReuseAddress(true);
        claim.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    }

    int port() {
        return claim.getLocalPort();
    }

    /** Ends the refusing: somebody listens at the port. */
    ServerSocket listen() throws IOException {
        InetSocketAddress address = (InetSocketAddress) claim.getLocalSocketAddress();
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.setSoTimeout(60_000);
        try {
            // Linux lets both have it
            server.bind(address);
        } catch (BindException unshared) {
            claim.close();
            server.bind(address);
        }
        return server;
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
