// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.network.fluent.RoutesClient;
import com.azure.resourcemanager.network.fluent.models.RouteInner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Without others beside it: the virtual time that it sets counts in the whole JVM. */
@Isolated
@Timeout(180)
class ArmOperationTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final SimResponse RUNNING = SimResponse.json(200, "{\"status\":\"InProgress\"}");
    private static final SimResponse SUCCEEDED = SimResponse.json(200, "{\"status\":\"Succeeded\"}");

    @Test
    void theAzureAsyncOperationIsAskedUntilItHasSucceeded() {
        try (Service service = Service.of(201, "Azure-AsyncOperation", RUNNING, RUNNING, SUCCEEDED)) {
            service.finished().block(SOON);

            assertThat(service.polls()).isEqualTo(3);
        }
    }

    @Test
    void theLocationIsAskedWhileItAnswers202() {
        SimResponse accepted = SimResponse.of(202);
        try (Service service = Service.of(202, "Location", accepted, accepted, SimResponse.of(204))) {
            service.finished().block(SOON);

            assertThat(service.polls()).isEqualTo(3);
        }
    }

    @Test
    void anAnswerWithoutEitherHeaderIsTheEnd() {
        try (Service service = Service.of(200, "X-Nothing")) {
            service.finished().block(SOON);

            assertThat(service.polls()).isZero();
        }
    }

    @Test
    void theAnswerIsTheLastBodyOrThatOfTheFirstCallIfThatWasTheEnd() {
        SimResponse last = SimResponse.json(200, "{\"found\":1}");
        try (Service service = Service.of(202, "Location", SimResponse.of(202), last)) {
            assertThat(service.accepted().answer(service.hurried(), "do it").block(SOON))
                    .isEqualTo("{\"found\":1}");
        }
        try (Service service = Service.of(200, "X-Nothing")) {
            assertThat(service.accepted().answer(service.hurried(), "do it").block(SOON))
                    .isEmpty();
        }
    }

    @Test
    void aFailedOperationSaysCodeAndMessage() {
        SimResponse failed = SimResponse.json(
                200, "{\"status\":\"Failed\",\"error\":{\"code\":\"RetryableError\",\"message\":\"try\\nagain\"}}");
        try (Service service = Service.of(201, "Azure-AsyncOperation", RUNNING, failed)) {
            StepFailure failure = service.failure();

            assertThat(failure).hasMessageStartingWith("do it: RetryableError: try again (federation");
            assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        }
    }

    @Test
    void aCanceledOperationIsAFailureToo() {
        try (Service service =
                Service.of(201, "Azure-AsyncOperation", SimResponse.json(200, "{\"status\":\"Canceled\"}"))) {
            assertThat(service.failure()).hasMessageStartingWith("do it: Canceled (federation");
        }
    }

    @Test
    void pollsThatFailInPassingAreRepeated() {
        try (Service service = Service.of(
                201,
                "Azure-AsyncOperation",
                SimResponse.of(503),
                SimResponse.dropped(),
                SimResponse.of(500),
                RUNNING,
                SimResponse.of(503),
                SimResponse.of(503),
                SimResponse.of(503),
                SUCCEEDED)) {
            service.finished().block(SOON);

            assertThat(service.polls()).isEqualTo(8);
        }
    }

    @Test
    void sixPollsThatFailInARowAreTooMany() {
        SimResponse[] failing = new SimResponse[9];
        Arrays.fill(failing, SimResponse.of(503));
        try (Service service = Service.of(201, "Azure-AsyncOperation", failing)) {
            assertThat(service.failure().failureClass()).isEqualTo(FailureClass.TRANSIENT);
            assertThat(service.polls()).isEqualTo(6);
        }
    }

    @Test
    void aPollThatIsRefusedEndsAtOnce() {
        try (Service service =
                Service.of(201, "Azure-AsyncOperation", AnsweringServer.error(403, "AuthorizationFailed", "no more"))) {
            assertThat(service.failure()).hasMessageContaining("do it: AuthorizationFailed: no more");
            assertThat(service.polls()).isEqualTo(1);
        }
    }

    @Test
    void thePauseIsWhatTheServiceAsksForUnlessTheCallerSetsOne() {
        try (Service service = Service.of(201, "Azure-AsyncOperation", SUCCEEDED)) {
            ArmOperation operation = service.accepted();
            try {
                StepVerifier.withVirtualTime(() -> operation.finished(service.unhurried(), "do it"))
                        .expectSubscription()
                        .expectNoEvent(Duration.ofSeconds(699))
                        .thenCancel()
                        .verify(SOON);
                assertThat(service.polls()).isZero();
            } finally {
                VirtualTimeScheduler.reset();
            }
            operation.finished(service.hurried(), "do it").block(SOON);
            assertThat(service.polls()).isEqualTo(1);
        }
    }

    /** A service that accepts a call and then answers polls with the given answers, one after the other. */
    private static final class Service implements AutoCloseable {
        private final Deque<SimResponse> answers;
        private final AnsweringServer server;
        private final int status;
        private final String header;

        private Service(int status, String header, SimResponse... answers) {
            this.status = status;
            this.header = header;
            this.answers = new ArrayDeque<>(Arrays.asList(answers));
            this.server = new AnsweringServer(this::answer);
        }

        static Service of(int status, String header, SimResponse... answers) {
            return new Service(status, header, answers);
        }

        private synchronized SimResponse answer(SimRequest request) {
            return request.method().equals("GET")
                    ? answers.remove()
                    : SimResponse.of(status)
                            .withHeader(header, server.uri() + "/operation")
                            .withHeader("Retry-After", "700");
        }

        AzureAccount unhurried() {
            return AnsweringServer.account(server.uri());
        }

        AzureAccount hurried() {
            return unhurried().pollEvery(Duration.ofMillis(2));
        }

        ArmOperation accepted() {
            RoutesClient routes = hurried().network().getRoutes();
            // each method of the SDK takes only the statuses that the service answers to it
            return ArmOperation.acceptedBy(
                            status == 202
                                    ? routes.deleteWithResponseAsync("g", "t", "r")
                                    : routes.createOrUpdateWithResponseAsync("g", "t", "r", new RouteInner()))
                    .blockOptional(SOON)
                    .orElseThrow();
        }

        Mono<Void> finished() {
            AzureAccount account = hurried();
            return accepted().finished(account, "do it");
        }

        StepFailure failure() {
            return finished()
                    .then(Mono.<StepFailure>empty())
                    .onErrorResume(StepFailure.class, Mono::just)
                    .blockOptional(SOON)
                    .orElseThrow(() -> new AssertionError("it did not fail"));
        }

        long polls() {
            return server.calls().of("GET").size();
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
