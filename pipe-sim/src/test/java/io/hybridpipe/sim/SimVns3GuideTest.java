// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The snippets of docs/sim-vns3.md, which run here with public API only; the last test compares them with the page. */
class SimVns3GuideTest {

    // snippet: alone
    @Test
    void aControllerThatGetsItsLicensesParametersRebootsAndIsBack() throws Exception {
        try (SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
                SimVns3 controller = SimVns3.builder()
                        .clock(clock)
                        .password("secret")
                        .running()
                        .start()) {

            assertThat(put(controller, "/license", SimVns3.licenseText("mine")).statusCode())
                    .isEqualTo(200);
            assertThat(put(controller, "/license/parameters", "{\"default\": true}")
                            .statusCode())
                    .isEqualTo(200);

            clock.advance(Duration.ofSeconds(2));
            assertThatThrownBy(() -> get(controller, "/license")).isInstanceOf(ConnectException.class);

            clock.advance(Duration.ofSeconds(20));
            assertThat(get(controller, "/license").statusCode()).isEqualTo(502);

            clock.advance(Duration.ofSeconds(6));
            assertThat(get(controller, "/license").body()).contains("\"finalized\":true");
        }
    }
    // end

    // snippet: client
    private static HttpResponse<String> get(SimVns3 controller, String path) throws Exception {
        return send(controller, request(controller, path).GET());
    }

    private static HttpResponse<String> put(SimVns3 controller, String path, String body) throws Exception {
        String type = path.equals("/license") ? "text/plain" : "application/json";
        return send(
                controller,
                request(controller, path).header("Content-Type", type).PUT(BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(SimVns3 controller, String path) {
        String credentials = Base64.getEncoder().encodeToString("api:secret".getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(controller.uri().resolve("/api" + path))
                .header("Authorization", "Basic " + credentials);
    }

    private static HttpResponse<String> send(SimVns3 controller, HttpRequest.Builder request) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("controller", controller.certificate());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(tls).build().send(request.build(), BodyHandlers.ofString());
    }
    // end

    // snippet: world
    @Test
    void aPingPassesOnceBothSidesWereToldTheSame() {
        World world = World.on(SimClock.manual(Instant.parse("2026-01-01T00:00:00Z")));
        world.add(Site.named("x")
                .host("10.1.0.2", "203.0.113.1", "gw-x")
                .host("10.1.0.10", "app")
                .route("10.2.0.0/16", "gw-x"));
        world.add(Site.named("y")
                .host("10.2.0.2", "203.0.113.2", "gw-y")
                .host("10.2.0.10", "db")
                .route("10.1.0.0/16", "gw-y"));
        try (SimVns3 x = SimVns3.builder()
                        .world(world)
                        .machine("gw-x")
                        .inService()
                        .start();
                SimVns3 y = SimVns3.builder()
                        .world(world)
                        .machine("gw-y")
                        .inService()
                        .start()) {
            Packet ping = Packet.icmp("10.1.0.10", "10.2.0.10");

            peer(x, "203.0.113.2", "10.1.0.0/16", "10.2.0.0/16");
            world.clock().advance(Duration.ofSeconds(10));
            assertThat(x.explain(1)).endsWith("has no endpoint for 203.0.113.1");
            assertThat(PacketTracer.in(world).trace(ping).passed()).isFalse();

            peer(y, "203.0.113.1", "10.2.0.0/16", "10.1.0.0/16");
            world.clock().advance(Duration.ofSeconds(10));
            assertThat(x.explain(1)).isEqualTo("both sides agree");
            assertThat(PacketTracer.in(world).traceBothWays(ping).passed()).isTrue();
        }
    }

    private static void peer(SimVns3 controller, String gateway, String local, String remote) {
        controller.configure(
                "POST",
                "/ipsec/endpoints",
                "{\"name\": \"peer\", \"ipaddress\": \"" + gateway + "\", \"secret\": \"k\", \"ike_version\": 2}");
        controller.configure(
                "POST",
                "/ipsec/endpoints/1/tunnels",
                "{\"local_subnet\": \"" + local + "\", \"remote_subnet\": \"" + remote + "\"}");
    }
    // end

    // snippet: faults
    @Test
    void anAnswerIsLostAfterItsEffect() throws Exception {
        try (SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
                SimVns3 controller = SimVns3.builder()
                        .clock(clock)
                        .password("secret")
                        .running()
                        .start()) {
            controller.faults().on("PUT /config").dropAfter();

            assertThatThrownBy(() -> put(controller, "/config", "{\"topology_name\": \"fednet\"}"))
                    .isInstanceOf(IOException.class);

            assertThat(get(controller, "/config").body()).contains("\"topology_name\":\"fednet\"");
            assertThat(controller.calls().all()).extracting(Call::action).containsExactly("PUT /config", "GET /config");
        }
    }
    // end

    @Test
    void everySnippetOnThePageIsTheOneThatRunsHere() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/hybridpipe/sim/SimVns3GuideTest.java"));
        String page = Files.readString(Path.of("../docs/sim-vns3.md"));
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        int compared = 0;
        while (onPage.find()) {
            Matcher here = Pattern.compile("// snippet: " + onPage.group(1) + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                    .matcher(source);
            assertThat(here.find())
                    .as("snippet " + onPage.group(1) + " of docs/sim-vns3.md")
                    .isTrue();
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' from SimVns3GuideTest to docs/sim-vns3.md")
                    .isEqualTo(here.group(1).stripIndent().strip());
            compared++;
        }
        assertThat(compared)
                .isEqualTo(Pattern.compile("```java").matcher(page).results().count())
                .isEqualTo(4);
    }
}
