// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first password of a controller on AWS is its instance id, so its name, and what refers to it, may hold a secret. */
@Timeout(180)
class NamedByItsPasswordTest {
    private static final Key<Controller> CONTROLLER = Key.of("controller", Controller.class);
    private static final Key<List<Controller>> MESH = Key.listOf("mesh", Controller.class);

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    private SimVns3 box(int n) {
        return lab.start(
                lab.builder("fed-" + n, "10.2.0.1" + n, "203.0.113." + n).inService(n, "shared"));
    }

    private static Controller controller(int n) {
        return Controller.of(Lab.PASSWORD.reveal(), Ip.of("203.0.113." + n), Lab.PASSWORD);
    }

    private static Step failing(Key<?> after) {
        return Step.using(after, any -> {
            throw new IllegalStateException("no");
        });
    }

    private static RunReport settled(Pipe pipe, State input) {
        return pipe.start(input, RunOptions.ofDefaults())
                .settled()
                .blockOptional(Lab.SOON)
                .orElseThrow();
    }

    @Test
    void thePeersThatAStepMadeAreTakenBack() {
        List<SimVns3> boxes = List.of(box(1), box(2));
        Object before = boxes.stream().map(SimVns3::inventory).toList();
        Pipe pipe = Pipe.named("mesh")
                .needs(MESH)
                .step("peer", PeerMesh.of(MESH).over(lab.access).pollEvery(Lab.POLL), Stage::hastened)
                .step("fails", failing(MESH))
                .build();
        RunReport report = settled(pipe, State.of(MESH, List.of(controller(1), controller(2))));
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(boxes.stream().map(SimVns3::inventory).toList()).isEqualTo(before);
    }

    @Test
    void aPasswordWhoseChangeLostItsAnswerIsSetBack() {
        SimVns3 box = box(1);
        Object before = box.inventory();
        box.faults().on("PUT /api_password").dropAfter();
        ChangePassword change = ChangePassword.on(CONTROLLER)
                .to(Input.value(Secret.of("new-canary-2201")))
                .over(lab.access)
                .pollEvery(Lab.POLL);
        Pipe pipe = Pipe.named("password")
                .needs(CONTROLLER)
                .step("change", change, Stage::hastened)
                .step("fails", failing(CONTROLLER))
                .build();
        RunReport report = settled(pipe, State.of(CONTROLLER, controller(1)));
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(report.elements().toString()).contains("fails");
        assertThat(box.inventory()).isEqualTo(before);
        assertThat(box.calls().of("PUT /api_password")).hasSize(2);
    }

    @Test
    void rulesThatWouldBeWrittenDownWithoutASecretInThemAreNotTouched() {
        SimVns3 box = lab.start(lab.builder("orders", "10.1.0.10", "203.0.113.1")
                .version("6.0.0-20240101")
                .inService());
        box.configure(
                "POST",
                "/v2/firewall/rules",
                "{\"rule\":\"FORWARD -j DROP\",\"comment\":\"from " + Lab.PASSWORD.reveal() + "\"}");
        Object before = box.inventory();
        box.calls().clear();
        FirewallRules rules = FirewallRules.on(Input.value(controller(1)))
                .rules(List.of("FORWARD -j ACCEPT"))
                .over(lab.access)
                .pollEvery(Lab.POLL);
        RunReport report = settled(
                Pipe.named("rules").step("rules", rules, Stage::hastened).build(), State.empty());
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertThat(report.failure().toString()).contains("firewall rule 'FORWARD -j DROP' of ***");
        assertThat(box.inventory()).isEqualTo(before);
        assertThat(box.calls().changing()).isEmpty();
    }
}
