// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class WaitForPortTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final State LOOPBACK = State.of(ADDRESS, Ip.of("127.0.0.1"));

    private final LoneContext context = new LoneContext();

    private static ServerSocket listening() throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        server.setSoTimeout(60_000);
        return server;
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static WaitForPort at(int port) {
        return WaitForPort.at(ADDRESS, port).every(Duration.ofMillis(2));
    }

    @Test
    void endsWhenThePortAcceptsAndClosesEachConnection() throws Exception {
        try (ServerSocket server = listening()) {
            Mono<Outputs> cold = at(server.getLocalPort()).inARow(2).run(LOOPBACK, context);
            cold.as(StepVerifier::create)
                    .expectNext(Outputs.none())
                    .expectComplete()
                    .verify(SOON);
            cold.as(StepVerifier::create)
                    .expectNext(Outputs.none())
                    .expectComplete()
                    .verify(SOON);
            for (int i = 0; i < 4; i++) {
                try (Socket connection = server.accept()) {
                    connection.setSoTimeout(60_000);
                    assertThat(connection.getInputStream().read())
                            .as("end of connection %d", i)
                            .isEqualTo(-1);
                }
            }
            assertThat(context.progress())
                    .contains("1/2 127.0.0.1:" + server.getLocalPort() + ": connected")
                    .hasSize(4);
        }
    }

    @Test
    void asksAgainWhileTheConnectionIsRefused() throws Exception {
        try (Refusing refusing = new Refusing()) {
            CompletableFuture<Outputs> ready =
                    at(refusing.port()).run(LOOPBACK, context).toFuture();
            context.awaitProgress("0/1 127.0.0.1:" + refusing.port() + ": connection refused");
            assertThat(ready).isNotDone();
            try (ServerSocket server = refusing.listen()) {
                assertThat(ready.get(60, TimeUnit.SECONDS)).isEqualTo(Outputs.none());
                assertThat(server.isBound()).isTrue();
            }
        }
    }

    @Test
    void givesUpForGoodWithTheLastAnswer() throws Exception {
        try (Refusing refusing = new Refusing()) {
            String target = "127.0.0.1:" + refusing.port();
            StepVerifier.withVirtualTime(
                            () -> at(refusing.port()).every(Duration.ofHours(1)).run(LOOPBACK, context))
                    .expectSubscription()
                    .then(() -> context.awaitProgress("0/1 " + target + ": connection refused"))
                    .thenAwait(Duration.ofMinutes(10))
                    .expectErrorSatisfies(error -> {
                        assertThat(error)
                                .hasMessage(target + ": not ready within PT10M; last answer: connection refused");
                        assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                    })
                    .verify(SOON);
        }
    }

    @Test
    void cancelInMidCallClosesTheSocketAndAsksNoMore() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Queue full = Queue.filling(server)) {
            long before = openFiles();
            for (int i = 0; i < 50; i++) {
                Disposable waiting =
                        at(server.getLocalPort()).run(LOOPBACK, context).subscribe();
                waiting.dispose();
            }
            assertThat(openFiles()).as("of %s", full).isLessThan(before + 25);
            assertThat(context.progress()).isEmpty();
        }
    }

    @Test
    void aTryThatGetsNoAnswerIsGivenUpAndLeavesNoSocket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Queue full = Queue.filling(server)) {
            long before = openFiles();
            StepVerifier.withVirtualTime(() -> at(server.getLocalPort())
                            .answeredWithin(Duration.ofMillis(5))
                            .within(Duration.ofMillis(500))
                            .run(LOOPBACK, context))
                    .expectSubscription()
                    .thenAwait(Duration.ofMillis(500))
                    .expectErrorSatisfies(
                            error -> assertThat(error).hasMessageEndingWith("last answer: no answer in time"))
                    .verify(SOON);
            assertThat(openFiles()).as("of %s", full).isLessThan(before + 25);
        }
    }

    /** Connections that nobody accepts: once there are enough, the next one gets no answer at all. */
    private record Queue(List<Socket> sockets) implements AutoCloseable {
        static Queue filling(ServerSocket server) throws IOException {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 100);
                } catch (SocketTimeoutException full) {
                    return new Queue(sockets);
                }
            }
            throw new AssertionError("a queue of one took 20 connections");
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void looksAnUnresolvedNameUp() throws Exception {
        try (ServerSocket server = listening()) {
            WaitForPort.at(Input.value(InetSocketAddress.createUnresolved("localhost", server.getLocalPort())))
                    .run(State.empty(), context)
                    .as(StepVerifier::create)
                    .expectNext(Outputs.none())
                    .expectComplete()
                    .verify(SOON);
        }
    }

    @Test
    void declaresWhatItReadsAndNoEffectAndItsTimeout() {
        WaitForPort step = WaitForPort.at(ADDRESS, 8000).within(Duration.ofMinutes(3));
        assertThat(step.contract().reads()).containsExactly(ADDRESS);
        assertThat(step.contract().effect()).isEqualTo(Effect.none());
        assertThat(step.options().stepTimeout()).isBetween(Duration.ofMinutes(3), Duration.ofMinutes(4));
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThatThrownBy(() -> WaitForPort.at(ADDRESS, 0)).hasMessage("port is 0, it must be from 1 to 65535");
        assertThatThrownBy(() -> WaitForPort.at(ADDRESS, 65_536))
                .hasMessage("port is 65536, it must be from 1 to 65535");
    }
}
