// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hybridpipe.sim.SimClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .name("fed-1")
            .password("secret")
            .inService()
            .start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }

    private static String upload(TlsIdentity.KeyPair cert, TlsIdentity.KeyPair key) throws Exception {
        return JsonNodeFactory.instance
                .objectNode()
                .put("cert", pem("CERTIFICATE", cert.certificate().getEncoded()))
                .put("key", pem("PRIVATE KEY", key.key().getEncoded()))
                .toString();
    }

    private static TlsIdentity.KeyPair pair(String name) throws Exception {
        return SelfSigned.of(name, List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
    }

    @Test
    void theInstalledCertificateIsTheOneOfTheServer() {
        JsonNode shown = api.get("/system/ssl").response().at("/certs/0");
        assertThat(shown.path("sha256_fingerprint").asText()).isEqualTo(controller.fingerprint());
        assertThat(shown.path("subject").asText()).isEqualTo("CN=fed-1");
    }

    @Test
    void anUploadedCertificateIsInstalledInTheBackgroundAndThenServed() throws Exception {
        String old = controller.fingerprint();
        TlsIdentity.KeyPair next = pair("next");
        assertThat(api.put("/system/ssl/keypair", upload(next, next)).response().asText())
                .isEqualTo("Valid key/cert files uploaded");
        JsonNode queued = api.put("/system/ssl/install", "").response();
        assertThat(queued.path("status").asText()).isEqualTo("SSL Cert installation queued");
        String poll = "/system/ssl/install/" + queued.path("uuid").asText();
        assertThat(api.get(poll).response().path("state").asText()).isEqualTo("pending");
        assertThat(controller.fingerprint()).isEqualTo(old);
        clock.advance(Duration.ofSeconds(3));
        assertThat(controller.certificate()).isEqualTo(next.certificate());
        ApiClient trusting = ApiClient.of(controller, "secret");
        assertThat(trusting.get(poll).response().path("state").asText()).isEqualTo("finished_ok");
        try (SimVns3 other = SimVns3.builder().clock(clock).running().start()) {
            ApiClient mistaken = ApiClient.of(other, "secret");
            assertThatThrownBy(() -> mistaken.at(controller).get("/config")).hasMessageContaining("certification path");
        }
    }

    @Test
    void anInstallationThatARebootInterruptedFailedAndCanBeRepeated() throws Exception {
        TlsIdentity.KeyPair next = pair("next");
        api.put("/system/ssl/keypair", upload(next, next));
        String poll = "/system/ssl/install/"
                + api.put("/system/ssl/install", "").response().path("uuid").asText();
        String old = controller.fingerprint();
        controller.reboot();
        clock.advance(Duration.ofMinutes(1));
        assertThat(controller.fingerprint()).isEqualTo(old);
        assertThat(controller.configure("GET", poll, "").path("state").asText()).isEqualTo("finished_failed");
        controller.configure("PUT", "/system/ssl/install", "");
        clock.advance(Duration.ofSeconds(3));
        assertThat(controller.certificate()).isEqualTo(next.certificate());
    }

    @Test
    void whatDoesNotBelongTogetherIsNotTaken() throws Exception {
        assertThat(api.put("/system/ssl/keypair", "{}").error())
                .isEqualTo("400 APIArgumentError: cert is missing, key is missing");
        assertThat(api.put("/system/ssl/keypair", "{'cert': 'x', 'key': 'y'}").error())
                .isEqualTo("400 APIArgumentError: cert is invalid");
        assertThat(api.put("/system/ssl/keypair", upload(pair("a"), pair("b"))).error())
                .isEqualTo("400 APIArgumentError: key is invalid");
        assertThat(api.put("/system/ssl/install", "").error())
                .isEqualTo("400 APIArgumentError: cert is missing, key is missing");
        assertThat(api.get("/system/ssl/install/1234").error()).isEqualTo("404 APINotFoundError: Unknown Job ID: 1234");
    }
}
