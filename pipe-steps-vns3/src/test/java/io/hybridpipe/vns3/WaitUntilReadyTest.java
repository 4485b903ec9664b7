// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static io.hybridpipe.vns3.Lab.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Input;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Boot;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.TlsTrust;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(180)
class WaitUntilReadyTest {
    private static final String ADDRESS = "203.0.113.1";

    private final Lab lab = new Lab();
    private final WaitUntilReady step = WaitUntilReady.at(Ip.of(ADDRESS))
            .password(Input.value(Lab.PASSWORD))
            .over(lab.access)
            .pollEvery(Lab.POLL)
            .within(SOON);

    @AfterEach
    void close() {
        lab.close();
    }

    private static Mono<Void> run(WaitUntilReady step) {
        return step.run(State.empty(), TestContext.at("pipe/step")).then();
    }

    private static List<Integer> statuses(SimVns3 controller) {
        return controller.calls().all().stream().map(Call::status).toList();
    }

    @Test
    void aLaunchedControllerIsWaitedFor() {
        SimVns3 controller = lab.launch("c", "10.1.0.10", ADDRESS);
        assertThat(controller.isUp()).isFalse();
        Lab.await(run(step));
        assertThat(controller.isUp()).isTrue();
        assertThat(statuses(controller)).endsWith(200, 200, 200);
    }

    @Test
    void whatAStartingControllerAnswersIsWaitedOutAndOnlyGoodAnswersInARowCount() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        controller.faults().on("GET /config").nth(1).status(502);
        controller.faults().on("GET /config").nth(2).status(503);
        controller.faults().on("GET /config").nth(3).error("UnauthorizedError", "Unauthorized");
        controller.faults().on("GET /config").nth(6).status(503);
        Lab.await(run(step));
        assertThat(statuses(controller)).containsExactly(502, 503, 401, 200, 200, 503, 200, 200, 200);
    }

    @Test
    void anAnswerWithoutVersionIsNoneYet() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        controller
                .faults()
                .on("GET /config")
                .times(2)
                .answer(SimResponse.json(200, "{\"response\":{\"licensed\":false}}"));
        Lab.await(run(step));
        assertThat(statuses(controller)).isEqualTo(Collections.nCopies(5, 200));
    }

    @Test
    void aWrongPasswordIsPermanentOnceItCanNoLongerBeTheStart() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        WaitUntilReady mistaken =
                step.password(Input.value(Secret.of("other"))).unauthorizedGrace(Duration.ofMillis(60));
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT))
                .hasMessageStartingWith(
                        "GET /api/config on 203.0.113.1 answered 401 UnauthorizedError: Unauthorized (log ");
        assertThat(controller.calls().all()).hasSizeGreaterThan(1);
    }

    @Test
    void aControllerThatNeverComesUpIsGivenUpWithWhatWasSeenLast() {
        lab.start(lab.builder("c", "10.1.0.10", ADDRESS)
                .boot(new Boot(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ZERO)));
        assertThat(Lab.failure(run(step.within(Duration.ofSeconds(2))), FailureClass.PERMANENT))
                .hasMessage("controller 203.0.113.1 is not ready after PT2S; last seen: GET /api/config on"
                        + " 203.0.113.1: connection refused");
    }

    @Test
    void aCertificateThatDoesNotMatchEndsTheWaitAtOnce() {
        lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        SimVns3 other = lab.start(lab.builder("d", "10.1.0.11", "203.0.113.2").running());
        WaitUntilReady pinned =
                step.over(lab.access.withTrust(Ip.of(ADDRESS), TlsTrust.fingerprint(other.fingerprint())));
        assertThat(Lab.failure(run(pinned), FailureClass.PERMANENT))
                .hasMessageContaining("TLS certificate does not match");
    }

    @Test
    void eachSubscriptionIsAWaitOfItsOwn() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        Mono<Void> wait = run(step);
        assertThat(controller.calls().all()).isEmpty();
        Lab.await(wait);
        Lab.await(wait);
        assertThat(statuses(controller)).isEqualTo(Collections.nCopies(6, 200));
    }

    @Test
    void cancelInMidCallEndsTheLooking() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
        var held = controller.faults().on("GET /config").nth(2).holdBefore();
        boolean[] signalled = new boolean[1];
        Disposable wait = run(step).subscribe(ready -> {}, failure -> signalled[0] = true, () -> signalled[0] = true);
        Lab.get(held.reached());
        wait.dispose();
        held.release();
        int before = controller.calls().all().size();
        StepVerifier.create(Mono.delay(Lab.POLL.multipliedBy(10)))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
        assertThat(controller.calls().all()).hasSize(before);
        assertThat(signalled[0]).isFalse();
    }

    @Test
    void itHasNoEffectAndSaysWhatItNeeds() {
        assertThat(step.contract().effect()).isEqualTo(Effect.none());
        assertThatThrownBy(() -> WaitUntilReady.at(Ip.of(ADDRESS)).contract())
                .hasMessage("WaitUntilReady.at(..) needs .password(..) or .credentials(..)");
        assertThatThrownBy(() -> step.answers(0)).hasMessage("answers is 0, it must be at least 1");
        assertThatThrownBy(() -> step.pollEvery(Duration.ZERO)).hasMessage("pollEvery is PT0S, it must be positive");
    }
}
