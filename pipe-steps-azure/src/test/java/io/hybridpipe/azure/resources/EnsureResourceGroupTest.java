// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class EnsureResourceGroupTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final State STATE = State.of(NAME, "spokes");
    private static final String PUT = "Microsoft.Resources/subscriptions/resourceGroups/write";
    private static final String DELETE = "Microsoft.Resources/subscriptions/resourceGroups/delete";

    private static Cloud cloud;

    private final TestContext context = TestContext.at("hub/group").withRunId("run-1");
    private final EnsureResourceGroup step = EnsureResourceGroup.in(cloud.account())
            .named(NAME)
            .location("westeurope")
            .into(GROUP);
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
        cloud.faults().clear();
    }

    @AfterEach
    void cleanUp() {
        new Group(cloud.account(), "spokes")
                .delete(TestContext.at("test/clean-up"))
                .block(SOON);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aMissingGroupIsMadeWithTheTagsOfItsStepAndItsNameIsWritten() {
        assertThat(run(context)).isEqualTo(Outputs.of(GROUP, "spokes"));

        assertThat(cloud.inventory().get(id()))
                .containsEntry("location", "westeurope")
                .containsEntry("tags", context.tags());
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.id()).isEqualTo(id());
            assertThat(made.show())
                    .isEqualTo("az group show --subscription " + cloud.azure().subscription() + " --name spokes");
        });
    }

    @Test
    void aGroupOfSomebodyElseIsUsedAndNeitherChangedNorDeleted() {
        makeForeign("westeurope");
        SortedMap<String, Map<String, Object>> theirs = cloud.inventory();

        step.preflight(STATE, context).block(SOON);
        assertThat(run(context)).isEqualTo(Outputs.of(GROUP, "spokes"));
        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.absent());
        step.undo(STATE, Found.absent(), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(theirs);
        assertThat(cloud.calls().of(DELETE)).isEmpty();
        assertThat(context.made()).isEmpty();
    }

    @Test
    void aLocationMayBeWrittenAsPeopleSayIt() {
        makeForeign("westeurope");

        step.location("West Europe").run(STATE, context).block(SOON);

        assertThat(cloud.calls().of(PUT)).as("the test's own").hasSize(1);
    }

    @Test
    void aGroupInAnotherLocationIsRefusedBeforeTheRunAndInIt() {
        makeForeign("northeurope");

        for (Mono<?> call : List.of(step.preflight(STATE, context), step.run(STATE, context))) {
            StepFailure failure = Cloud.failureOf(call);
            assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
            assertThat(failure)
                    .hasMessage(
                            "use resource group spokes: it is in northeurope, not in westeurope, and a group cannot move;"
                                    + " choose its location or another name ("
                                    + cloud.account().where() + ")");
        }
    }

    @Test
    void aLocationThatAzureDoesNotHaveIsPermanent() {
        StepFailure failure = Cloud.failureOf(step.location("atlantis").run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageStartingWith("make resource group spokes: LocationNotAvailableForResourceGroup: ");
    }

    @Test
    void aNameThatNoGroupCanHaveIsRefusedBeforeTheRun() {
        State state = State.of(NAME, "ends.with.a.dot.");
        assertThat(Cloud.failureOf(step.named(NAME).preflight(state, context)))
                .hasMessageStartingWith(
                        "EnsureResourceGroup: 'ends.with.a.dot.' cannot name a resource group: a name has")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(cloud.calls().all()).isEmpty();
    }

    @Test
    void aGroupWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        cloud.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        Found found = step.reconcile(STATE, context).block(SOON);

        assertThat(found).isEqualTo(Found.done(Outputs.of(GROUP, "spokes")));
        assertThat(run(context)).isEqualTo(Outputs.of(GROUP, "spokes"));
        assertThat(cloud.calls().of(PUT)).hasSize(1);
    }

    @Test
    void aThrottledCallSaysHowLongToWait() {
        cloud.faults()
                .on(PUT)
                .answer(SimResponse.json(429, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"slow down\"}}")
                        .withHeader("Retry-After", "7"));

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(7)));
    }

    @Test
    void aCancelInMidCallIsUndone() throws Exception {
        Fault sent = cloud.faults().on(PUT).holdAfter();
        Disposable run = step.run(STATE, context).subscribe();
        sent.reached().get(60, TimeUnit.SECONDS);
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        step.undo(STATE, step.reconcile(STATE, context).block(SOON), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(1);
    }

    @Test
    void aGroupThatSomebodyIsDeletingIsWaitedForAndMadeAnew() {
        makeForeign("northeurope");
        ArmOperation.acceptedBy(cloud.account().resources().getResourceGroups().deleteWithResponseAsync("spokes", null))
                .block(SOON);

        run(context);

        assertThat(cloud.inventory().get(id()))
                .containsEntry("location", "westeurope")
                .containsEntry("tags", context.tags());
    }

    @Test
    void anUndoThatWasCutOffWaitsForTheDeletionThatGoesOn() {
        run(context);
        cloud.faults().on(DELETE).dropAfter();
        assertThat(Cloud.classOf(step.undo(STATE, Found.absent(), context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        step.undo(STATE, Found.absent(), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(cloud.calls().of(DELETE)).hasSize(1);
    }

    @Test
    void aGroupThatHoldsSomethingOfOthersIsLeftAndWhatItHoldsIsListed() {
        run(context);
        addTable("theirs", Map.of());
        addTable(
                "of-another-run", TestContext.at("hub/table").withRunId("run-2").tags());

        StepFailure failure = Cloud.failureOf(step.undo(STATE, Found.absent(), context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessage(
                        "delete resource group spokes: it is left as it is, since it holds Microsoft.Network/routeTables"
                                + " of-another-run, made by hub/table of run run-2; Microsoft.Network/routeTables theirs, not made by"
                                + " HybridPipe (" + cloud.account().where() + ")");
        assertThat(cloud.calls().of(DELETE)).isEmpty();
    }

    @Test
    void whatIsOnlyListedStillDoesNotKeepTheGroup() {
        run(context);
        listOnce("gone");

        step.undo(STATE, Found.absent(), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatCannotBeLookedAtCountsAsBeingThereUnlessThatPasses() {
        run(context);
        listOnce("theirs");
        cloud.faults()
                .on("Microsoft.Network/routeTables/read")
                .answer(SimResponse.json(403, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"No.\"}}"));

        assertThat(Cloud.failureOf(step.undo(STATE, Found.absent(), context)))
                .hasMessageContaining("since it holds Microsoft.Network/routeTables theirs, not made by HybridPipe");

        listOnce("theirs");
        cloud.faults().on("Microsoft.Network/routeTables/read").status(503);
        assertThat(Cloud.classOf(step.undo(STATE, Found.absent(), context))).isEqualTo(FailureClass.TRANSIENT);
        assertThat(cloud.calls().of(DELETE)).isEmpty();
    }

    @Test
    void whatTheSameRunHasYetToTakeAwayIsWaitedFor() {
        run(context);
        addTable("ours", TestContext.at("hub/table").withRunId("run-1").tags());

        assertThat(Cloud.classOf(step.undo(STATE, Found.absent(), context))).isEqualTo(FailureClass.TRANSIENT);
        cloud.now(cloud.network().getRouteTables().deleteWithResponseAsync("spokes", "ours"));
        step.undo(STATE, Found.absent(), context).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void siblingsThatWantTheSameGroupHaveOneMaker() {
        List<TestContext> siblings = Stream.of("hub/one", "hub/two", "hub/three")
                .map(path -> TestContext.at(path).withRunId("run-1"))
                .toList();

        Mono.when(siblings.stream().map(each -> step.run(STATE, each)).toList()).block(SOON);

        assertThat(cloud.calls().of(PUT)).hasSize(1);
        assertThat(siblings.stream().flatMap(each -> each.made().stream())).hasSize(1);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() ->
                        EnsureResourceGroup.in(cloud.account()).named(NAME).contract())
                .hasMessage("EnsureResourceGroup: call location(..)");
    }

    private Outputs run(TestContext context) {
        return step.run(STATE, context).block(SOON);
    }

    private static String id() {
        return "/subscriptions/" + cloud.azure().subscription() + "/resourceGroups/spokes";
    }

    private static void makeForeign(String location) {
        cloud.account()
                .resources()
                .getResourceGroups()
                .createOrUpdateAsync("spokes", new ResourceGroupInner().withLocation(location))
                .block(SOON);
    }

    /** Azure's next list of what is in the group has a table without tags. */
    private static void listOnce(String table) {
        cloud.faults()
                .on("Microsoft.Resources/subscriptions/resourceGroups/resources/read")
                .answer(SimResponse.json(
                        200,
                        "{\"value\":[{\"id\":\"" + id() + "/providers/Microsoft.Network/routeTables/" + table
                                + "\",\"type\":\"Microsoft.Network/routeTables\",\"name\":\"" + table + "\"}]}"));
    }

    private static void addTable(String name, Map<String, String> tags) {
        RouteTableInner table = new RouteTableInner();
        table.withLocation("westeurope").withTags(tags);
        cloud.now(cloud.network().getRouteTables().createOrUpdateWithResponseAsync("spokes", name, table));
    }
}
