// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.State;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.TestContext;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

/** Somebody else deletes the record of a deployment; each test leaves the cloud as it was, which is checked after each one. */
@Timeout(180)
class DeploymentRecordTest {
    private static final State STATE = State.empty();
    private static final String PUT = "Microsoft.Resources/deployments/write";
    private static final String GET = "Microsoft.Resources/deployments/read";

    private static Cloud cloud;

    private final String run = UUID.randomUUID().toString();
    private final TestContext context = at("hub/deploy");
    private final DeployTemplate step = DeployTemplate.in(cloud.account())
            .resourceGroup("fed")
            .named("hub")
            .templateFrom("classpath:templates/hub.json")
            .parameter("space", "10.2.0.0/16");
    private SortedMap<String, Map<String, Object>> before;

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void look() {
        before = cloud.inventory();
        cloud.calls().clear();
    }

    @AfterEach
    void tidyUp() {
        step.undo(STATE, Found.unknown("the test is over"), context.afterwards())
                .block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    /** A context of this run; without what others of the same step were told. */
    private TestContext at(String path) {
        return TestContext.at(path).withRunId(run);
    }

    private void deleteRecord() {
        new DeploymentCalls(cloud.account(), at("other/hand"), "fed", "hub-" + context.token())
                .requestDelete()
                .block(SOON);
    }

    @Test
    void aRecordThatGoesBetweenTwoLooksIsGone() {
        step.run(STATE, context).block(SOON);
        cloud.faults().on(GET).nth(2).error("ResourceNotFound", "it is gone");
        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.absent());

        cloud.faults().on(GET).nth(2).error("ResourceNotFound", "it is gone");
        step.undo(STATE, Found.unknown("cut short"), context.afterwards()).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void anUndoWithoutTheRecordOfTheDeploymentDeletesWhatTheStepSaidItMade() {
        step.run(STATE, context).block(SOON);
        deleteRecord();

        step.undo(STATE, Found.unknown("the record is gone"), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void whatWasAcceptedIsDeletedWithoutTheRecordAlthoughNobodySawItMade() {
        Fault sent = cloud.faults().on(PUT).holdAfter();
        Disposable cut = step.run(STATE, context).subscribe();
        sent.reached().orTimeout(60, TimeUnit.SECONDS).join();
        cut.dispose();
        sent.release();
        context.settled().block(SOON);
        step.reconcile(STATE, at("hub/deploy")).block(SOON);
        deleteRecord();

        step.undo(STATE, Found.unknown("it was cut"), context.afterwards()).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatWasAcceptedWithoutAnAnswerIsSaidAsSoonAsItIsFound() {
        cloud.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        step.reconcile(STATE, at("hub/deploy")).block(SOON);
        cloud.faults().on(GET).nth(2).error("ResourceNotFound", "it is gone");

        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.absent());

        assertThat(context.made())
                .extracting(Resource::kind)
                .containsExactlyInAnyOrder(
                        "Microsoft.Resources/deployments",
                        "Microsoft.Network/routeTables",
                        "Microsoft.Network/networkSecurityGroups",
                        "Microsoft.Network/virtualNetworks",
                        "Microsoft.Network/virtualNetworks/subnets");
    }

    @Test
    void aDeploymentThatIsStartedAgainWithoutItsRecordStillKnowsWhatTheFirstOneMade() {
        step.run(STATE, context).block(SOON);
        deleteRecord();

        step.run(STATE, context.withAttempt(2)).block(SOON);
        step.undo(STATE, Found.unknown("by a process that was told nothing"), at("hub/deploy"))
                .block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aFailedDeploymentHasMadeWhatIsThereAndNothingElse() {
        cloud.azure()
                .failNextOperation("Microsoft.Network/virtualNetworks/write", "AnotherDay", "No network for today.");

        Cloud.failureOf(step.run(STATE, context));

        assertThat(context.made())
                .extracting(Resource::kind)
                .contains("Microsoft.Resources/deployments", "Microsoft.Network/routeTables")
                .doesNotContain("Microsoft.Network/virtualNetworks/subnets");
        assertThat(context.made()).extracting(Resource::id).allSatisfy(id -> assertThat(cloud.inventory())
                .containsKey(id));
    }

    @Test
    void anUndoThatLosesTheRecordBeforeItKnowsAllFailsInOneLine() {
        step.run(STATE, context).block(SOON);
        cloud.faults().on(GET).nth(2).error("ResourceNotFound", "it is gone");

        assertThat(Cloud.failureOf(
                        step.undo(STATE, Found.unknown("by a process that was told nothing"), at("hub/deploy"))))
                .hasMessage("deployment fed/hub-" + context.token() + ": somebody deleted its record during the undo,"
                        + " and nothing else knows 4 of the resources that it was to make; delete what is left of its"
                        + " template (" + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }
}
