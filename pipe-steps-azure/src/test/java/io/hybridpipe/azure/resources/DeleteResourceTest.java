// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class DeleteResourceTest {
    private static final Key<String> ID = Key.of("id", String.class);
    private static final String DELETE = "Microsoft.Network/routeTables/delete";

    private static Cloud cloud;
    private static State state;

    private final TestContext context = TestContext.at("trial/clean-up");
    private final DeleteResource step = DeleteResource.in(cloud.account()).id(ID);
    private SortedMap<String, Map<String, Object>> without;

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
        state = State.of(ID, id("old"));
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void makeATable() {
        cloud.faults().clear();
        cloud.now(cloud.network().getRouteTables().deleteWithResponseAsync("fed", "old"));
        without = cloud.inventory();
        make(Map.of());
        cloud.calls().clear();
    }

    @TestFactory
    Stream<DynamicTest> deletesWhatItIsGiven() {
        return new DeletionTrials(
                        cloud,
                        step,
                        state,
                        "resource",
                        id("old"),
                        DELETE,
                        DeleteResourceTest::make,
                        () -> cloud.network().getRouteTables().deleteWithResponseAsync("fed", "old"))
                .all();
    }

    @Test
    void aChildIsDeletedByItsIdToo() {
        RouteInner route = new RouteInner().withAddressPrefix("10.9.0.0/16").withNextHopType(RouteNextHopType.NONE);
        cloud.now(cloud.network().getRoutes().createOrUpdateWithResponseAsync("fed", "old", "away", route));
        DeleteResource child = DeleteResource.in(cloud.account()).id(id("old") + "/routes/away");

        child.run(State.empty(), context).block(SOON);

        assertThat(cloud.network()
                        .getRoutes()
                        .listAsync("fed", "old")
                        .collectList()
                        .block(SOON))
                .isEmpty();
    }

    @Test
    void aResourceOfAGroupThatIsNotThereIsASuccessWithoutACall() {
        DeleteResource.in(cloud.account())
                .id(id("old").replace("/fed/", "/nowhere/"))
                .run(State.empty(), context)
                .block(SOON);

        assertThat(cloud.calls().changing()).isEmpty();
    }

    @Test
    void aFailedOperationSaysWhatTheServiceSays() {
        cloud.azure().failNextOperation(DELETE, "InternalServerError", "An error occurred.");

        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessage("delete " + id("old") + ": InternalServerError: An error occurred. ("
                        + cloud.account().where() + ")");
        run();
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void aResourceThatSomethingUsesIsTriedAgain() {
        VirtualNetworkInner user = new VirtualNetworkInner()
                .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of("10.9.0.0/16")))
                .withSubnets(List.of(new SubnetInner()
                        .withName("s")
                        .withAddressPrefix("10.9.0.0/24")
                        .withRouteTable(new RouteTableInner().withId(id("old")))));
        user.withLocation("westeurope");
        cloud.now(cloud.network().getVirtualNetworks().createOrUpdateWithResponseAsync("fed", "user", user));

        StepFailure failure = Cloud.failureOf(step.run(state, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure).hasMessageContaining("InUseRouteTableCannotBeDeleted: ");
        cloud.now(cloud.network().getVirtualNetworks().deleteWithResponseAsync("fed", "user"));
        run();
        assertThat(cloud.inventory()).isEqualTo(without);
    }

    @Test
    void aRequestToSlowDownSaysForHowLong() {
        cloud.faults().on(DELETE).error("TooManyRequests", "slow down");
        StepFailure failure = Cloud.failureOf(step.run(state, context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void anIdThatCannotBeDeletedIsRefusedBeforeTheRun() {
        assertThat(refused("/subscriptions/s/resourceGroups/fed"))
                .startsWith("DeleteResource: '/subscriptions/s/resourceGroups/fed' is not the id of a resource");
        String elsewhere = id("old").replace(cloud.azure().subscription(), "s-2");
        assertThat(refused(elsewhere))
                .isEqualTo("DeleteResource: '" + elsewhere + "' is not in the subscription of the account ("
                        + cloud.account().where() + ")");
        step.preflight(State.empty(), context).block(SOON);
        step.preflight(state, context).block(SOON);
    }

    @Test
    void aTypeThatItsProviderDoesNotHaveIsPermanent() {
        DeleteResource odd = DeleteResource.in(cloud.account()).id(id("old").replace("routeTables", "teapots"));
        DeleteResource odder = DeleteResource.in(cloud.account()).id(id("old").replace("Network", "Kitchen"));

        assertThat(Cloud.failureOf(odd.run(State.empty(), context)))
                .hasMessage("look for the api-versions of Microsoft.Network/teapots: its provider has no such type ("
                        + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(Cloud.failureOf(odder.run(State.empty(), context)))
                .hasMessageContaining("InvalidResourceNamespace")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> DeleteResource.in(cloud.account()).contract())
                .hasMessage("DeleteResource: call id(..)");
    }

    private String refused(String id) {
        StepFailure failure = Cloud.failureOf(step.preflight(State.of(ID, id), context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        return failure.getMessage();
    }

    private void run() {
        step.run(state, context).block(SOON);
    }

    private static String id(String table) {
        return "/subscriptions/" + cloud.azure().subscription()
                + "/resourceGroups/fed/providers/Microsoft.Network/routeTables/" + table;
    }

    private static void make(Map<String, String> tags) {
        RouteTableInner table = new RouteTableInner();
        table.withLocation("westeurope").withTags(tags);
        cloud.now(cloud.network().getRouteTables().createOrUpdateWithResponseAsync("fed", "old", table));
    }
}
