// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.network.fluent.models.RouteInner;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.SimResponse;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class AzureFailuresTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final AtomicReference<SimResponse> ANSWER = new AtomicReference<>(SimResponse.of(200));
    private static final AnsweringServer SERVER = new AnsweringServer(request -> ANSWER.get());
    private static final AzureAccount ACCOUNT = SERVER.account();
    private static final AzureFailures FAILURES = new AzureFailures("somewhere", "https://arm.invalid");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        // status, code, Retry-After, class of a change, class of a read
        "429, TooManyRequests, 17, THROTTLED, THROTTLED",
        "429, SubscriptionRequestsThrottled, '', THROTTLED, THROTTLED",
        "429, OperationNotAllowed, '', THROTTLED, THROTTLED",
        "429, RetryableError, '', TRANSIENT, TRANSIENT",
        "429, RetryableError, 3, THROTTLED, THROTTLED",
        "409, AnotherOperationInProgress, '', TRANSIENT, TRANSIENT",
        "409, RetryableErrorDueToAnotherOperation, '', TRANSIENT, TRANSIENT",
        "409, CanceledAndSupersededDueToAnotherOperation, '', TRANSIENT, TRANSIENT",
        "400, ReferencedResourceNotProvisioned, '', TRANSIENT, TRANSIENT",
        "400, PublicIPAddressCannotBeDeleted, '', TRANSIENT, TRANSIENT",
        "400, NicInUse, '', TRANSIENT, TRANSIENT",
        "409, AllocationFailed, '', TRANSIENT, TRANSIENT",
        "409, ZonalAllocationFailed, '', TRANSIENT, TRANSIENT",
        "409, NetworkingInternalOperationError, '', TRANSIENT, TRANSIENT",
        "409, OSProvisioningInternalError, '', TRANSIENT, TRANSIENT",
        "409, VMStartTimedOut, '', TRANSIENT, TRANSIENT",
        "409, OSProvisioningTimedOut, '', PERMANENT, PERMANENT",
        "409, OverConstrainedAllocationRequest, '', PERMANENT, PERMANENT",
        "409, SkuNotAvailable, '', PERMANENT, PERMANENT",
        "400, InUseSubnetCannotBeDeleted, '', TRANSIENT, TRANSIENT",
        "400, InUseRouteTableCannotBeDeleted, '', TRANSIENT, TRANSIENT",
        "400, InUseNetworkSecurityGroupCannotBeDeleted, '', TRANSIENT, TRANSIENT",
        "409, ResourceGroupBeingDeleted, '', TRANSIENT, TRANSIENT",
        "409, DeploymentActive, '', TRANSIENT, TRANSIENT",
        "409, ResourceGroupDeletionBlocked, '', TRANSIENT, TRANSIENT",
        "409, Conflict, '', PERMANENT, PERMANENT",
        "409, OperationNotAllowed, '', PERMANENT, PERMANENT",
        "409, ScopeLocked, '', PERMANENT, PERMANENT",
        "400, SecurityRuleConflict, '', PERMANENT, PERMANENT",
        "400, InvalidTemplate, '', PERMANENT, PERMANENT",
        "404, ResourceNotFound, '', PERMANENT, PERMANENT",
        "404, ResourceGroupNotFound, '', PERMANENT, PERMANENT",
        "404, ParentResourceNotFound, '', PERMANENT, PERMANENT",
        "401, ExpiredAuthenticationToken, '', PERMANENT, PERMANENT",
        "401, InvalidAuthenticationToken, '', PERMANENT, PERMANENT",
        "403, AuthorizationFailed, '', PERMANENT, PERMANENT",
        "403, RequestDisallowedByPolicy, '', PERMANENT, PERMANENT",
        "412, PreconditionFailed, '', TRANSIENT, TRANSIENT",
        "408, RequestTimeout, '', UNKNOWN_OUTCOME, TRANSIENT",
        "500, InternalServerError, '', UNKNOWN_OUTCOME, TRANSIENT",
        "502, BadGateway, '', UNKNOWN_OUTCOME, TRANSIENT",
        "503, ServiceUnavailable, '', UNKNOWN_OUTCOME, TRANSIENT",
        "504, GatewayTimeout, '', UNKNOWN_OUTCOME, TRANSIENT",
    })
    void eachAnswerHasItsClass(int status, String code, String retryAfter, FailureClass change, FailureClass read) {
        SimResponse error = AnsweringServer.error(status, code, "it says why");
        SimResponse answer = retryAfter.isEmpty() ? error : error.withHeader("Retry-After", retryAfter);
        ANSWER.set(answer);
        SERVER.calls().clear();
        StepFailure changing = put(ACCOUNT);
        StepFailure reading = get(ACCOUNT);

        assertThat(changing.failureClass()).isEqualTo(change);
        assertThat(reading.failureClass()).isEqualTo(read);
        assertThat(changing)
                .hasMessage("add route r: " + code + ": it says why (federation, subscription "
                        + AnsweringServer.SUBSCRIPTION + ", HTTP " + status + ")");
        assertThat(changing.retryAfter())
                .isEqualTo(
                        changing.failureClass() == FailureClass.THROTTLED
                                ? Optional.of(Duration.ofSeconds(retryAfter.isEmpty() ? 0 : Long.parseLong(retryAfter)))
                                : Optional.empty());
        assertThat(SERVER.calls().all()).as("the SDK retried").hasSize(2);
    }

    @Test
    void anAnswerThatIsNoJsonIsClassifiedByItsStatus() {
        try (AnsweringServer server =
                new AnsweringServer(request -> SimResponse.of(502, "text/html", "<html>\nBad gateway\n</html>"))) {
            StepFailure failure = put(server.account());

            assertThat(failure.failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
            assertThat(failure.getMessage()).doesNotContain("\n").contains("HTTP 502");
        }
    }

    @Test
    void theFirstDetailOfAnErrorIsInTheMessage() {
        String body = "{\"error\":{\"code\":\"DeploymentFailed\",\"message\":\"see details\",\"details\":["
                + "{\"code\":\"Conflict\",\"message\":\"the\\nreal reason\"}]}}";
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.json(409, body))) {
            assertThat(put(server.account()))
                    .hasMessageContaining("DeploymentFailed: see details / Conflict: the real reason");
        }
    }

    @Test
    void aConnectionCutAfterSendingLeavesAChangeUnknownAndAReadTransient() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.dropped())) {
            assertThat(put(server.account()).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
            assertThat(get(server.account()).failureClass()).isEqualTo(FailureClass.TRANSIENT);
            assertThat(server.calls().changing())
                    .as("the change was sent again")
                    .hasSize(1);
        }
    }

    @Test
    void anAnswerOfSuccessThatCannotBeReadLeavesAChangeUnknown() {
        StepFailure failure = new AzureFailures("somewhere", "https://arm.invalid")
                .ofChange("do it", new HttpResponseException("cut short", answered(200)));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
    }

    @Test
    void aRefusedConnectionIsTransientAndSaysWhere() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(200))) {
            AzureAccount account = server.account();
            server.refuse();
            StepFailure failure = put(account);

            assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
            assertThat(failure.getMessage())
                    .startsWith("add route r: cannot connect to " + server.uri() + ": ")
                    .contains("refused")
                    .contains("federation");
        }
    }

    @Test
    void aHostThatIsNotKnownIsTransient() {
        assertThat(new AzureFailures("somewhere", "https://arm.invalid")
                        .ofChange("do it", new RuntimeException(new UnknownHostException("arm.invalid")))
                        .failureClass())
                .isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void aCertificateThatIsNotTrustedIsPermanent() {
        assertThat(new AzureFailures("somewhere", "https://arm.invalid")
                        .ofChange("do it", new RuntimeException(new SSLHandshakeException("no trust")))
                        .failureClass())
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aCredentialWithoutTokenFailsInOneClearLine() {
        TokenCredential none = request ->
                Mono.error(new ClientAuthenticationException("no login\nlong explanation\nof many lines", null));
        AzureAccount account = AzureAccount.of(
                "federation", new AzureProfile(null, AnsweringServer.SUBSCRIPTION, AzureEnvironment.AZURE), none);

        StepFailure failure = failureOf(account.checkCredential());

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessage("check the credential: no token: no login (federation, subscription "
                        + AnsweringServer.SUBSCRIPTION + ")");
    }

    @Test
    void aTokenIsNeverSentOverPlainHttp() {
        TokenCredential credential = request -> Mono.just(new AccessToken(
                "canary-token", OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(200))) {
            AzureAccount account = AzureAccount.of(
                    "federation",
                    new AzureProfile(null, AnsweringServer.SUBSCRIPTION, AnsweringServer.environment(server.uri())),
                    credential);
            StepFailure failure = failureOf(account.checkCredential());

            assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
            assertThat(failure.getMessage()).contains("HTTPS").doesNotContain("canary-token");
            assertThat(server.calls().all()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("waysToAToken")
    void aTokenThatDoesNotComeForAPassingReasonIsTransient(Throwable cause, FailureClass expected) {
        ClientAuthenticationException failure =
                new ClientAuthenticationException("credential unavailable", null, new RuntimeException(cause));

        assertThat(FAILURES.ofChange("do it", failure))
                .hasMessage("do it: no token: credential unavailable: " + cause.getMessage() + " (somewhere)")
                .extracting(FailureClass::of)
                .isEqualTo(expected);
    }

    static Stream<Arguments> waysToAToken() {
        return Stream.of(
                Arguments.of(new UnknownHostException("login.invalid"), FailureClass.TRANSIENT),
                Arguments.of(new ConnectException("connection refused"), FailureClass.TRANSIENT),
                Arguments.of(new SocketTimeoutException("read timed out"), FailureClass.TRANSIENT),
                Arguments.of(new TimeoutException("no token in 30 s"), FailureClass.TRANSIENT),
                Arguments.of(new HttpResponseException("overloaded", answered(503)), FailureClass.TRANSIENT),
                Arguments.of(new HttpResponseException("bad secret", answered(400)), FailureClass.PERMANENT),
                Arguments.of(new SSLHandshakeException("no trust"), FailureClass.PERMANENT),
                Arguments.of(new IllegalStateException("no login"), FailureClass.PERMANENT));
    }

    @ParameterizedTest
    @CsvSource({
        "reserved for another Virtual Machine for 90 seconds, 90",
        "retry after 180 seconds, 180",
        "reserved, 180",
    })
    void anInterfaceThatIsKeptForAMachineIsAskedForAgainWhenThatIsOver(String message, long seconds) {
        ANSWER.set(AnsweringServer.error(400, "NicReservedForAnotherVm", message));

        assertThat(put(ACCOUNT).retryAfter()).contains(Duration.ofSeconds(seconds));
        assertThat(FAILURES.ofOperation("do it", "NicReservedForAnotherVm", message)
                        .retryAfter())
                .contains(Duration.ofSeconds(seconds));
    }

    @Test
    void anUndoOutlastsTheTimeForWhichAnInterfaceIsKept() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        StepFailure kept = FAILURES.ofOperation(
                "delete card", "NicReservedForAnotherVm", "Nic(s) in request is reserved for 180 seconds.");
        AtomicInteger tries = new AtomicInteger();
        Step card = Step.reading()
                .undo((state, context) -> Mono.defer(() -> {
                    tries.incrementAndGet();
                    return time.now(TimeUnit.SECONDS) < 180 ? Mono.error(kept) : Mono.empty();
                }))
                .as((state, context) -> Mono.just(Outputs.none()));
        Run run = Pipe.named("kept")
                .step("card", card, options -> AzureAccount.stepOptions())
                .step("machine", Step.using(Input.value("m"), machine -> {
                    throw new IllegalStateException("no capacity");
                }))
                .build()
                .start(State.empty(), RunOptions.ofDefaults().scheduler(time));
        time.advanceTimeBy(Duration.ofMinutes(30));

        assertThat(run.settled().block(SOON).outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(tries).hasValue(2);
    }

    @Test
    void aMessageThatNamesTwoResourcesIsWholeToItsDecisiveEnd() {
        String id = "/subscriptions/" + AnsweringServer.SUBSCRIPTION + "/resourceGroups/" + "g".repeat(90)
                + "/providers/Microsoft.Network/networkInterfaces/" + "n".repeat(80);

        assertThat(FAILURES.ofOperation("delete " + id, "InUse", "it is used by " + id + ", detach it first"))
                .hasMessageEndingWith("detach it first (somewhere)");
    }

    @Test
    void whatIsAlreadyClassifiedStaysAsItIs() {
        StepFailure already = StepFailure.permanent("told to stop");

        assertThat(new AzureFailures("somewhere", "https://arm.invalid").ofChange("do it", already))
                .isSameAs(already);
    }

    @Test
    void aMistakeInTheProgramIsPermanent() {
        assertThat(new AzureFailures("somewhere", "https://arm.invalid")
                        .ofChange("do it", new IllegalStateException("bug"))
                        .failureClass())
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void onlyAnAnswerOf404MeansMissing() {
        try (AnsweringServer server = new AnsweringServer(request -> AnsweringServer.error(
                request.method().equals("PUT") ? 409 : 404, "ParentResourceNotFound", "no table"))) {
            assertThat(AzureFailures.isMissing(get(server.account()))).isTrue();
            assertThat(AzureFailures.isMissing(put(server.account()))).isFalse();
            assertThat(AzureFailures.isMissing(new IllegalStateException("404")))
                    .isFalse();
        }
    }

    @Test
    void inASubscriptionThatIsNotThereNothingIsMissing() {
        try (AnsweringServer server =
                new AnsweringServer(request -> AnsweringServer.error(404, "SubscriptionNotFound", "none"))) {
            assertThat(AzureFailures.isMissing(get(server.account()))).isFalse();
        }
    }

    private static HttpResponse answered(int status) {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.json(status, "{}"))) {
            return Objects.requireNonNull(new HttpPipelineBuilder()
                    .build()
                    .send(new HttpRequest(HttpMethod.GET, server.uri().toString()))
                    // a body that nobody reads keeps its buffers
                    .delayUntil(HttpResponse::getBodyAsString)
                    .block(SOON));
        }
    }

    private static StepFailure put(AzureAccount account) {
        return failureOf(ArmOperation.acceptedBy(
                        account.network().getRoutes().createOrUpdateWithResponseAsync("g", "t", "r", new RouteInner()))
                .onErrorMap(failure -> account.failures().ofChange("add route r", failure)));
    }

    private static StepFailure get(AzureAccount account) {
        return failureOf(account.network().getRoutes().getAsync("g", "t", "r").onErrorMap(failure -> account.failures()
                .ofRead("look at route r", failure)));
    }

    private static StepFailure failureOf(Mono<?> call) {
        return call.then(Mono.<StepFailure>empty())
                .onErrorResume(StepFailure.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow(() -> new AssertionError("it did not fail"));
    }
}
