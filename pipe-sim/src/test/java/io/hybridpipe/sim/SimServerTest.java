// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimServerTest {

    private final AtomicInteger effects = new AtomicInteger();
    private final BlockingQueue<String> over = new LinkedBlockingQueue<>();
    private final SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimServer server = SimServer.of(new Counter(), clock).start();
    // HTTP/1.1, since the JDK client retries a dropped upgrade request by itself
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** Counts what it does; the path names the action. */
    private final class Counter implements SimService {
        @Override
        public Operation identify(SimRequest request) {
            var action = request.path().substring(1);
            return new Operation("counter", action, request.query("id").orElse(""), "me", action.startsWith("Make"));
        }

        @Override
        public SimResponse answer(SimRequest request) {
            if (request.path().equals("/Hang")) {
                return SimResponse.silence();
            }
            return SimResponse.json(200, "{\"count\":" + effects.incrementAndGet() + "}");
        }

        @Override
        public SimResponse error(SimRequest request, String code, String message) {
            return SimResponse.json(429, "{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}");
        }

        @Override
        public void answered(SimRequest request) {
            over.add(request.path());
        }
    }

    @AfterEach
    void stop() {
        server.close();
        clock.close();
    }

    private CompletableFuture<HttpResponse<String>> post(String action) {
        var request = HttpRequest.newBuilder(server.uri().resolve("/" + action))
                .timeout(Duration.ofSeconds(10))
                .header("X-Canary", "canary-in-header")
                .POST(HttpRequest.BodyPublishers.ofString("a=1&b=x%20y"))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> answered(String action) throws Exception {
        return post(action).get(60, TimeUnit.SECONDS);
    }

    private void assertDropped(CompletableFuture<HttpResponse<String>> call) {
        assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void answersAndLogsEachCallWithItsWireText() throws Exception {
        assertThat(answered("MakeThing?id=t-1").body()).isEqualTo("{\"count\":1}");
        assertThat(server.calls().all()).singleElement().satisfies(call -> {
            assertThat(call.sequence()).isEqualTo(1);
            assertThat(call.at()).isEqualTo(clock.instant());
            assertThat(call.operation()).isEqualTo(new Operation("counter", "MakeThing", "t-1", "me", true));
            assertThat(call.status()).isEqualTo(200);
            assertThat(call.request().form()).containsEntry("b", List.of("x y"));
        });
        assertThat(server.calls().wire())
                .contains("canary-in-header")
                .contains("a=1&b=x%20y")
                .contains("{\"count\":1}");
    }

    @Test
    void dropBeforeClosesTheConnectionWithoutEffect() throws Exception {
        server.faults().on("MakeThing").nth(2).dropBefore();
        assertThat(answered("MakeThing").statusCode()).isEqualTo(200);
        assertDropped(post("MakeThing"));
        assertThat(effects).hasValue(1);
        assertThat(answered("MakeThing").body()).isEqualTo("{\"count\":2}");
        assertThat(server.calls().of("MakeThing")).extracting(Call::status).containsExactly(200, 0, 200);
    }

    @Test
    void dropAfterTakesEffectAndLosesTheAnswer() {
        var fault = server.faults().on("MakeThing").dropAfter();
        assertDropped(post("MakeThing"));
        assertThat(effects).hasValue(1);
        assertThat(fault.reached()).isCompletedWithValueMatching(call -> call.status() == 0);
    }

    @Test
    void statusAfterTakesEffectAndAnswersSomethingElse() throws Exception {
        var fault = server.faults().on("MakeThing").statusAfter(502);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(502);
        assertThat(effects).hasValue(1);
        assertThat(fault.reached()).isCompleted();
    }

    @Test
    void errorIsRenderedByTheServiceAndStatusIsBare() throws Exception {
        server.faults().on("MakeThing").error("SlowDown", "not so fast");
        server.faults().on("MakeThing").nth(1).status(503);
        var first = answered("MakeThing");
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.body()).contains("SlowDown", "not so fast");
        assertThat(answered("MakeThing").statusCode()).isEqualTo(200);
        server.faults().on("MakeThing").times(2).status(503);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(503);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(503);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(200);
        assertThat(effects).hasValue(2);
    }

    @Test
    void holdBeforeKeepsTheNextChangingCallWithoutEffectUntilReleased() throws Exception {
        var held = server.faults().on(Call::changing).holdBefore();
        assertThat(answered("Look").statusCode()).isEqualTo(200);
        var call = post("MakeThing");
        assertThat(held.reached().get(60, TimeUnit.SECONDS).action()).isEqualTo("MakeThing");
        assertThat(effects).hasValue(1);
        assertThat(call).isNotDone();
        held.release();
        assertThat(call.get(60, TimeUnit.SECONDS).body()).isEqualTo("{\"count\":2}");
    }

    @Test
    void holdAfterHasTakenEffectWhenItSaysReached() throws Exception {
        var held = server.faults().on("MakeThing").holdAfter();
        var call = post("MakeThing");
        held.reached().get(60, TimeUnit.SECONDS);
        assertThat(effects).hasValue(1);
        assertThat(call).isNotDone();
        held.release();
        assertThat(call.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void delayIsCountedByTheClock() throws Exception {
        var fault = server.faults().on("MakeThing").delay(Duration.ofMinutes(5));
        var call = post("MakeThing");
        fault.reached().get(60, TimeUnit.SECONDS);
        assertThat(effects).hasValue(0);
        while (!call.isDone()) {
            // the delay is put on the agenda right after "reached"
            clock.advance(Duration.ofMinutes(5));
            Thread.onSpinWait();
        }
        assertThat(call.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void alwaysHoldsForEveryCallUntilTheRuleIsTakenBack() throws Exception {
        var rule = server.faults().on("MakeThing").always().status(503);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(503);
        assertThat(answered("MakeThing").statusCode()).isEqualTo(503);
        rule.remove();
        assertThat(answered("MakeThing").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesConnectionsAndListensAgainOnTheSamePort() throws Exception {
        var before = server.uri();
        var look = HttpRequest.newBuilder(before.resolve("/Look")).build();
        assertThat(fresh().send(look, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        server.refuse();
        assertThatThrownBy(() -> fresh().send(look, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(ConnectException.class);
        server.listen();
        assertThat(server.uri()).isEqualTo(before);
        assertThat(fresh().send(look, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    /** One that keeps no connection from before: when it notices that such a one has been closed is left to chance. */
    private static HttpClient fresh() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @Test
    void aServerThatClosesConnectionsIsRefusedForCertainOnceItRefuses() throws Exception {
        try (var closing =
                SimServer.of(new Counter(), clock).closingConnections().start()) {
            var request = HttpRequest.newBuilder(closing.uri().resolve("/Look"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            for (var round = 0; round < 20; round++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                                .headers()
                                .firstValue("Connection"))
                        .contains("close");
                closing.refuse();
                assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                        .isInstanceOf(ConnectException.class);
                closing.listen();
            }
        }
    }

    @Test
    void refusingDropsCallsInFlight() throws Exception {
        var held = server.faults().on("MakeThing").holdBefore();
        var call = post("MakeThing");
        held.reached().get(60, TimeUnit.SECONDS);
        server.refuse();
        assertDropped(call);
    }

    @Test
    void aCallThatWasHeldOverARefusalNeverTakesEffect() throws Exception {
        var held = server.faults().on("MakeThing").holdBefore();
        var call = post("MakeThing");
        held.reached().get(60, TimeUnit.SECONDS);
        server.refuse();
        server.listen();
        held.release();
        assertThat(over.poll(10, TimeUnit.SECONDS)).isEqualTo("/MakeThing");
        assertThat(effects).hasValue(0);
        assertDropped(call);
    }

    /** Who connects at the very moment is a matter of chance, so many try many times. */
    @Test
    void nobodyIsKeptWaitingByAServerThatRefuses() {
        var address = new InetSocketAddress("127.0.0.1", server.uri().getPort());
        var done = new AtomicBoolean();
        var callers = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> {
                            while (!done.get()) {
                                callOnce(address);
                            }
                        },
                        task -> new Thread(task, "caller").start()))
                .toList();
        for (var round = 0; round < 60; round++) {
            var before = server.calls().all().size();
            while (server.calls().all().size() < before + 3 && callers.stream().noneMatch(CompletableFuture::isDone)) {
                Thread.onSpinWait();
            }
            server.refuse();
            server.calls().clear();
            server.listen();
        }
        done.set(true);
        assertThat(CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(60));
    }

    private static void callOnce(InetSocketAddress address) {
        try (var connection = new Socket()) {
            connection.connect(address);
            connection.setSoTimeout(20_000);
            connection
                    .getOutputStream()
                    .write("GET /Look HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\r\n".getBytes());
            connection.getInputStream().readAllBytes();
        } catch (SocketTimeoutException forgotten) {
            throw new UncheckedIOException(forgotten);
        } catch (IOException refusedOrCut) {
            Thread.onSpinWait();
        }
    }

    @Test
    void silenceLeavesTheClientToItsTimeout() {
        var request = HttpRequest.newBuilder(server.uri().resolve("/Hang"))
                .timeout(Duration.ofMillis(200))
                .build();
        assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void nobodyElseGetsThePortWhileTheServerRefuses() throws Exception {
        server.refuse();

        try (ServerSocket other = new ServerSocket()) {
            other.setReuseAddress(false);
            InetSocketAddress port =
                    new InetSocketAddress("127.0.0.1", server.uri().getPort());
            assertThatThrownBy(() -> other.bind(port)).isInstanceOf(BindException.class);
        }
        server.listen();
    }
}
