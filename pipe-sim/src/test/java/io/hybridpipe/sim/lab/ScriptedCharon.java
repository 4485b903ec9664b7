// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Unix socket that sends what it was told as soon as somebody has asked something. */
public final class ScriptedCharon implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel server;
    private final ByteArrayOutputStream script = new ByteArrayOutputStream();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final List<ViciMessage> messages = new CopyOnWriteArrayList<>();
    private volatile boolean hangsUp;

    private ScriptedCharon(Path socket, ServerSocketChannel server) {
        this.socket = socket;
        this.server = server;
    }

    public static ScriptedCharon at(Path folder) {
        try {
            Path socket = folder.resolve("vici");
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            ScriptedCharon charon = new ScriptedCharon(socket, server);
            Thread thread = new Thread(charon::serve, "scripted charon");
            thread.setDaemon(true);
            thread.start();
            return charon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Vici vici() {
        return vici(Duration.ofSeconds(10));
    }

    Vici vici(Duration within) {
        return Vici.at(socket, within);
    }

    /** A packet to be sent; name and message as its type has them. */
    public ScriptedCharon answers(int type, @Nullable String name, @Nullable ViciMessage message) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(type);
            if (name != null && !name.isEmpty()) {
                ViciMessage.writeName(out, name);
            }
            if (message != null) {
                out.write(message.encode());
            }
            new DataOutputStream(script).writeInt(bytes.size());
            script.write(bytes.toByteArray());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it answers anew. */
    public ScriptedCharon instead() {
        script.reset();
        return this;
    }

    ScriptedCharon sends(byte[] bytes) {
        script.writeBytes(bytes);
        return this;
    }

    ScriptedCharon hangsUp() {
        hangsUp = true;
        return this;
    }

    /** The next request that arrived: its type, its name, and its message as it prints itself. */
    public String request() {
        try {
            String request = requests.poll(10, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("no request has arrived");
            }
            return request;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** All messages that have arrived, in order. */
    public List<ViciMessage> messages() {
        return List.copyOf(messages);
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                serve(client);
            } catch (IOException gone) {
                // closed, or a client that went away in the middle
                continue;
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
        if (!fill(client, length)) {
            return;
        }
        ByteBuffer packet = ByteBuffer.allocate(length.getInt(0));
        if (!fill(client, packet)) {
            return;
        }
        packet.flip();
        byte type = packet.get();
        String name = ViciMessage.readName(packet);
        ViciMessage message = ViciMessage.decode(packet);
        messages.add(message);
        requests.add(type + " " + name + " " + message);
        ByteBuffer answer = ByteBuffer.wrap(script.toByteArray());
        while (answer.hasRemaining()) {
            client.write(answer);
        }
        ByteBuffer rest = ByteBuffer.allocate(4096);
        while (!hangsUp && client.read(rest.clear()) >= 0) {
            continue;
        }
    }

    private static boolean fill(SocketChannel client, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (client.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
