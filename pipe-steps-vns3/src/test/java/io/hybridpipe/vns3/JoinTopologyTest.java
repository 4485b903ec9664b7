// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A launched controller joins the topology of a standing one: setup without a keyset, fetch, mesh, and a password of its own. */
@Timeout(180)
class JoinTopologyTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Key<Controller> FED = Key.of("fed", Controller.class);
    private static final Key<Controller> NEW = Key.of("new", Controller.class);
    private static final Input<List<Controller>> BOTH = Input.from(FED, NEW, List::of);

    private final Lab lab = new Lab();
    private final State input = State.of(FED, Controller.of("fed-1", Ip.of("203.0.113.1"), Lab.PASSWORD));

    private SimVns3 fed;
    private SimVns3 fresh;
    private Inventory before;

    @BeforeEach
    void start() {
        fed = lab.start(lab.builder("fed-1", "10.2.0.10", "203.0.113.1").inService(1, Lab.KEYSET_TOKEN.reveal()));
        fresh = lab.launch("orders", "10.1.0.10", "203.0.113.9");
        before = fed.inventory();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Pipe pipe(Step last) {
        return Pipe.named("join")
                .needs(FED)
                .step(
                        "set-up",
                        SetUpController.at(Ip.of("203.0.113.9"))
                                .password(Input.value(Lab.PASSWORD))
                                .license(Input.value(Lab.LICENSE))
                                .withoutKeyset()
                                .peerId(2)
                                .named("orders")
                                .over(lab.access)
                                .pollEvery(Lab.POLL)
                                .into(NEW))
                .step(
                        "fetch-keyset",
                        FetchKeyset.on(NEW)
                                .from(FED.map(Controller::address))
                                .sourceController(FED)
                                .token(Input.value(Lab.KEYSET_TOKEN))
                                .over(lab.access)
                                .pollEvery(Lab.POLL))
                .step("mesh", PeerMesh.of(BOTH).over(lab.access).pollEvery(Lab.POLL))
                .step(
                        "change-password",
                        ChangePassword.on(NEW)
                                .to(Input.value(Secret.of("new-canary-2201")))
                                .over(lab.access)
                                .pollEvery(Lab.POLL))
                .step("last", last)
                .build();
    }

    @Test
    void afterwardsBothReachEachOther() {
        Pipe pipe = pipe(Step.using(NEW, controller -> {}));
        State done = pipe.run(input).blockOptional(SOON).orElseThrow();
        assertThat(fed.explainPeer(2)).isEqualTo("both sides reach each other");
        assertThat(fresh.explainPeer(1)).isEqualTo("both sides reach each other");
        assertThat(Lab.changes(fresh)).containsEntry("POST /peering/peers", 1L);
        // it asks again after some looks, and is refused while the first fetching is under way
        assertThat(fresh.calls().of("PUT /keyset"))
                .filteredOn(call -> call.status() == 200)
                .hasSize(1);
        assertThat(Lab.get(lab.access.client(done.get(NEW)).config()).controllerName())
                .contains("orders");
    }

    @Test
    void aLaterFailureLeavesTheStandingControllerAsItWas() {
        Pipe pipe = pipe(Step.using(NEW, controller -> {
            throw new IllegalStateException("no");
        }));
        RunReport report = pipe.start(input, RunOptions.ofDefaults())
                .settled()
                .blockOptional(SOON)
                .orElseThrow();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(fed.inventory()).isEqualTo(before);
        assertThat(fresh.inventory().of("peering")).containsOnlyKeys("self");
    }

    @Test
    void aSetupWithoutAKeysetMakesNoneAndIsDoneWithoutOne() {
        SetUpController step = SetUpController.at(Ip.of("203.0.113.9"))
                .password(Input.value(Lab.PASSWORD))
                .license(Input.value(Lab.LICENSE))
                .withoutKeyset()
                .over(lab.access)
                .pollEvery(Lab.POLL)
                .into(NEW);
        TestContext context = TestContext.at("pipe/step");
        Lab.get(step.run(State.empty(), context));
        assertThat(Lab.changes(fresh)).doesNotContainKey("PUT /keyset");
        assertThat(Lab.get(step.reconcile(State.empty(), context))).isInstanceOf(Found.Done.class);
        assertThat(step.contract().reads()).isEmpty();
    }
}
