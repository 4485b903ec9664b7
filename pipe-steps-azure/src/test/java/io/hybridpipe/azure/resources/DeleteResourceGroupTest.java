// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import io.hybridpipe.Effect;
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
import io.hybridpipe.test.TestContext;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class DeleteResourceGroupTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final State STATE = State.of(NAME, "trial");
    private static final String DELETE = "Microsoft.Resources/subscriptions/resourceGroups/delete";

    private static Cloud cloud;

    private final TestContext context = TestContext.at("trial/clean-up");
    private final DeleteResourceGroup step =
            DeleteResourceGroup.in(cloud.account()).named(NAME);
    private SortedMap<String, Map<String, Object>> without;

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void makeTheGroup() {
        cloud.faults().clear();
        new Group(cloud.account(), "trial").delete(TestContext.at("test/reset")).block(SOON);
        without = cloud.inventory();
        make(Map.of());
        RouteTableInner table = new RouteTableInner();
        table.withLocation("westeurope");
        cloud.now(cloud.network().getRouteTables().createOrUpdateWithResponseAsync("trial", "inside", table));
        cloud.calls().clear();
    }

    @Test
    void theGroupIsGoneWithAllThatIsInIt() {
        run();

        assertThat(cloud.inventory()).isEqualTo(without);
        assertThat(context.made()).isEmpty();
        assertThat(step.contract().effect())
                .isEqualTo(Effect.irreversible("a deleted resource group cannot be brought back"));
    }

    @Test
    void aGroupThatIsNotThereIsASuccessWithoutACall() {
        run();
        cloud.calls().clear();

        run();

        assertThat(cloud.calls().changing()).isEmpty();
    }

    @Test
    void afterALostAnswerTheDeletionThatGoesOnIsWaitedFor() {
        cloud.faults().on(DELETE).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void afterALostRequestTheGroupIsDeletedAgain() {
        cloud.faults().on(DELETE).dropBefore();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.absent());
        run();
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void afterACancelInMidOperationTheNextAttemptWaitsForIt() throws Exception {
        Fault sent = cloud.faults().on(DELETE).holdAfter();
        Disposable run = step.run(STATE, context).subscribe();
        sent.reached().get(60, TimeUnit.SECONDS);
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        run();

        assertThat(cloud.inventory()).isEqualTo(without);
        assertThat(cloud.calls().of(DELETE)).hasSize(1);
    }

    @Test
    void aDeletionThatSomebodyElseBeganIsWaitedFor() {
        ArmOperation.acceptedBy(cloud.account().resources().getResourceGroups().deleteWithResponseAsync("trial", null))
                .block(SOON);

        run();

        assertThat(cloud.inventory()).isEqualTo(without);
        assertThat(cloud.calls().of(DELETE)).hasSize(1);
    }

    @Test
    void aGroupThatSomethingOutsideStillUsesIsTriedAgainAndTheFailureNamesTheGroup() {
        useTheTableFromOutside();

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith(
                        "delete resource group trial: ResourceGroupDeletionBlocked: Deletion of resource group"
                                + " 'trial' failed");
        cloud.now(cloud.network().getVirtualNetworks().deleteWithResponseAsync("fed", "user"));
        run();
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void aLockIsPermanent() {
        cloud.faults().on(DELETE).answer(SimResponse.json(409, """
                {"error": {"code": "ScopeLocked", "message": "The scope cannot perform delete operation."}}"""));

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure).hasMessageContaining("ScopeLocked: The scope cannot perform delete operation.");
    }

    @Test
    void aGroupOfSomebodyElseIsRefusedWhereOnlyOursAreDeleted() {
        SortedMap<String, Map<String, Object>> theirs = cloud.inventory();

        for (Mono<?> call : List.of(
                step.onlyOurs().preflight(STATE, context), step.onlyOurs().run(STATE, context))) {
            assertThat(Cloud.failureOf(call))
                    .hasMessage(
                            "delete resource group trial: it does not bear the tags of a HybridPipe run, and is left as it is;"
                                    + " leave out onlyOurs() to delete it all the same ("
                                    + cloud.account().where() + ")")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(cloud.inventory()).isEqualTo(theirs);

        make(TestContext.at("other/group").withRunId("run-2").tags());
        step.onlyOurs().preflight(STATE, context).block(SOON);
        step.onlyOurs().run(STATE, context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> DeleteResourceGroup.in(cloud.account()).contract())
                .hasMessage("DeleteResourceGroup: call named(..)");
    }

    private void run() {
        step.run(STATE, context).block(SOON);
    }

    private static void make(Map<String, String> tags) {
        ResourceGroupInner group =
                new ResourceGroupInner().withLocation("westeurope").withTags(tags);
        cloud.account()
                .resources()
                .getResourceGroups()
                .createOrUpdateAsync("trial", group)
                .block(SOON);
    }

    private static void useTheTableFromOutside() {
        String table = cloud.network()
                .getRouteTables()
                .getByResourceGroupAsync("trial", "inside")
                .block(SOON)
                .id();
        VirtualNetworkInner user = new VirtualNetworkInner()
                .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of("10.9.0.0/16")))
                .withSubnets(List.of(new SubnetInner()
                        .withName("s")
                        .withAddressPrefix("10.9.0.0/24")
                        .withRouteTable(new RouteTableInner().withId(table))));
        user.withLocation("westeurope");
        cloud.now(cloud.network().getVirtualNetworks().createOrUpdateWithResponseAsync("fed", "user", user));
    }
}
