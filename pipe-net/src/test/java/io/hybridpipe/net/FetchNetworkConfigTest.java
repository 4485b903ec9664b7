// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class FetchNetworkConfigTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<String> NAME = Key.of("network-name", String.class);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    private static final State ORDERS = State.of(NAME, "orders");
    private static final String YAML = """
            # both networks of the shop
            networks:
              - name: billing
                cidr: 10.2.0.0/16
              - name: orders
                cidr: 10.1.0.0/16
                subnets:
                  - {name: app, prefix: 24}
                  - {name: jobs, hosts: 200}
                  - {name: controller, cidr: 10.1.0.0/28}
                onPremises: [10.0.0.0/16]
            """;
    private static final String JSON = "{\"name\": \"orders\", \"cidr\": \"10.1.0.0/16\"}";
    private static final NetworkConfig EXPECTED = NetworkConfig.of("orders", Cidr.of("10.1.0.0/16"))
            .withSubnet(SubnetRequest.of("app", 24))
            .withSubnet(SubnetRequest.of("jobs", 24))
            .withSubnet(SubnetRequest.of("controller", Cidr.of("10.1.0.0/28")))
            .withOnPremises(Cidr.of("10.0.0.0/16"));

    @TempDir
    private Path directory;

    private static FetchNetworkConfig from(String source) {
        return FetchNetworkConfig.from(source).named(NAME).into(NETWORK);
    }

    private static Mono<NetworkConfig> run(FetchNetworkConfig step) {
        return step.run(ORDERS, new LoneContext()).map(outputs -> outputs.get(NETWORK));
    }

    @Test
    void readsTheNamedNetworkOfAYamlFile() throws Exception {
        Path file = Files.writeString(directory.resolve("networks.yaml"), YAML);
        run(from(file.toString()))
                .as(StepVerifier::create)
                .expectNext(EXPECTED)
                .expectComplete()
                .verify(SOON);
        run(from(file.toUri().toString()))
                .as(StepVerifier::create)
                .expectNext(EXPECTED)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void readsASingleNetworkOfAJsonFileWithByteOrderMark() throws Exception {
        Path file = Files.writeString(directory.resolve("orders.json"), "\uFEFF" + JSON);
        run(from(file.toString()))
                .as(StepVerifier::create)
                .expectNext(NetworkConfig.of("orders", Cidr.of("10.1.0.0/16")))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void tellsTheLanguageByTheContentWhenTheNameDoesNot() throws Exception {
        Path json = Files.writeString(directory.resolve("a"), "\n " + JSON);
        Path yaml = Files.writeString(directory.resolve("b.conf"), YAML);
        assertThat(run(from(json.toString())).block(SOON)).isNotNull();
        assertThat(run(from(yaml.toString())).block(SOON)).isEqualTo(EXPECTED);
    }

    @Test
    void readsFromTheClassPath() {
        assertThat(run(from("classpath:networks.yaml")).block(SOON)).isEqualTo(EXPECTED);
        assertThatThrownBy(() -> run(from("classpath:nowhere.yaml")).block(SOON))
                .hasMessage("classpath:nowhere.yaml: no such resource");
    }

    @Test
    void declaresWhatItReadsAndWritesAndNoEffect() {
        assertThat(from("x.yaml").contract().reads()).containsExactly(NAME);
        assertThat(from("x.yaml").contract().writes()).containsExactly(NETWORK);
        assertThat(from("x.yaml").contract().effect()).isEqualTo(Effect.none());
        assertThatThrownBy(() -> FetchNetworkConfig.from("x.yaml").contract())
                .hasMessage("FetchNetworkConfig from x.yaml needs into(KEY)");
    }

    @Test
    void eachSubscriptionReadsAgain() throws Exception {
        Path file = Files.writeString(directory.resolve("orders.json"), JSON);
        Mono<NetworkConfig> cold = run(from(file.toString()));
        assertThat(cold.block(SOON)).isNotNull();
        Files.writeString(file, JSON.replace("10.1.", "10.7."));
        assertThat(cold.map(NetworkConfig::cidr).block(SOON)).isEqualTo(Cidr.of("10.7.0.0/16"));
    }

    @Test
    void preflightRefusesABadConfigWhenTheNameIsKnown() {
        from("missing.yaml")
                .preflight(ORDERS, new LoneContext())
                .as(StepVerifier::create)
                .expectErrorMessage("missing.yaml: no such file")
                .verify(SOON);
        from("classpath:networks.yaml")
                .preflight(State.of(NAME, "order"), new LoneContext())
                .as(StepVerifier::create)
                .expectErrorMessage("classpath:networks.yaml: no network 'order'; did you mean 'orders'?")
                .verify(SOON);
    }

    @Test
    void preflightAcceptsAGoodConfigAndLeavesOneAloneWhoseNameIsNotKnownYet() {
        from("classpath:networks.yaml")
                .preflight(ORDERS, new LoneContext())
                .as(StepVerifier::create)
                .expectComplete()
                .verify(SOON);
        from("missing.yaml")
                .preflight(State.empty(), new LoneContext())
                .as(StepVerifier::create)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void readsFromAUrlByMediaTypeOrPath() {
        try (Loopback server = new Loopback((request, exchange) -> {
            boolean typed = exchange.getRequestURI().getPath().equals("/typed");
            exchange.getResponseHeaders().add("Content-Type", typed ? "application/yaml; charset=utf-8" : "text/plain");
            Loopback.send(exchange, 200, YAML);
        })) {
            assertThat(run(from(server.url("/typed"))).block(SOON)).isEqualTo(EXPECTED);
            assertThat(run(from(server.url("/networks.yml?sig=1"))).block(SOON)).isEqualTo(EXPECTED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400,PERMANENT", "401,PERMANENT", "403,PERMANENT", "404,PERMANENT", "204,PERMANENT", "501,PERMANENT",
        "408,TRANSIENT", "500,TRANSIENT", "502,TRANSIENT", "503,TRANSIENT", "504,TRANSIENT", "429,THROTTLED"
    })
    void classifiesHttpStatusesAndKeepsTheQueryOutOfTheMessage(int status, FailureClass expected) {
        try (Loopback server = new Loopback((request, exchange) -> Loopback.send(exchange, status, ""))) {
            assertThatThrownBy(() -> run(from(server.url("/n.yaml?sig=canary"))).block(SOON))
                    .hasMessage(server.url("/n.yaml?…") + ": HTTP status " + status)
                    .satisfies(error -> assertThat(FailureClass.of(error)).isEqualTo(expected));
        }
    }

    @Test
    void asATransientFaultPassesTheNextSubscriptionSucceeds() {
        try (Loopback server =
                new Loopback((request, exchange) -> Loopback.send(exchange, request == 1 ? 503 : 200, JSON))) {
            Mono<NetworkConfig> cold = run(from(server.url("/n.json")));
            assertThatThrownBy(() -> cold.block(SOON))
                    .satisfies(error -> assertThat(FailureClass.of(error)).isEqualTo(FailureClass.TRANSIENT));
            assertThat(cold.block(SOON)).isNotNull();
        }
    }

    @Test
    void obeysRetryAfter() {
        try (Loopback server = new Loopback((request, exchange) -> {
            exchange.getResponseHeaders().add("Retry-After", "7");
            Loopback.send(exchange, 503, "busy");
        })) {
            assertThatThrownBy(() -> run(from(server.url("/n.json"))).block(SOON))
                    .isInstanceOfSatisfying(StepFailure.class, failure -> {
                        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
                        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
                    });
        }
        Clock clock = new LoneContext().clock();
        assertThat(HttpSource.retryAfter("Sat, 21 Nov 2026 00:01:00 GMT", clock))
                .contains(Duration.ofMinutes(1));
        assertThat(HttpSource.retryAfter("Sat, 21 Nov 2020 00:01:00 GMT", clock))
                .contains(Duration.ZERO);
        assertThat(HttpSource.retryAfter("soon", clock)).isEqualTo(Optional.empty());
    }

    @Test
    void aRefusedConnectionIsTransient() throws Exception {
        try (Refusing refusing = new Refusing()) {
            String url = "http://127.0.0.1:" + refusing.port() + "/n.yaml";
            assertThatThrownBy(() -> run(from(url)).block(SOON))
                    .hasMessage(url + ": connection refused")
                    .satisfies(error -> assertThat(FailureClass.of(error)).isEqualTo(FailureClass.TRANSIENT));
        }
    }

    @Test
    void aDocumentThatNeverEndsIsRefusedAtTheSizeLimit() {
        try (Loopback server = new Loopback((request, exchange) -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(new byte[1024]);
                }
            } catch (IOException clientLeft) {
                exchange.close();
            }
        })) {
            run(from(server.url("/n.yaml")).atMost(10_000))
                    .as(StepVerifier::create)
                    .expectErrorMessage(server.url("/n.yaml") + ": it is longer than 10000 bytes")
                    .verify(SOON);
        }
    }

    @Test
    void givesUpAtTheTimeLimit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort() + "/n.yaml";
            StepVerifier.withVirtualTime(() -> run(from(url)))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofSeconds(29))
                    .thenAwait(Duration.ofSeconds(1))
                    .expectErrorSatisfies(error -> {
                        assertThat(error).hasMessage(url + ": not read within PT30S");
                        assertThat(FailureClass.of(error)).isEqualTo(FailureClass.TRANSIENT);
                    })
                    .verify(SOON);
        }
    }

    @Test
    void cancelInMidCallClosesTheConnection() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Outputs> never = new CompletableFuture<>();
            Disposable call = from("http://127.0.0.1:" + silent.getLocalPort() + "/n.yaml")
                    .run(ORDERS, new LoneContext())
                    .subscribe(never::complete, never::completeExceptionally);
            silent.setSoTimeout(60_000);
            try (Socket connection = silent.accept()) {
                connection.setSoTimeout(60_000);
                assertThat(connection.getInputStream().read()).isEqualTo('G');
                call.dispose();
                assertThat(connection.getInputStream().readAllBytes()).isNotEmpty();
            }
            assertThatThrownBy(() -> never.get(100, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
        }
    }

    @Test
    void refusesSourcesThatAreNoneWithoutShowingAPassword() {
        assertThatThrownBy(() -> from("http://user:canary@host/n.yaml"))
                .hasMessage("http://host/n.yaml: a URL must not bear a password; give a client with an authenticator");
        assertThatThrownBy(() -> from("https://host/a b?sig=canary"))
                .hasMessage("not a URL: Illegal character in path at character 15");
        assertThatThrownBy(() -> from("https:///n.yaml")).hasMessageStartingWith("not a URL");
    }
}
