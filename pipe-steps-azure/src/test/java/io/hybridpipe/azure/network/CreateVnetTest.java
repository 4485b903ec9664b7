// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

@Timeout(180)
class CreateVnetTest {
    private static final Key<Cidr> SPACE = Key.of("space", Cidr.class);
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final State STATE = State.of(SPACE, Cidr.of("10.2.0.0/16"));
    private static final String PUT = "Microsoft.Network/virtualNetworks/write";

    private final TestContext context = TestContext.at("hub/create-vnet").withRunId("run-1");
    private Cloud cloud;
    private SortedMap<String, Map<String, Object>> before;
    private CreateVnet step;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
        step = CreateVnet.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .location("westeurope")
                .space(SPACE)
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .subnet("workloads", Cidr.of("10.2.1.0/24"))
                .into(HUB);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theNetworkHasItsSubnetsAndBearsPipeRunStepAndToken() {
        AzureVnet hub = step.run(STATE, context).block(SOON).get(HUB);

        assertThat(hub.id()).endsWith("/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub");
        assertThat(hub.subnets()).containsOnlyKeys("controllers", "workloads");
        assertThat(cloud.inventory()).containsKey(hub.id());
        assertThat(cloud.inventory().get(hub.id())).containsEntry("tags", context.tags());
        assertThat(hub.subnet("controllers")).isEqualTo(hub.id() + "/subnets/controllers");
        assertThatThrownBy(() -> hub.subnet("nowhere")).hasMessageContaining("has no subnet 'nowhere'");
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.id()).isEqualTo(hub.id());
            assertThat(made.show()).isEqualTo("az network vnet show --ids " + hub.id());
        });
    }

    @Test
    void aNetworkWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        cloud.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        Found found = step.reconcile(STATE, context).block(SOON);
        Outputs again = step.run(STATE, context).block(SOON);

        assertThat(found).isEqualTo(Found.done(again));
        assertThat(cloud.calls().of(PUT)).hasSize(1);
    }

    @Test
    void anOperationThatGoesOnAfterACancelIsFoundAndUndone() {
        Fault sent = cloud.faults().on(PUT).holdAfter();
        Disposable run = step.run(STATE, context).subscribe();
        sent.reached().join();
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        Found found = step.reconcile(STATE, context).block(SOON);
        step.undo(STATE, found, context).block(SOON);

        assertThat(found).isInstanceOf(Found.Done.class);
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(1);
    }

    @Test
    void whatAFailedOperationLeavesIsUndone() {
        cloud.azure().failNextOperation(PUT, "InternalServerError", "An error occurred.");
        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessage("make virtual network fed/hub: InternalServerError: An error occurred. (federation,"
                        + " subscription " + cloud.azure().subscription() + ")");

        Found found = step.reconcile(STATE, context).block(SOON);
        assertThat(found).isEqualTo(Found.partly("virtual network fed/hub is Failed"));
        step.undo(STATE, found, context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aBlockThatAzureDoesNotTakeIsPermanentAndSaysWhy() {
        CreateVnet outside = step.subnet("outside", Cidr.of("10.3.0.0/24"));
        assertThat(Cloud.failureOf(outside.run(STATE, context)))
                .hasMessageStartingWith(
                        "make virtual network fed/hub: NetcfgSubnetRangeOutsideVnet: Subnet 'outside' is not valid")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aNetworkOfAnotherRunIsRefusedAndNotTouched() {
        step.run(STATE, context).block(SOON);
        SortedMap<String, Map<String, Object>> theirs = cloud.inventory();
        TestContext other = TestContext.at("hub/create-vnet").withRunId("run-2");

        assertThat(Cloud.failureOf(step.preflight(STATE, other)))
                .hasMessageContaining("it is there already, made by hub/create-vnet of run run-1, and is left as it is")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(Cloud.classOf(step.run(STATE, other))).isEqualTo(FailureClass.PERMANENT);
        assertThat(step.reconcile(STATE, other).block(SOON)).isEqualTo(Found.absent());
        step.undo(STATE, Found.absent(), other).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(theirs);
    }

    @Test
    void aNetworkInWhichSomebodyElseHasASubnetAndAPeeringIsLeft() {
        String hub = step.run(STATE, context).block(SOON).get(HUB).id();
        CreateVnet spoke = CreateVnet.in(cloud.account())
                .resourceGroup("fed")
                .named("spoke")
                .location("westeurope")
                .space(Cidr.of("10.3.0.0/16"));
        TestContext other = TestContext.at("spokes/peer").withRunId("run-2");
        spoke.run(State.empty(), other).block(SOON);
        PeerVnets peering = PeerVnets.between(cloud.account(), hub)
                .and(cloud.account(), hub.replace("/hub", "/spoke"))
                .named("spoke");
        peering.run(State.empty(), other).block(SOON);
        cloud.now(cloud.network()
                .getSubnets()
                .createOrUpdateWithResponseAsync(
                        "fed", "hub", "guests", new SubnetInner().withAddressPrefix("10.2.9.0/24")));
        SortedMap<String, Map<String, Object>> held = cloud.inventory();

        assertThat(Cloud.failureOf(step.undo(STATE, Found.absent(), context)))
                .hasMessage(
                        "delete virtual network fed/hub: it is left as it is, since it holds subnet guests, which no"
                                + " run made; peering spoke-" + other.token()
                                + ", which another step or run made; delete that"
                                + " first (" + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(cloud.inventory()).isEqualTo(held);
        assertThat(context.made()).hasSize(1);

        peering.undo(State.empty(), Found.absent(), other).block(SOON);
        spoke.undo(State.empty(), Found.absent(), other).block(SOON);
        cloud.now(cloud.network().getSubnets().deleteWithResponseAsync("fed", "hub", "guests"));
        step.undo(STATE, Found.absent(), context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> CreateVnet.in(cloud.account()).space(SPACE).contract())
                .hasMessage("CreateVnet: call resourceGroup(..)");
    }
}
