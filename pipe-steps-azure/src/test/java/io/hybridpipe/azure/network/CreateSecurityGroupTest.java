// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The group alone; its associations with subnets are in {@link AssociationTest}. */
@Timeout(180)
class CreateSecurityGroupTest {
    private static final Key<Cidr> PEERS = Key.of("peers", Cidr.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final State STATE = State.of(PEERS, Cidr.of("192.0.2.0/24"));

    private final TestContext context = TestContext.at("hub/group").withRunId("run-1");
    private Cloud cloud;
    private CreateSecurityGroup step;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        step = CreateSecurityGroup.in(cloud.account())
                .resourceGroup("fed")
                .named("controllers")
                .location("westeurope")
                .inbound("ipsec", InboundRule.udp(500, 4500).from(PEERS))
                .inbound("ping", InboundRule.icmp().fromTag("VirtualNetwork"))
                .into(GROUP);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @TestFactory
    Stream<DynamicTest> itGetsOverWhatHappensToStepsThatMakeOneResource() {
        return new OwnTrials(
                        cloud,
                        step,
                        STATE,
                        "security group fed/controllers",
                        "Microsoft.Network/networkSecurityGroups/write")
                .all();
    }

    @Test
    void theGroupHasItsRulesFromItsBeginning() {
        String id = step.run(STATE, context).block(SOON).get(GROUP);

        NetworkSecurityGroupInner group = cloud.network()
                .getNetworkSecurityGroups()
                .getByResourceGroupAsync("fed", "controllers")
                .block(SOON);
        assertThat(group.id()).isEqualTo(id);
        assertThat(group.tags()).isEqualTo(context.tags());
        List<SecurityRuleInner> rules = group.securityRules();
        assertThat(rules).extracting(SecurityRuleInner::name).containsExactly("ipsec", "ping");
        assertThat(rules).extracting(SecurityRuleInner::priority).containsExactly(100, 110);
        assertThat(rules.get(0).protocol()).isEqualTo(SecurityRuleProtocol.UDP);
        assertThat(rules.get(0).sourceAddressPrefix()).isEqualTo("192.0.2.0/24");
        assertThat(rules.get(0).destinationPortRanges()).containsExactly("500", "4500");
        assertThat(rules.get(0).description()).isEqualTo("hybridpipe run run-1 hub/group");
        assertThat(rules.get(1).sourceAddressPrefix()).isEqualTo("VirtualNetwork");
        assertThat(cloud.calls().changing()).hasSize(1);
        assertThat(context.made()).singleElement().satisfies(made -> assertThat(made.show())
                .isEqualTo("az network nsg show --ids " + id));
    }

    @Test
    void aGroupInWhichSomebodyElseHasARuleIsLeftWithItsRules() {
        var before = cloud.inventory();
        String id = step.run(STATE, context).block(SOON).get(GROUP);
        TestContext other = TestContext.at("hub/rule").withRunId("run-2");
        AllowInbound rule = AllowInbound.in(cloud.account())
                .securityGroupId(id)
                .named("web")
                .tcp(443)
                .from(PEERS);
        rule.run(STATE, other).block(SOON);
        var held = cloud.inventory();
        cloud.calls().clear();

        assertThat(Cloud.failureOf(step.undo(STATE, Found.absent(), context)))
                .hasMessage("delete security group fed/controllers: it is left as it is, since it holds rule web-"
                        + other.token() + ", which another step or run made; delete that first ("
                        + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(cloud.inventory()).isEqualTo(held);
        assertThat(cloud.calls().changing()).isEmpty();
        assertThat(context.gone()).isEmpty();

        rule.undo(STATE, Found.absent(), other).block(SOON);
        step.undo(STATE, Found.absent(), context).block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aRuleThatAzureDoesNotTakeIsPermanentAndNothingIsMade() {
        CreateSecurityGroup wrong = step.inbound("wrong", InboundRule.any().fromTag("Nowhere"));

        assertThat(Cloud.failureOf(wrong.run(STATE, context)))
                .hasMessageStartingWith("make security group fed/controllers: SecurityRuleInvalidAddressPrefix: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(step.reconcile(STATE, context).block(SOON)).isEqualTo(Found.absent());
    }

    @Test
    void whatIsWrongInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThat(step.associate(GROUP).contract().reads()).containsExactlyInAnyOrder(PEERS, GROUP);
        assertThatThrownBy(() -> step.inbound("ping", InboundRule.any()))
                .hasMessage("CreateSecurityGroup: two rules are named 'ping'");
        assertThatThrownBy(() -> step.inbound("all", InboundRule.any()).contract())
                .hasMessage("CreateSecurityGroup: inbound rule 'all': call from(..) or fromTag(..) on its InboundRule");
        assertThatThrownBy(() -> InboundRule.tcp(0)).hasMessage("port 0 is not from 1 to 65535");
        assertThatThrownBy(() -> InboundRule.udp()).hasMessage("no port is given");
        assertThatThrownBy(() -> InboundRule.any().fromTag("10.0.0.0/8"))
                .hasMessageStartingWith("service tag '10.0.0.0/8' must match");
    }
}
