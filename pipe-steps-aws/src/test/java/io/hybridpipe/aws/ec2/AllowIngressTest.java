// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

class AllowIngressTest extends OnNetwork {
    @Override
    AllowIngress step() {
        return AllowIngress.in(aws.account())
                .group(network.group())
                .udp(500)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(POLL);
    }

    @Test
    void theRuleBearsItsRunsTagsAndSaysWhoMadeIt() {
        run(step());
        assertThat(rules(network.group())).singleElement().satisfies(rule -> {
            assertThat(rule.ipProtocol()).isEqualTo("udp");
            assertThat(rule.fromPort()).isEqualTo(500);
            assertThat(rule.cidrIpv4()).isEqualTo("203.0.113.7/32");
            assertThat(rule.description()).isEqualTo("hybridpipe run run-1 orders/step token " + context.token());
            assertOwn(rule.tags());
        });
    }

    @Test
    void theInterfacesOfAGroupMayBeAdmittedToARangeOfPorts() {
        AllowIngress fromGroup = step().rule(IngressRule.tcp(8000, 8010).fromGroup(network.group()));
        run(fromGroup);
        assertThat(rules(network.group())).singleElement().satisfies(rule -> {
            assertThat(rule.toPort()).isEqualTo(8010);
            assertThat(rule.referencedGroupInfo().groupId()).isEqualTo(network.group());
        });
        assertThat(reconcile(fromGroup, context)).isEqualTo(Found.done(Outputs.none()));
        undo(fromGroup, context);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void portsAndProtocolsThatCannotBeAreRefusedWhenTheyAreSaid() {
        assertThatThrownBy(() -> IngressRule.tcp(8000, 7999))
                .hasMessage("ports 8000 to 7999 are not within 0 to 65535");
        assertThatThrownBy(() -> IngressRule.udp(65536)).hasMessage("ports 65536 to 65536 are not within 0 to 65535");
        assertThatThrownBy(() -> IngressRule.protocol(6)).hasMessage("protocol 6: say icmp(), tcp(..) or udp(..)");
        assertThatThrownBy(() -> IngressRule.protocol(256)).hasMessage("protocol 256 is not within 0 to 255");
    }

    @Test
    void anEqualRuleOfSomebodyElseIsEnoughIsToldAndStays() {
        TestContext theirs = otherRun;
        step().run(State.empty(), theirs).block(SOON);
        Inventory foreign = aws.inventory();
        run(step());
        assertThat(context.made()).isEmpty();
        assertThat(context.progress()).singleElement().satisfies(told -> assertThat(told.text())
                .isEqualTo(network.group() + " udp 500 from 203.0.113.7/32 is there already: "
                        + theirs.made().get(0).id() + " (made by orders/there of run run-2)"));
        assertThat(reconcile(step(), context)).isEqualTo(Found.absent());
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(foreign);
    }

    @Test
    void anAttemptThatComesThroughLateIsTheStepsOwn() {
        aws.faults().on("AuthorizeSecurityGroupIngress").dropAfter();
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        run(step());
        assertThat(context.made()).hasSize(1);
        assertThat(rules(network.group())).hasSize(1);
        assertThat(reconcile(step(), context)).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void preflightRefusesWhatTheCallerMayNotDoAndForgivesAnEqualRule() {
        run(step());
        step().preflight(State.empty(), context).block(SOON);
        aws.faults().on("AuthorizeSecurityGroupIngress").error("UnauthorizedOperation", "not you");
        assertThat(failure(step().preflight(State.empty(), context)))
                .hasMessageContaining("(dry run) in account-a/eu-central-1: the credentials lack the permission");
        assertThat(failure(AllowIngress.in(aws.account())
                        .group(network.group())
                        .tcp(22)
                        .preflight(State.empty(), context)))
                .hasMessage("the description is not complete: call from(..) or fromGroup(..)");
    }

    @Test
    void undoRevokesItsOwnRuleOnlyAndMayBeCalledAgain() {
        run(step());
        step().udp(4500).run(State.empty(), otherRun).block(SOON);
        undo(step(), context);
        undo(step(), context);
        assertThat(rules(network.group()))
                .extracting(SecurityGroupRule::fromPort)
                .containsExactly(4500);
        assertThat(calls("RevokeSecurityGroupIngress")).hasSize(1);
    }
}
