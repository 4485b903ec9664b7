// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The table alone; its associations with subnets are in {@link AssociationTest}. */
@Timeout(180)
class CreateRouteTableTest {
    private static final Key<String> ROUTES = Key.of("routes", String.class);
    private static final Key<String> PLACE = Key.of("place", String.class);
    private static final State STATE = State.of(PLACE, "westeurope");

    private final TestContext context = TestContext.at("hub/routes").withRunId("run-1");
    private Cloud cloud;
    private CreateRouteTable step;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        step = CreateRouteTable.in(cloud.account())
                .resourceGroup("fed")
                .named("spokes")
                .location(PLACE)
                .into(ROUTES);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @TestFactory
    Stream<DynamicTest> itGetsOverWhatHappensToStepsThatMakeOneResource() {
        return new OwnTrials(cloud, step, STATE, "route table fed/spokes", "Microsoft.Network/routeTables/write").all();
    }

    @Test
    void theTableTakesWhatGatewaysLearnUnlessThatIsDisabled() {
        run(step);
        assertThat(table().disableBgpRoutePropagation()).isFalse();
        step.undo(STATE, Found.absent(), context).block(SOON);

        run(step.disableBgpPropagation());
        assertThat(table().disableBgpRoutePropagation()).isTrue();
    }

    @Test
    void theTableIsWrittenAndReportedByItsId() {
        String id = run(step).get(ROUTES);

        assertThat(id).isEqualTo(table().id());
        assertThat(table().tags()).isEqualTo(context.tags());
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.id()).isEqualTo(id);
            assertThat(made.show()).isEqualTo("az network route-table show --ids " + id);
        });
    }

    @Test
    void aTableInWhichSomebodyElseHasARouteIsLeft() {
        run(step);
        cloud.now(cloud.network()
                .getRoutes()
                .createOrUpdateWithResponseAsync(
                        "fed",
                        "spokes",
                        "by-hand",
                        new RouteInner().withAddressPrefix("10.9.0.0/16").withNextHopType(RouteNextHopType.NONE)));

        assertThat(Cloud.failureOf(step.undo(STATE, Found.absent(), context)))
                .hasMessage(
                        "delete route table fed/spokes: it is left as it is, since it holds route by-hand, which no run"
                                + " made; delete that first (" + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(table().routes()).extracting(RouteInner::name).containsExactly("by-hand");
    }

    @Test
    void aResourceGroupThatIsNotThereIsPermanentAndNamed() {
        assertThat(Cloud.failureOf(step.resourceGroup("fad").run(STATE, context)))
                .hasMessageContaining("ResourceGroupNotFound: Resource group 'fad' could not be found.")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> CreateRouteTable.in(cloud.account())
                        .resourceGroup("fed")
                        .named("spokes")
                        .contract())
                .hasMessage("CreateRouteTable: call location(..)");
        assertThat(step.associate(ROUTES).contract().reads()).containsExactlyInAnyOrder(PLACE, ROUTES);
    }

    private Outputs run(CreateRouteTable table) {
        return table.run(STATE, context).block(SOON);
    }

    private RouteTableInner table() {
        return cloud.network()
                .getRouteTables()
                .getByResourceGroupAsync("fed", "spokes")
                .block(SOON);
    }
}
