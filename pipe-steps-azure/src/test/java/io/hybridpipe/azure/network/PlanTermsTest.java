// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.test.TestContext;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines of images that are sold: the stand-in refuses them until the terms are accepted, as the service does. */
@Timeout(180)
class PlanTermsTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    private static final State STATE = State.empty();

    private final TestContext context = TestContext.at("machine/controller");
    private Cloud cloud;
    private LaunchController step;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud(SimAzure.builder().askingForTerms().start());
        AzureVnet hub = CreateVnet.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .location("westeurope")
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .into(HUB)
                .run(STATE, TestContext.at("machine/hub"))
                .block(SOON)
                .get(HUB);
        AzureInterface card = CreateNetworkInterface.in(cloud.account())
                .resourceGroup("fed")
                .named("nic")
                .location("westeurope")
                .subnet(hub.subnet("controllers"))
                .into(CARD)
                .run(STATE, TestContext.at("machine/card"))
                .block(SOON)
                .get(CARD);
        step = LaunchController.in(cloud.account())
                .resourceGroup("fed")
                .named("controller")
                .location("westeurope")
                .size("Standard_B2s")
                .marketplace("cohesive", "vns3", "byol", "latest")
                .plan("cohesive", "vns3", "byol")
                .networkInterface(card.id())
                .adminPassword("operator", "Correct-Horse-7");
        cloud.calls().clear();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void termsThatAreNotAcceptedAreRefusedBeforeTheRunWithTheCommandThatAcceptsThem() {
        assertThat(Cloud.failureOf(step.preflight(STATE, context)))
                .hasMessage("the terms of plan cohesive:vns3:byol are not accepted (federation, subscription "
                        + cloud.azure().subscription()
                        + "): read them and run 'az vm image terms accept --publisher cohesive --offer vns3 --plan byol',"
                        + " or call acceptingTerms()")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessageContaining("MarketplacePurchaseEligibilityFailed")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void termsAreAcceptedOnceAndForAll() {
        LaunchController accepting = step.acceptingTerms();
        accepting.preflight(STATE, context).block(SOON);
        assertThat(acceptances()).isEmpty();

        accepting.run(STATE, context).block(SOON);
        accepting.undo(STATE, Found.absent(), context).block(SOON);
        accepting.run(STATE, context).block(SOON);

        assertThat(acceptances())
                .singleElement()
                .satisfies(call -> assertThat(call.request().body()).contains("\"accepted\":true", "\"signature\":"));
        step.preflight(STATE, context).block(SOON);
    }

    @Test
    void whoMayNotReadTheTermsIsToldByTheLaunch() {
        cloud.faults()
                .on(call -> call.request().path().endsWith("/agreements/current"))
                .error("AuthorizationFailed", "the client does not have authorization");

        step.preflight(STATE, context).block(SOON);
    }

    private List<Call> acceptances() {
        return cloud.calls()
                .where(call -> call.changing() && call.request().path().endsWith("/agreements/current"));
    }
}
