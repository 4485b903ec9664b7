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
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.TestContext;
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
        cloud.calls().clear();
    }

    @TestFactory
    Stream<DynamicTest> deletesTheGroupWithAllThatIsInIt() {
        return new DeletionTrials(
                        cloud,
                        step,
                        STATE,
                        "resource group",
                        "resource group trial",
                        DELETE,
                        DeleteResourceGroupTest::make,
                        () -> cloud.account().resources().getResourceGroups().deleteWithResponseAsync("trial", null))
                .all();
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
        RouteTableInner table = new RouteTableInner();
        table.withLocation("westeurope");
        cloud.now(cloud.network().getRouteTables().createOrUpdateWithResponseAsync("trial", "inside", table));
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
