// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** Against a server with a certificate that it signed itself, as appliances have. */
class WaitForHttpsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final char[] PASSWORD = "password".toCharArray();
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @TempDir
    private static Path directory;

    private static KeyStore keys;
    private static HttpsServer server;

    @BeforeAll
    static void startServer() throws Exception {
        keys = selfSigned(directory.resolve("keys.p12"));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.setExecutor(THREADS);
        server.createContext("/", exchange -> Loopback.send(exchange, 200, "ok"));
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop(0);
        THREADS.shutdownNow();
    }

    private static KeyStore selfSigned(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=appliance",
                        "-ext",
                        "san=ip:127.0.0.1")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).as("keytool ended").isTrue();
        assertThat(keytool.exitValue())
                .as(Files.readString(directory.resolve("keytool.log")))
                .isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static String url(String scheme) {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Test
    void aCertificateThatIsNotTrustedFailsForGoodAndAtOnce() {
        WaitForHttp.at(url("https"))
                .run(State.empty(), new LoneContext())
                .as(StepVerifier::create)
                .expectErrorSatisfies(error -> {
                    assertThat(error)
                            .hasMessageStartingWith(url("https") + ": its certificate is not trusted: ")
                            .hasMessageNotContaining("\n");
                    assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                })
                .verify(SOON);
    }

    @Test
    void anOwnContextMayTrustIt() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        WaitForHttp.at(url("https"))
                .trusting(context)
                .every(Duration.ofMillis(2))
                .inARow(2)
                .run(State.empty(), new LoneContext())
                .as(StepVerifier::create)
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void plainHttpToATlsPortIsAskedAgain() {
        LoneContext context = new LoneContext();
        StepVerifier.withVirtualTime(() ->
                        WaitForHttp.at(url("http")).every(Duration.ofHours(1)).run(State.empty(), context))
                .expectSubscription()
                .then(() -> context.awaitProgress())
                .thenAwait(Duration.ofMinutes(10))
                .expectErrorSatisfies(
                        error -> assertThat(error).hasMessageStartingWith(url("http") + ": not ready within PT10M"))
                .verify(SOON);
    }
}
