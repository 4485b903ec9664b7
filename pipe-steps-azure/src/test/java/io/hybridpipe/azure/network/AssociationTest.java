// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.models.ServiceEndpointPropertiesFormat;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What holds for all that subnets use: the network is in one resource group, what its subnets use in another one. */
@Timeout(180)
class AssociationTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<String> MADE = Key.of("made", String.class);
    private static final String PUT = "Microsoft.Network/virtualNetworks/subnets/write";

    private final TestContext context = TestContext.at("hub/make").withRunId("run-1");
    private Cloud cloud;
    private State state;
    private SortedMap<String, Map<String, Object>> before;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        cloud.addGroup("hubs");
        Outputs made = CreateVnet.in(cloud.account())
                .resourceGroup("hubs")
                .named("hub")
                .location("westeurope")
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .subnet("workloads", Cidr.of("10.2.1.0/24"))
                .into(HUB)
                .run(State.empty(), TestContext.at("hub/vnet"))
                .block(SOON);
        state = State.of(HUB, made.get(HUB));
        before = cloud.inventory();
        cloud.calls().clear();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    /** What subnets use. */
    enum Used {
        ROUTE_TABLE(Association.Use.ROUTE_TABLE, "routes") {
            @Override
            Step step(AzureAccount account, String name) {
                return CreateRouteTable.in(account)
                        .resourceGroup("fed")
                        .named(name)
                        .location("westeurope")
                        .associate(HUB.map(hub -> hub.subnet("controllers")))
                        .associate(HUB.map(hub -> hub.subnet("workloads")))
                        .into(MADE);
            }
        },
        SECURITY_GROUP(Association.Use.SECURITY_GROUP, "doors") {
            @Override
            Step step(AzureAccount account, String name) {
                return CreateSecurityGroup.in(account)
                        .resourceGroup("fed")
                        .named(name)
                        .location("westeurope")
                        .associate(HUB.map(hub -> hub.subnet("controllers")))
                        .associate(HUB.map(hub -> hub.subnet("workloads")))
                        .into(MADE);
            }
        };

        private final Association.Use use;
        private final String foreign;

        Used(Association.Use use, String foreign) {
            this.use = use;
            this.foreign = foreign;
        }

        abstract Step step(AzureAccount account, String name);

        Optional<String> in(SubnetInner subnet) {
            return use.idIn().apply(subnet);
        }
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return Stream.of(Used.values())
                .flatMap(
                        used -> StepContract.of(used.step(cloud.account(), "own"))
                                .state(state)
                                .inventory(cloud::inventory)
                                .checks()
                                .stream()
                                .map(check -> DynamicTest.dynamicTest(used + ": " + check.name(), check::run)));
    }

    @ParameterizedTest
    @EnumSource
    void theSubnetsUseWhatIsMadeAndAreOtherwiseAsTheyWere(Used used) {
        Outputs outputs = run(used);

        assertThat(subnets()).extracting(used::in).containsOnly(Optional.of(outputs.get(MADE)));
        assertThat(subnets()).extracting(SubnetInner::addressPrefix).containsExactly("10.2.0.0/24", "10.2.1.0/24");
        assertThat(cloud.inventory().get(outputs.get(MADE))).containsEntry("tags", context.tags());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMadeAndAssociatedIsNotDoneTwice(Used used) {
        Outputs outputs = run(used);
        cloud.calls().clear();

        assertThat(run(used)).isEqualTo(outputs);
        assertThat(cloud.calls().changing()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSubnetThatUsesAnotherOneIsRefusedAndNotChanged(Used used) {
        Outputs theirs = used.step(cloud.account(), "theirs")
                .run(state, TestContext.at("hub/other").withRunId("run-0"))
                .block(SOON);
        SortedMap<String, Map<String, Object>> there = cloud.inventory();
        Step step = used.step(cloud.account(), "own");

        for (Mono<?> refused : List.of(step.preflight(state, context), step.run(state, context))) {
            assertThat(Cloud.failureOf(refused))
                    .hasMessageContaining("subnet hubs/hub/controllers has ")
                    .hasMessageContaining(theirs.get(MADE) + " already, and is left as it is")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        step.undo(state, step.reconcile(state, context).block(SOON), context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(there);
    }

    @ParameterizedTest
    @EnumSource
    void whatSomebodyElseWritesIntoTheSubnetMeanwhileIsNotLost(Used used) {
        Fault held = cloud.faults().on(PUT).nth(1).holdBefore();
        Mono<Outputs> run =
                used.step(cloud.account(), "own").run(state, context).cache();
        run.subscribe(outputs -> {}, failure -> {});
        held.reached().join();
        SubnetInner theirs = subnet("controllers")
                .withServiceEndpoints(List.of(new ServiceEndpointPropertiesFormat().withService("Microsoft.Storage")));
        write("controllers", theirs);
        held.release();

        assertThat(Cloud.failureOf(run))
                .hasMessageContaining("PreconditionFailed")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        run(used);
        assertThat(used.in(subnet("controllers"))).isPresent();
        assertThat(subnet("controllers").serviceEndpoints())
                .extracting(ServiceEndpointPropertiesFormat::service)
                .containsExactly("Microsoft.Storage");
    }

    @ParameterizedTest
    @EnumSource
    void anAssociationWhoseAnswerWasLostIsFound(Used used) {
        cloud.faults().on(PUT).nth(2).dropAfter();
        Step step = used.step(cloud.account(), "own");

        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(step.reconcile(state, context).block(SOON)).isInstanceOf(Found.Done.class);
    }

    @ParameterizedTest
    @EnumSource
    void anAssociationThatNeverArrivedIsLackingUntilTheNextAttempt(Used used) {
        cloud.faults().on(PUT).nth(2).dropBefore();
        Step step = used.step(cloud.account(), "own");

        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(step.reconcile(state, context).block(SOON))
                .isInstanceOfSatisfying(Found.Partly.class, partly -> assertThat(partly.detail())
                        .endsWith(" fed/own is not associated with subnet hubs/hub/workloads"));
        run(used);
        assertThat(step.reconcile(state, context).block(SOON)).isInstanceOf(Found.Done.class);
    }

    @ParameterizedTest
    @EnumSource
    void anAssociationThatGoesOnAfterACancelIsFoundAndUndone(Used used) {
        Step step = used.step(cloud.account(), "own");
        Fault sent = cloud.faults().on(PUT).nth(2).holdAfter();
        Disposable run = step.run(state, context).subscribe();
        sent.reached().join();
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        Found found = step.reconcile(state, context).block(SOON);
        step.undo(state, found, context).block(SOON);
        step.undo(state, found, context).block(SOON);

        assertThat(found).isInstanceOf(Found.Done.class);
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anAssociationThatFailsSaysWhyAndIsUndone(Used used) {
        cloud.azure().failNextOperation(PUT, "InternalServerError", "An error occurred.");
        Step step = used.step(cloud.account(), "own");

        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessageStartingWith("associate subnet hubs/hub/controllers with ")
                .hasMessageContaining("InternalServerError: An error occurred.");
        step.undo(state, Found.unknown("test"), context).block(SOON);
        assertThat(subnets()).extracting(used::in).containsOnly(Optional.empty());
    }

    @ParameterizedTest
    @EnumSource
    void undoLeavesASubnetThatSomebodyLetUseAnotherOneMeanwhile(Used used) {
        String own = run(used).get(MADE);
        String theirs = own.replaceAll("/own$", "/" + used.foreign);
        write("controllers", used.use.change().in(subnet("controllers"), theirs));

        used.step(cloud.account(), "own")
                .undo(state, Found.unknown("test"), context)
                .block(SOON);
        assertThat(subnets()).extracting(used::in).containsExactly(Optional.of(theirs), Optional.empty());
        assertThat(cloud.inventory()).containsKey(theirs).doesNotContainKey(own);
    }

    @ParameterizedTest
    @EnumSource
    void whatAnotherSubnetStillUsesIsTriedAgain(Used used) {
        run(used);
        SubnetInner more = new SubnetInner().withAddressPrefix("10.2.9.0/24");
        write("more", used.use.change().in(more, used.in(subnet("controllers")).orElseThrow()));
        Step step = used.step(cloud.account(), "own");

        assertThat(Cloud.failureOf(step.undo(state, Found.unknown("test"), context)))
                .hasMessageContaining("CannotBeDeleted")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        cloud.now(cloud.network().getSubnets().deleteWithResponseAsync("hubs", "hub", "more"));
        step.undo(state, Found.unknown("test"), context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void undoOfWhatIsAssociatedWithASubnetThatIsGoneIsDone(Used used) {
        run(used);
        cloud.now(cloud.network().getVirtualNetworks().deleteWithResponseAsync("hubs", "hub"));

        used.step(cloud.account(), "own")
                .undo(state, Found.unknown("test"), context)
                .block(SOON);
        assertThat(context.made()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoSubnetIsPermanentAndNamed(Used used) {
        AzureVnet elsewhere = new AzureVnet("", Map.of("controllers", "/subscriptions/x", "workloads", "hub"));

        assertThat(Cloud.failureOf(used.step(cloud.account(), "own").run(State.of(HUB, elsewhere), context)))
                .hasMessageContaining(": '/subscriptions/x' is not the id of a subnet in federation, subscription")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @ParameterizedTest
    @EnumSource
    void aSubnetThatIsNotThereIsPermanentAndNamed(Used used) {
        cloud.now(cloud.network().getSubnets().deleteWithResponseAsync("hubs", "hub", "workloads"));

        assertThat(Cloud.failureOf(used.step(cloud.account(), "own").run(state, context)))
                .hasMessageContaining("look at subnet hubs/hub/workloads: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void tablesAndGroupsOfOneNetworkDoNotMeet() {
        Mono.when(Stream.of(Used.values())
                        .map(used -> used.step(cloud.account(), "own")
                                .run(
                                        state,
                                        TestContext.at("hub/" + used.foreign).withRunId("run-1")))
                        .toList())
                .block(SOON);

        for (Used used : Used.values()) {
            assertThat(subnets()).extracting(used::in).doesNotContain(Optional.empty());
        }
        assertThat(cloud.calls().of(PUT))
                .hasSize(4)
                .extracting(call -> call.status())
                .containsOnly(200);
    }

    private Outputs run(Used used) {
        return used.step(cloud.account(), "own").run(state, context).block(SOON);
    }

    private SubnetInner subnet(String name) {
        return cloud.network().getSubnets().getAsync("hubs", "hub", name).block(SOON);
    }

    private void write(String name, SubnetInner body) {
        cloud.now(cloud.network().getSubnets().createOrUpdateWithResponseAsync("hubs", "hub", name, body));
    }

    private List<SubnetInner> subnets() {
        return List.of(subnet("controllers"), subnet("workloads"));
    }
}
