// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

class CreateSecurityGroupTest extends OnNetwork {
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final Cidr PEERS = Cidr.of("203.0.113.0/24");

    @Override
    CreateSecurityGroup step() {
        return CreateSecurityGroup.in(aws.account())
                .vpc(network.vpc())
                .named("vns3")
                .ingress(
                        IngressRule.udp(500, 501).from(PEERS),
                        IngressRule.protocol(50).from(PEERS))
                .ingress(IngressRule.all().fromGroup(network.group()))
                .into(GROUP)
                .pollEvery(POLL);
    }

    @Test
    void theGroupAdmitsWhatItsRulesSayFromItsBeginning() {
        String id = run(step()).get(GROUP);
        assertThat(rules(id))
                .extracting(SecurityGroupRule::ipProtocol, SecurityGroupRule::fromPort, SecurityGroupRule::cidrIpv4)
                .containsExactlyInAnyOrder(
                        tuple("udp", 500, "203.0.113.0/24"), tuple("50", -1, "203.0.113.0/24"), tuple("-1", -1, null));
        assertThat(rules(id))
                .filteredOn(rule -> rule.ipProtocol().equals("-1"))
                .allMatch(rule -> rule.referencedGroupInfo().groupId().equals(network.group()));
        rules(id).forEach(rule -> assertOwn(rule.tags()));
        SecurityGroup group = group(id);
        assertOwn(group.tags());
        assertThat(group.groupName()).isEqualTo("vns3");
        assertThat(group.description()).isEqualTo("hybridpipe run run-1 orders/step token " + context.token());
        assertThat(calls("AuthorizeSecurityGroupIngress")).hasSize(1);
        assertThat(context.made()).extracting(made -> made.id()).containsExactly(id);
    }

    @Test
    void theDescriptionIsAsGivenAndWithoutRulesNobodyIsAdmitted() {
        String id = run(CreateSecurityGroup.in(aws.account())
                        .vpc(network.vpc())
                        .named("bare")
                        .description("for the app")
                        .into(GROUP)
                        .pollEvery(POLL))
                .get(GROUP);
        assertThat(group(id).description()).isEqualTo("for the app");
        assertThat(rules(id)).isEmpty();
    }

    @Test
    void aGroupThatLacksItsRulesIsHalfTheWorkAndTheNextAttemptGoesOnWithIt() {
        aws.faults().on("AuthorizeSecurityGroupIngress").dropBefore();
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile(step(), context))
                .isInstanceOfSatisfying(Found.Partly.class, partly -> assertThat(partly.detail())
                        .contains("lacks the rules", "udp 500-501 from 203.0.113.0/24", "protocol 50"));
        Outputs again = run(step());
        assertThat(reconcile(step(), context)).isEqualTo(Found.done(again));
        assertThat(calls("CreateSecurityGroup")).hasSize(1);
    }

    @Test
    void aNameThatTheVpcHasAlreadyIsRefusedWithTheNameOfItsOwner() {
        step().run(State.empty(), otherRun).block(SOON);
        String there = otherRun.made().get(0).id();
        assertThat(failure(step().run(State.empty(), context)))
                .hasMessageStartingWith("CreateSecurityGroup vns3 in " + network.vpc()
                        + " in account-a/eu-central-1: InvalidGroup.Duplicate: ")
                .hasMessageEndingWith(
                        "; in the way, and left as it is: " + there + " (made by orders/there of run run-2)");
        undo(step(), context);
        assertThat(aws.inventory().ids("security-group")).contains(there);
    }

    @Test
    void theSourcesOfItsRulesAreAmongItsReads() {
        Key<Cidr> peers = Key.of("peers", Cidr.class);
        CreateSecurityGroup reading = step().ingress(IngressRule.tcp(443).from(peers));
        assertThat(reading.contract().reads()).isEqualTo(Set.of(peers));
        reading.preflight(State.empty(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void undoDeletesTheGroupWithItsRulesAndMayBeCalledAgain() {
        run(step());
        undo(step(), otherRun);
        undo(step(), context);
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(calls("DeleteSecurityGroup")).hasSize(1);
    }

    private SecurityGroup group(String id) {
        return ec2.describeSecurityGroups(r -> r.groupIds(id))
                .join()
                .securityGroups()
                .get(0);
    }
}
