// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.SimClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BootTest {
    private static final String LICENSE = SimVns3.licenseText("four controllers");

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller =
            SimVns3.builder().clock(clock).name("fed-1").password("secret").start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private void advance(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private void assertRefused() {
        assertThatThrownBy(() -> api.get("/config"))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aLaunchedControllerRefusesThenAnswersAsItsProxyThenWithoutPasswordThenForReal() {
        assertRefused();
        advance(20);
        assertThat(api.get("/config").status()).isEqualTo(502);
        assertThat(api.get("/config").text()).startsWith("<html>");
        advance(3);
        assertThat(api.get("/config").status()).isEqualTo(503);
        advance(3);
        assertThat(api.get("/config").error()).isEqualTo("401 UnauthorizedError: Unauthorized");
        advance(4);
        assertThat(api.get("/config").response().path("vns3_version").asText()).startsWith("6.0.0");
        assertThat(controller.isUp()).isTrue();
    }

    @Test
    void settingTheLicensesParametersAnswersFirstThenRebootsWithoutAskingForPasswordsAnew() {
        advance(60);
        assertThat(api.put("/license", LICENSE).status()).isEqualTo(200);
        var accepted = api.put("/license/parameters", "{'default': true}");
        assertThat(accepted.response().path("finalized").asBoolean()).isTrue();
        assertThat(api.get("/config").status()).isEqualTo(200);
        advance(2);
        assertRefused();
        advance(19);
        assertRefused();
        advance(1);
        assertThat(api.get("/config").status()).isEqualTo(502);
        advance(3);
        assertThat(api.get("/config").status()).isEqualTo(503);
        advance(3);
        assertThat(api.get("/license").response().path("finalized").asBoolean()).isTrue();
    }

    @Test
    void aRebootCanBeAskedForAndNothingElseCan() {
        advance(60);
        assertThat(api.put("/server", "{'reboot': false}").error()).isEqualTo("400 APIArgumentError: Nothing to do");
        assertThat(api.put("/server", "{'reboot': 'true'}")
                        .response()
                        .path("status")
                        .asText())
                .isEqualTo("rebooting");
        advance(2);
        assertRefused();
        advance(40);
        assertThat(api.get("/config").status()).isEqualTo(200);
    }

    @Test
    void aRebootInMidLifeCutsConnectionsAndKeepsTheConfiguration() {
        advance(60);
        api.put("/config", "{'topology_name': 'fednet'}");
        Inventory before = controller.inventory();
        controller.reboot();
        assertRefused();
        advance(40);
        assertThat(api.get("/config").response().path("topology_name").asText()).isEqualTo("fednet");
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aConnectionThatIsOlderThanARebootIsCutAndAnswersNothing() throws Exception {
        advance(60);
        try (Socket connection = connection()) {
            controller.reboot();
            advance(60);
            assertThat(controller.isUp()).isTrue();
            controller.calls().clear();
            assertThat(answer(connection)).isEmpty();
            assertThat(controller.calls().all()).isEmpty();
        }
        try (Socket connection = connection()) {
            assertThat(answer(connection)).startsWith("HTTP/1.1 200 ");
        }
    }

    private Socket connection() throws Exception {
        SSLSocket socket = (SSLSocket) trusting()
                .getSocketFactory()
                .createSocket("127.0.0.1", controller.uri().getPort());
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private SSLContext trusting() throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("controller", controller.certificate());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static String answer(Socket connection) {
        String request = "GET /api/config HTTP/1.1\r\nHost: controller\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString("api:secret".getBytes(StandardCharsets.UTF_8)) + "\r\n\r\n";
        try {
            connection.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException cut) {
            return "";
        }
    }

    @Test
    void anAnswerThatIsLostDoesNotKeepTheControllerFromRebooting() {
        advance(60);
        api.put("/license", LICENSE);
        controller.faults().on("PUT /license/parameters").dropAfter();
        assertThatThrownBy(() -> api.put("/license/parameters", "{'default': true}"))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(api.get("/license").response().path("finalized").asBoolean()).isTrue();
        advance(2);
        assertRefused();
    }

    @Test
    void aHeldAnswerKeepsTheControllerUpUntilItIsReleased() throws Exception {
        advance(60);
        api.put("/license", LICENSE);
        var held = controller.faults().on("PUT /license/parameters").holdAfter();
        var answer = CompletableFuture.supplyAsync(() -> api.put("/license/parameters", "{'default': true}"));
        held.reached().get(60, TimeUnit.SECONDS);
        advance(10);
        assertThat(api.get("/license").response().path("finalized").asBoolean()).isTrue();
        held.release();
        assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
        controller.reboot();
        assertRefused();
    }

    @Test
    void eachControllerHasACertificateOfItsOwnThatItsFingerprintNames() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest(controller.certificate().getEncoded());
        assertThat(controller.fingerprint()).isEqualTo(HexFormat.of().formatHex(digest));
        controller.certificate().verify(controller.certificate().getPublicKey());
        assertThat(controller.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=fed-1");
        try (SimVns3 other = SimVns3.builder().clock(clock).running().start()) {
            assertThat(other.fingerprint()).isNotEqualTo(controller.fingerprint());
            ApiClient mistaken = ApiClient.of(controller, "secret");
            assertThat(ApiClient.of(other, "vns3").get("/config").status()).isEqualTo(200);
            assertThatThrownBy(() -> mistaken.at(other).get("/config")).hasMessageContaining("certification path");
        }
    }
}
