// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(180)
class Vns3ClientTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Ip ADDRESS = Ip.of("10.1.0.5");
    private static final Secret<String> PSK = Secret.of("psk-canary-5271");

    private final ScriptedServer server = new ScriptedServer();
    private final Vns3Access access =
            Vns3Access.over(HttpClient.newHttpClient()).withUris(address -> server.uri());
    private final Vns3Client client = access.client(ADDRESS, Credentials.password(Secret.of("i-0abc")));

    @AfterEach
    void close() {
        server.close();
    }

    private <T> T get(Mono<T> call) {
        return call.blockOptional(SOON).orElseThrow();
    }

    private StepFailure failureOf(Mono<?> call) {
        StepFailure[] seen = new StepFailure[1];
        StepVerifier.create(call)
                .expectErrorSatisfies(failure -> seen[0] = (StepFailure) failure)
                .verify(SOON);
        return seen[0];
    }

    @Test
    void anUnlicensedControllerTellsLessAndIsUnderstood() {
        server.answers(
                200,
                "{'response':{'private_ipaddress':'10.1.0.5','vns3_version':'4.8.4-20191220','licensed':'False',"
                        + "'topology_name':'','surprise':{'a':[1]}}}");
        ControllerConfig config = get(client.config());
        assertThat(config.version()).contains(Vns3Version.of("4.8.4-20191220"));
        assertThat(config.licensed()).isFalse();
        assertThat(config.topologyName()).isEmpty();
        assertThat(config.managerId()).isEmpty();
    }

    @Test
    void booleansAndNumbersMayBeStrings() {
        server.answers(200, "{'response':{'1':{'id':'7','cidr':'10.0.0.0/8','advertise':'True','metric':'3'}}}");
        assertThat(get(client.routes())).singleElement().satisfies(route -> {
            assertThat(route.id()).isEqualTo(7);
            assertThat(route.advertise()).isTrue();
            assertThat(route.metric()).isEqualTo(3);
        });
    }

    @Test
    void aRoutesIdIsItsOwnAndNotItsKeyAndNotsetMeansNothing() {
        server.answers(
                200,
                "{'response':{'2':{'id':3,'cidr':'10.2.0.0/16','interface':'_notset','gateway':'_notset','tunnel':{}}}}");
        assertThat(get(client.routes())).singleElement().satisfies(route -> {
            assertThat(route.id()).isEqualTo(3);
            assertThat(route.device()).isEmpty();
            assertThat(route.gateway()).isEmpty();
            assertThat(route.tunnel()).isEmpty();
            assertThat(route.enabled()).isTrue();
            assertThat(route.other()).isEqualTo(OtherFields.none());
        });
    }

    @Test
    void anErrorInAGoodAnswerIsAnError() {
        server.answers(200, "{'error':{'name':'APIArgumentError','log':'156','message':'Bad license'}}");
        StepFailure failure = failureOf(client.uploadLicense(Secret.of("text")));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(Vns3Error.in(failure)).hasValueSatisfying(error -> {
            assertThat(error.status()).isEqualTo(200);
            assertThat(error.name()).isEqualTo("APIArgumentError");
            assertThat(error.detail()).isEqualTo("Bad license");
            assertThat(error.logId()).isEqualTo("156");
        });
    }

    @Test
    void aProxysPageIsNoJsonAndStillHasAClass() {
        server.answers(502, "<html>Bad Gateway</html>").answers(502, "<html/>").answers(200, "<html>hello</html>");
        assertThat(failureOf(client.config()).failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failureOf(client.setPeerId(1)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(failureOf(client.config()))
                .hasMessage("GET /api/config on 10.1.0.5 answered 200 with something that is not a controller's JSON");
    }

    @Test
    void retryAfterIsHeeded() {
        server.asksToSlowDown(9);
        assertThat(failureOf(client.config()).retryAfter()).contains(Duration.ofSeconds(9));
    }

    @Test
    void thePasswordGoesAsBasicAuthenticationOfApiAndTheTokenAsItsHeader() {
        server.answers(200, "{'response':{}}").answers(200, "{'response':{}}");
        get(client.config());
        // api:i-0abc
        assertThat(server.lastAsked().authorization()).isEqualTo("Basic YXBpOmktMGFiYw==");
        get(access.client(ADDRESS, Credentials.token(Secret.of("t-1"))).config());
        assertThat(server.lastAsked().token()).isEqualTo("t-1");
        assertThat(server.lastAsked().authorization()).isEmpty();
    }

    @Test
    void anEndpointIsMadeWithRealBooleansAndNumbersAndItsKeyIsReadBackAsASecret() {
        server.answers(
                200,
                "{'response':{'id':1,'name':'to-b','ipaddress':'203.0.113.9','psk':'psk-canary-5271','tunnels':{'3':"
                        + "{'id':3,'local_subnet':'10.1.0.0/16','remote_subnet':'10.0.0.0/16','description':null}}}}");
        IpsecEndpoint made = get(client.createEndpoint(NewEndpoint.of("to-b", Ip.of("203.0.113.9"), PSK)
                .withDescription("d")
                .withIdentity(Optional.of("10.2.0.9"))));
        assertThat(server.lastAsked().line()).isEqualTo("POST /api/ipsec/endpoints");
        assertThat(server.lastAsked().contentType()).isEqualTo("application/json");
        assertThat(server.lastAsked().body())
                .isEqualTo("{\"name\":\"to-b\",\"ipaddress\":\"203.0.113.9\",\"secret\":\"psk-canary-5271\","
                        + "\"description\":\"d\",\"pfs\":true,\"ike_version\":2,\"nat_t_enabled\":true,"
                        + "\"private_ipaddress\":\"10.2.0.9\",\"vpn_type\":\"policy\"}");
        assertThat(made.psk()).contains(PSK);
        assertThat(made.tunnels()).singleElement().satisfies(tunnel -> {
            assertThat(tunnel.id()).isEqualTo(3);
            assertThat(tunnel.localSubnet()).isEqualTo("10.1.0.0/16");
            assertThat(tunnel.remoteSubnet()).isEqualTo("10.0.0.0/16");
            assertThat(tunnel.description()).isEmpty();
        });
    }

    @Test
    void noSecretIsInAnyTextForm() {
        Controller controller = Controller.of("c", ADDRESS, PSK);
        NewEndpoint endpoint = NewEndpoint.of("e", ADDRESS, PSK);
        server.answers(200, "{'response':{'id':1,'psk':'psk-canary-5271'}}");
        IpsecEndpoint made = get(client.createEndpoint(endpoint));
        assertThat(List.of(controller, endpoint, made, Credentials.password(PSK), Credentials.token(PSK))
                        .toString())
                .doesNotContain("psk-canary")
                .doesNotContain("YXBp");
    }

    @Test
    void aLicenseGoesAsPlainText() {
        server.answers(200, "{'response':{'license':'accepted','finalized':false,'license_present':true}}");
        assertThat(get(client.uploadLicense(Secret.of("-----BEGIN"))).finalized())
                .isFalse();
        assertThat(server.lastAsked())
                .isEqualTo(new ScriptedServer.Asked(
                        "PUT /api/license", "Basic YXBpOmktMGFiYw==", "", "text/plain", "-----BEGIN"));
    }

    @Test
    void aLostAnswerIsTransientForAReadAndUnknownForAChange() {
        // the JDK's client repeats a read once by itself when a connection was cut
        server.hangsUp().hangsUp();
        assertThat(failureOf(client.config()).failureClass()).isEqualTo(FailureClass.TRANSIENT);
        int before = server.asked().size();
        server.hangsUp();
        assertThat(failureOf(client.setPeerId(1)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(server.asked()).as("a change is sent once").hasSize(before + 1);
    }

    @Test
    void aRefusedConnectionIsTransientEvenForAChange() {
        Vns3Client nobody = access.withUris(address -> URI.create("http://127.0.0.1:1"))
                .client(ADDRESS, Credentials.password(Secret.of("p")));
        StepFailure failure = failureOf(nobody.setPeerId(1));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure).hasMessage("PUT /api/peering/self on 10.1.0.5: connection refused");
    }

    @Test
    void aCallThatIsNotAnsweredEndsAfterTheRequestTimeout() {
        server.staysSilent().staysSilent();
        Vns3Client hasty =
                access.withRequestTimeout(Duration.ofSeconds(2)).client(ADDRESS, Credentials.password(Secret.of("p")));
        assertThat(failureOf(hasty.config()))
                .hasMessage("GET /api/config on 10.1.0.5: no answer in time")
                .extracting(StepFailure::failureClass)
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(failureOf(hasty.setPeerId(1)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
    }

    @Test
    void anAnswerThatStopsInTheMiddleEndsToo() {
        server.stopsInTheMiddle();
        Vns3Client hasty =
                access.withRequestTimeout(Duration.ofSeconds(2)).client(ADDRESS, Credentials.password(Secret.of("p")));
        assertThat(failureOf(hasty.setPeerId(1)))
                .hasMessage("PUT /api/peering/self on 10.1.0.5: no answer in time")
                .extracting(StepFailure::failureClass)
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
    }

    @Test
    void nothingIsSentBeforeSubscriptionAndEachSubscriptionSendsOnce() {
        Mono<ControllerConfig> call = client.config();
        assertThat(server.asked()).isEmpty();
        server.answers(200, "{'response':{}}").answers(200, "{'response':{}}");
        get(call);
        get(call);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void cancelAbortsTheRequest() {
        server.staysSilent();
        boolean[] signalled = new boolean[1];
        Disposable call = client.config().subscribe(config -> signalled[0] = true, failure -> signalled[0] = true);
        StepVerifier.create(Mono.defer(() -> server.asked().isEmpty() ? Mono.empty() : Mono.just(true))
                        .repeatWhenEmpty(times -> times.delayElements(Duration.ofMillis(5))))
                .expectNext(true)
                .expectComplete()
                .verify(SOON);
        call.dispose();
        server.answers(200, "{'response':{}}");
        get(client.config());
        assertThat(signalled[0]).isFalse();
    }
}
