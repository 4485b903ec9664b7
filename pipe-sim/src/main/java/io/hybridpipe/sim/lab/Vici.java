// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client of vici, the protocol by which strongSwan's charon is configured and asked over a Unix socket.
 *
 * <p>Each command has a connection of its own, so that long ones do not hold up others; every wait is bounded. Blocking.
 * Thread-safe.
 */
public final class Vici {
    private static final int REQUEST = 0;
    private static final int RESPONSE = 1;
    private static final int UNKNOWN_COMMAND = 2;
    private static final int REGISTER = 3;
    private static final int CONFIRMED = 5;
    private static final int EVENT = 7;

    /** What the protocol allows as the length of a packet. */
    static final int MAX_PACKET = 512 * 1024;

    private final Path socket;
    private final Duration within;

    private Vici(Path socket, Duration within) {
        this.socket = socket;
        this.within = within;
    }

    /**
     * The charon that listens at this socket.
     *
     * @param within how long a command may take until its answer is there
     */
    static Vici at(Path socket, Duration within) {
        return new Vici(socket, within);
    }

    /**
     * What came of a command.
     *
     * @param error why charon refused, empty if it did not
     * @param message the answer
     * @param events what was streamed before the answer, in order
     */
    public record Answer(String error, ViciMessage message, List<ViciMessage> events) {
        /** Whether charon did what was asked. */
        public boolean success() {
            return error.isEmpty();
        }
    }

    /**
     * One command and its answer.
     *
     * @throws IOException if charon cannot be reached, does not answer in time or does not know or refuses the command
     */
    public ViciMessage call(String command, ViciMessage arguments) throws IOException {
        Answer answer = ask(command, arguments);
        if (!answer.success()) {
            throw new IOException(command + ": " + answer.error());
        }
        return answer.message();
    }

    /**
     * One command that charon may refuse, for instance because what it names is not there.
     *
     * @throws IOException if charon cannot be reached, does not answer in time or does not know the command
     */
    public Answer ask(String command, ViciMessage arguments) throws IOException {
        return converse(command, null, arguments);
    }

    /**
     * A command that streams events before its answer, such as {@code list-sas} with {@code list-sa} or {@code initiate} with
     * {@code control-log}. A refusal is an answer too, since the events tell its reason.
     *
     * @throws IOException if charon cannot be reached, does not answer in time or does not know the command
     */
    public Answer stream(String command, String event, ViciMessage arguments) throws IOException {
        return converse(command, Objects.requireNonNull(event, "event"), arguments);
    }

    private Answer converse(String command, @Nullable String event, ViciMessage arguments) throws IOException {
        try (Connection connection = new Connection(socket, within)) {
            if (event != null) {
                register(connection, event);
            }
            connection.send(REQUEST, command, arguments);
            List<ViciMessage> events = new ArrayList<>();
            while (true) {
                ByteBuffer packet = connection.receive();
                int type = packet.get();
                switch (type) {
                    case EVENT -> {
                        ViciMessage.readName(packet);
                        events.add(ViciMessage.decode(packet));
                    }
                    case RESPONSE -> {
                        return answer(ViciMessage.decode(packet), events);
                    }
                    case UNKNOWN_COMMAND -> throw new IOException("charon does not know the command " + command);
                    default -> throw new IOException(command + ": vici packet of type " + type);
                }
            }
        }
    }

    private static void register(Connection connection, String event) throws IOException {
        connection.send(REGISTER, event, null);
        int type = connection.receive().get();
        if (type != CONFIRMED) {
            throw new IOException("charon does not know the event " + event);
        }
    }

    private static Answer answer(ViciMessage message, List<ViciMessage> events) {
        boolean refused = message.text("success").filter("no"::equals).isPresent();
        return new Answer(refused ? message.text("errmsg").orElse("refused") : "", message, List.copyOf(events));
    }

    /** One connection: a socket that does not block longer than until its deadline. */
    private static final class Connection implements AutoCloseable {
        private final SocketChannel channel;
        private final Selector selector;
        private final long deadline;

        Connection(Path socket, Duration within) throws IOException {
            deadline = System.nanoTime() + within.toNanos();
            selector = Selector.open();
            try {
                channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                selector.close();
                throw new IOException("charon cannot be reached at " + socket, e);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        }

        void send(int type, String name, @Nullable ViciMessage message) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(0);
            out.writeByte(type);
            ViciMessage.writeName(out, name);
            if (message != null) {
                out.write(message.encode());
            }
            ByteBuffer packet = ByteBuffer.wrap(bytes.toByteArray());
            int length = packet.capacity() - Integer.BYTES;
            if (length > MAX_PACKET) {
                throw new IOException("a vici packet of " + length + " bytes; at most " + MAX_PACKET + " are allowed");
            }
            packet.putInt(0, length);
            await(SelectionKey.OP_WRITE);
            while (packet.hasRemaining()) {
                if (channel.write(packet) == 0) {
                    await(SelectionKey.OP_WRITE);
                }
            }
        }

        ByteBuffer receive() throws IOException {
            int length = fill(ByteBuffer.allocate(Integer.BYTES)).getInt();
            if (length < 1 || length > MAX_PACKET) {
                throw new IOException("a vici packet that says it has " + Integer.toUnsignedLong(length) + " bytes");
            }
            return fill(ByteBuffer.allocate(length));
        }

        private ByteBuffer fill(ByteBuffer buffer) throws IOException {
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer);
                if (read < 0) {
                    throw new EOFException("charon closed the vici socket");
                }
                if (read == 0) {
                    await(SelectionKey.OP_READ);
                }
            }
            return buffer.flip();
        }

        private void await(int operation) throws IOException {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            channel.keyFor(selector).interestOps(operation);
            if (left <= 0 || selector.select(left) == 0) {
                throw new IOException("charon does not answer in time");
            }
            selector.selectedKeys().clear();
        }

        @Override
        public void close() throws IOException {
            selector.close();
            channel.close();
        }
    }
}
