// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
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
class AllowInboundTest {
    private static final Key<Cidr> PEERS = Key.of("peers", Cidr.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final State STATE = State.of(PEERS, Cidr.of("192.0.2.0/24"));
    private static final String PUT = "Microsoft.Network/networkSecurityGroups/securityRules/write";

    private final TestContext context = TestContext.at("hub/ipsec").withRunId("run-1");
    private Cloud cloud;
    private SortedMap<String, Map<String, Object>> before;
    private AllowInbound step;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
        step = AllowInbound.in(cloud.account())
                .resourceGroup("fed")
                .securityGroup("doors")
                .named("ipsec")
                .udp(500, 4500)
                .from(PEERS);
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
    void theRuleLetsTheCallersInAndSaysWhoMadeIt() {
        run(step);

        assertThat(cloud.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.name()).isEqualTo("ipsec-" + context.token());
            assertThat(rule.access()).isEqualTo(SecurityRuleAccess.ALLOW);
            assertThat(rule.protocol()).isEqualTo(SecurityRuleProtocol.UDP);
            assertThat(rule.sourceAddressPrefix()).isEqualTo("192.0.2.0/24");
            assertThat(rule.destinationPortRanges()).containsExactly("500", "4500");
            assertThat(rule.priority()).isEqualTo(100);
            assertThat(rule.description()).isEqualTo("hybridpipe run run-1 hub/ipsec");
            assertThat(context.made()).singleElement().satisfies(made -> {
                assertThat(made.id()).isEqualTo(rule.id());
                assertThat(made.show()).isEqualTo("az network nsg rule show --ids " + rule.id());
            });
        });
    }

    @Test
    void theGroupMayBeGivenByItsId() {
        String id = cloud.network()
                .getNetworkSecurityGroups()
                .getByResourceGroupAsync("fed", "doors")
                .block(SOON)
                .id();
        AllowInbound byId =
                AllowInbound.in(cloud.account()).securityGroupId(GROUP).esp().fromTag("Internet");
        byId.run(State.of(GROUP, id), context).block(SOON);

        assertThat(cloud.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.protocol()).isEqualTo(SecurityRuleProtocol.ESP);
            assertThat(rule.destinationPortRange()).isEqualTo("*");
            assertThat(rule.sourceAddressPrefix()).isEqualTo("Internet");
        });
        assertThat(byId.contract().reads()).containsExactly(GROUP);
        assertThat(Cloud.failureOf(byId.run(State.of(GROUP, "doors"), context)))
                .hasMessageStartingWith(
                        "AllowInbound: 'doors' is not the id of a security group in federation, subscription");
    }

    @Test
    void aPriorityIsTakenAsItIsGivenOrFromThereOn() {
        cloud.addForeign("web", foreign(200, 443));

        run(step.priorityFrom(200));
        assertThat(own().priority()).isEqualTo(201);
        undo();
        run(step.priority(4096));
        assertThat(own().priority()).isEqualTo(4096);
    }

    @Test
    void aPriorityThatAnotherRuleHasIsPermanentAndSaysWhose() {
        cloud.addForeign("web", foreign(200, 443));

        StepFailure failure = Cloud.failureOf(step.priority(200).run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageContaining("for udp 500, 4500 from 192.0.2.0/24: priority 200 is taken by rule 'web', which"
                        + " no run made");
    }

    @Test
    void aRuleThatGrantsItAlreadyIsToldAndLeftAsItIs() {
        SecurityRuleInner same =
                foreign(300, 500).withProtocol(SecurityRuleProtocol.UDP).withSourceAddressPrefix("192.0.2.0/24");
        cloud.addForeign(
                "legacy", same.withDestinationPortRange(null).withDestinationPortRanges(List.of("500", "4500")));
        before = cloud.inventory();
        run(step);

        assertThat(context.progress()).singleElement().satisfies(told -> assertThat(told.text())
                .isEqualTo("udp 500, 4500 from 192.0.2.0/24: rule 'legacy', which no run made, grants it already"));
        assertThat(cloud.rules()).hasSize(2);
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aRuleThatADenyBeforeItMakesUselessIsRefused() {
        cloud.addForeign(
                "lockdown",
                foreign(100, 4500).withProtocol(SecurityRuleProtocol.ASTERISK).withAccess(SecurityRuleAccess.DENY));
        before = cloud.inventory();

        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessageContaining("rule 'lockdown' denies it before the first free priority 101")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aTemporaryRuleForTheSameIsRefusedSinceThisOneWouldStay() {
        run(AllowInbound.in(cloud.account())
                .resourceGroup("fed")
                .securityGroup("doors")
                .tcp(8000)
                .from(PEERS));

        assertThat(Cloud.failureOf(TemporarySecurityRule.in(cloud.account())
                        .resourceGroup("fed")
                        .securityGroup("doors")
                        .tcp(8000)
                        .from(PEERS)
                        .open(STATE, TestContext.at("hub/api"))))
                .hasMessageContaining("which another step or run made, grants it already and would stay");
    }

    @Test
    void aSweepLeavesRulesThatStay() {
        run(step);

        assertThat(TemporarySecurityRule.sweep(
                                cloud.account(), Clock.fixed(Attempt.NOW.plus(Duration.ofDays(3650)), ZoneOffset.UTC))
                        .count()
                        .block(SOON))
                .isZero();
        assertThat(cloud.rules()).hasSize(1);
    }

    @Test
    void aLostAnswerIsUnknownAndReconcileFindsTheRule() {
        cloud.faults().on(PUT).dropAfter();

        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(context.made()).hasSize(1);
    }

    @Test
    void anOperationThatGoesOnAfterACancelIsFoundAndUndone() {
        Fault sent = cloud.faults().on(PUT).holdAfter();
        Disposable run = step.run(STATE, context).subscribe();
        sent.reached().join();
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        undo();
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void whatAFailedOperationLeavesIsUndone() {
        cloud.azure().failNextOperation(PUT, "InternalServerError", "An error occurred.");

        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessageStartingWith("make security rule fed/doors/ipsec-" + context.token()
                        + ": InternalServerError: An error occurred.");
        assertThat(step.reconcile(STATE, context).block(SOON)).isInstanceOf(Found.Partly.class);
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void throttlingAndOtherOperationsPass() {
        cloud.faults().on(PUT).error("TooManyRequests", "slow down");
        assertThat(Cloud.failureOf(step.run(STATE, context)).retryAfter()).contains(Duration.ofSeconds(1));

        cloud.faults().on(PUT).error("AnotherOperationInProgress", "wait for it");
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);
        run(step);
    }

    @Test
    void aGroupThatIsNotThereIsPermanentAndNamedAlsoBeforeTheRun() {
        AllowInbound elsewhere = step.securityGroup("dors");

        assertThat(Cloud.failureOf(elsewhere.preflight(STATE, context)))
                .hasMessageContaining("look at security group fed/dors: ResourceNotFound")
                .hasMessageEndingWith("; if this pipe makes it, use securityGroupId(..)");
        assertThat(Cloud.classOf(elsewhere.run(STATE, context))).isEqualTo(FailureClass.PERMANENT);
        step.preflight(STATE, context).block(SOON);
    }

    @Test
    void whatIsWrongInTheDescriptionIsNamedAtOnce() {
        AllowInbound empty = AllowInbound.in(cloud.account());

        assertThatThrownBy(empty::contract).hasMessage("AllowInbound: call resourceGroup(..)");
        assertThatThrownBy(() -> empty.resourceGroup("fed").contract())
                .hasMessage("AllowInbound: call securityGroup(..)");
        assertThatThrownBy(() -> empty.securityGroupId(GROUP).any().contract())
                .hasMessage("AllowInbound: call from(..)");
        assertThatThrownBy(() -> empty.priority(99)).hasMessage("priority 99 is not from 100 to 4096");
        assertThatThrownBy(() -> empty.priorityFrom(4097)).hasMessage("priority 4097 is not from 100 to 4096");
    }

    private void run(AllowInbound rule) {
        rule.run(STATE, context).block(SOON);
    }

    private void undo() {
        step.undo(STATE, Found.absent(), context).block(SOON);
    }

    private SecurityRuleInner own() {
        return cloud.rules().stream()
                .filter(rule -> rule.name().startsWith("ipsec-"))
                .findFirst()
                .orElseThrow();
    }

    private static SecurityRuleInner foreign(int priority, int port) {
        return new Access(Ports.tcp(port), "0.0.0.0/0").rule(priority, "");
    }
}
