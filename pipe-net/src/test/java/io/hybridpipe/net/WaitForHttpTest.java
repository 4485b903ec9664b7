// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class WaitForHttpTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final LoneContext context = new LoneContext();

    private static WaitForHttp at(String url) {
        return WaitForHttp.at(url).every(Duration.ofMillis(2));
    }

    @Test
    void endsAfterEnoughExpectedAnswersInARow() {
        String statuses = "503 200 503 200 204";
        try (Loopback server = new Loopback((request, exchange) ->
                Loopback.send(exchange, Integer.parseInt(statuses.split(" ")[request - 1]), ""))) {
            at(server.url("/health?key=canary"))
                    .inARow(2)
                    .run(State.empty(), context)
                    .as(StepVerifier::create)
                    .expectNext(Outputs.none())
                    .expectComplete()
                    .verify(SOON);
            String whom = server.url("/health?…");
            assertThat(context.progress())
                    .containsExactly(
                            "0/2 " + whom + ": HTTP status 503",
                            "1/2 " + whom + ": HTTP status 200",
                            "0/2 " + whom + ": HTTP status 503",
                            "1/2 " + whom + ": HTTP status 200",
                            "2/2 " + whom + ": HTTP status 204");
        }
    }

    @Test
    void takesExactlyTheStatusesThatAreExpectedAndDoesNotFollowRedirects() {
        int[] statuses = {200, 302, 500, 401};
        try (Loopback server = new Loopback((request, exchange) -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            Loopback.send(exchange, statuses[request - 1], "body");
        })) {
            at(server.url("/"))
                    .expecting(403, 401)
                    .run(State.empty(), context)
                    .as(StepVerifier::create)
                    .expectNext(Outputs.none())
                    .expectComplete()
                    .verify(SOON);
            assertThat(server.requests()).isEqualTo(4);
        }
    }

    @Test
    void eachSubscriptionIsAFreshWait() {
        try (Loopback server = new Loopback((request, exchange) -> Loopback.send(exchange, 200, "ok"))) {
            Mono<Outputs> cold = at(server.url("/")).inARow(2).run(State.empty(), context);
            assertThat(cold.block(SOON)).isEqualTo(Outputs.none());
            assertThat(cold.block(SOON)).isEqualTo(Outputs.none());
            assertThat(server.requests()).isEqualTo(4);
        }
    }

    @Test
    void givesUpForGoodWithTheLastAnswer() {
        try (Loopback server = new Loopback((request, exchange) -> Loopback.send(exchange, 404, "no"))) {
            StepVerifier.withVirtualTime(() -> WaitForHttp.at(server.url("/"))
                            .every(Duration.ofHours(1))
                            .run(State.empty(), context))
                    .expectSubscription()
                    .then(() -> context.awaitProgress("0/1 " + server.url("/") + ": HTTP status 404"))
                    .thenAwait(Duration.ofMinutes(10))
                    .expectErrorSatisfies(error -> {
                        assertThat(error)
                                .hasMessage(server.url("/") + ": not ready within PT10M; last answer: HTTP status 404");
                        assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                    })
                    .verify(SOON);
        }
    }

    @Test
    void asksAgainWhenAnAnswerIsCut() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            server.setSoTimeout(60_000);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/";
            CompletableFuture<Outputs> ready =
                    at(url).run(State.empty(), context).toFuture();
            answer(server, "HTTP/1.1 2");
            assertThat(ready).isNotDone();
            answer(server, "HTTP/1.1 200 OK\r\n\r\n");
            assertThat(ready).succeedsWithin(SOON).isEqualTo(Outputs.none());
            assertThat(context.progress()).hasSize(2).last().isEqualTo("1/1 " + url + ": HTTP status 200");
        }
    }

    @Test
    void asksAgainWhileTheConnectionIsRefused() throws Exception {
        try (Refusing refusing = new Refusing()) {
            String url = "http://127.0.0.1:" + refusing.port() + "/";
            CompletableFuture<Outputs> ready =
                    at(url).run(State.empty(), context).toFuture();
            context.awaitProgress("0/1 " + url + ": connection refused");
            assertThat(ready).isNotDone();
            try (ServerSocket server = refusing.listen()) {
                answer(server, "HTTP/1.1 200 OK\r\n\r\n");
                assertThat(ready).succeedsWithin(SOON).isEqualTo(Outputs.none());
            }
        }
    }

    /** Reads all of a request first: a connection that is closed with something unread is reset, and its answer may be lost. */
    private static void answer(ServerSocket server, String text) throws IOException {
        try (Socket connection = server.accept()) {
            connection.setSoTimeout(60_000);
            BufferedReader request =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            while (!request.readLine().isEmpty()) {}
            connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void cancelInMidCallClosesTheConnectionAtOnce() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            silent.setSoTimeout(60_000);
            Disposable waiting = at("http://127.0.0.1:" + silent.getLocalPort() + "/")
                    .run(State.empty(), context)
                    .subscribe();
            try (Socket connection = silent.accept()) {
                connection.setSoTimeout(60_000);
                assertThat(connection.getInputStream().read()).isEqualTo('G');
                waiting.dispose();
                assertThat(connection.getInputStream().readAllBytes()).isNotEmpty();
            }
            assertThat(context.progress()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 5\r\n\r\nhello", "Content-Length: 0\r\n\r\n", "Content-Length: 100\r\n\r\nstart"
            })
    void leavesNoConnectionBehindWhateverTheBody(String rest) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            server.setSoTimeout(60_000);
            CompletableFuture<Outputs> ready = at("http://127.0.0.1:" + server.getLocalPort() + "/")
                    .run(State.empty(), context)
                    .toFuture();
            try (Socket connection = server.accept()) {
                connection.setSoTimeout(60_000);
                assertThat(connection.getInputStream().read()).isEqualTo('G');
                connection.getOutputStream().write(("HTTP/1.1 200 OK\r\n" + rest).getBytes(StandardCharsets.US_ASCII));
                assertThat(ready).succeedsWithin(SOON);
                assertThat(connection.getInputStream().readAllBytes()).isNotEmpty();
            }
        }
    }

    @Test
    void preflightRefusesAUrlThatIsNone() {
        Key<URI> url = Key.of("url", URI.class);
        WaitForHttp.at(url)
                .preflight(State.of(url, URI.create("ftp://host/")), context)
                .as(StepVerifier::create)
                .expectErrorMessage("not a URL: it starts neither with http: nor with https:")
                .verify(SOON);
        WaitForHttp.at(url)
                .preflight(State.empty(), context)
                .as(StepVerifier::create)
                .expectComplete()
                .verify(SOON);
        assertThatThrownBy(() -> WaitForHttp.at("https://user:canary@host/"))
                .hasMessage("https://host/: a URL must not bear a password; give a client with an authenticator");
        assertThatThrownBy(() -> WaitForHttp.at("http://host/").expecting()).hasMessage("no status is expected");
    }

    @Test
    void declaresWhatItReadsAndNoEffect() {
        Key<Ip> address = Key.of("address", Ip.class);
        Input<URI> url = address.map(ip -> URI.create("https://" + ip + ":8000/"));
        assertThat(WaitForHttp.at(url).contract().reads()).containsExactly(address);
        assertThat(WaitForHttp.at(url).contract().effect()).isEqualTo(Effect.none());
    }
}
