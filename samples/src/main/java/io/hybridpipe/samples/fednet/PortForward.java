// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A port of 127.0.0.1 that leads to wherever a supplier says at the moment of the connection; one that leads nowhere is reset.
 *
 * <p>So a controller that does not exist yet has a URL already.
 */
final class PortForward implements AutoCloseable {
    private final ServerSocket listener;
    private final Supplier<Optional<URI>> target;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "port-forward");
        thread.setDaemon(true);
        return thread;
    });

    PortForward(Supplier<Optional<URI>> target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1", e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket from = listener.accept();
                threads.execute(() -> forward(from));
            } catch (IOException e) {
                // closed, or one connection that came to nothing
                continue;
            }
        }
    }

    private void forward(Socket from) {
        Optional<URI> to = target.get();
        Socket onwards = new Socket();
        try {
            if (to.isEmpty()) {
                reset(from);
                return;
            }
            onwards.connect(new InetSocketAddress(to.get().getHost(), to.get().getPort()), 5_000);
        } catch (IOException refused) {
            reset(from);
            return;
        }
        threads.execute(() -> copy(from, onwards));
        copy(onwards, from);
    }

    /** One direction; its end is the end of both, as neither side of the controllers' API talks on after the other has ended. */
    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            // the other side learns it by the close
            return;
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // gone already
            return;
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the port", e);
        }
        threads.shutdownNow();
    }
}
