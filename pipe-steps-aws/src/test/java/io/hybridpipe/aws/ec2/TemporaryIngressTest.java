// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

class TemporaryIngressTest {
    private static final Cidr MY_IP = Cidr.of("203.0.113.7/32");
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final Found DONE = Found.done(Outputs.none());

    private final TestContext context = TestContext.at("fednet/vpc-api-access").withRunId("run-1");
    private TestAws aws;
    private String group;
    private TemporaryIngress scope;
    private Inventory before;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        group = aws.network().group();
        scope = TemporaryIngress.in(aws.account())
                .group(GROUP)
                .tcp(8000)
                .from(MY_IP)
                .expiry(Duration.ofMinutes(20))
                .pollEvery(POLL);
        before = aws.inventory();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void admitsInsideAndNoLongerAfterwards() {
        List<SecurityGroupRule>[] inside = holder();
        RunReport report = settle(lookingInto(inside));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(inside[0]).singleElement().satisfies(rule -> {
            assertThat(rule.ipProtocol()).isEqualTo("tcp");
            assertThat(rule.fromPort()).isEqualTo(8000);
            assertThat(rule.toPort()).isEqualTo(8000);
            assertThat(rule.cidrIpv4()).isEqualTo("203.0.113.7/32");
        });
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void noLongerAdmitsWhenTheWorkInsideFails() {
        RunReport report = settle(Step.using(GROUP, id -> {
            throw new IllegalStateException("no luck");
        }));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(aws.calls("AuthorizeSecurityGroupIngress")).hasSize(1);
    }

    @Test
    void theRuleSaysWhoMadeItAndUntilWhen() {
        Instant start = Instant.now();
        open();
        SecurityGroupRule rule = rules().get(0);
        Owner owner = new Owner(rule.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
        assertThat(owner.isAttemptOf(context)).isTrue();
        assertThat(owner.expires().orElseThrow())
                .isBetween(start.plus(Duration.ofMinutes(20)), Instant.now().plus(Duration.ofMinutes(20)));
        assertThat(rule.description())
                .isEqualTo("hybridpipe run run-1 fednet/vpc-api-access until "
                        + owner.expires().get() + " token " + context.token());
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.id()).isEqualTo(rule.securityGroupRuleId());
            assertThat(made.show())
                    .isEqualTo("aws ec2 describe-security-group-rules --security-group-rule-ids "
                            + rule.securityGroupRuleId() + " --region eu-central-1");
        });
    }

    @Test
    void aLongPathGivesWayInTheDescription() {
        TestContext deep = TestContext.at("fednet/" + "peer[fed-1]/".repeat(40) + "über\"access")
                .withRunId("r".repeat(64));
        scope.open(State.of(GROUP, group), deep).block(SOON);
        assertThat(rules().get(0).description())
                .hasSize(255)
                .contains("peer[fed-1]/_ber_access until ")
                .endsWith(" token " + deep.token());
    }

    @Test
    void anEqualRuleOfSomebodyElseIsNamedAndStays() {
        addForeign();
        Inventory foreign = aws.inventory();
        StepFailure failure = failure(scope.open(State.of(GROUP, group), context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageStartingWith("AuthorizeSecurityGroupIngress " + group
                        + " tcp 8000 from 203.0.113.7/32 in account-a/eu-central-1: InvalidPermission.Duplicate: ")
                .hasMessageEndingWith("; in the way, and left as it is: "
                        + rules().get(0).securityGroupRuleId() + " (not made by HybridPipe)");
        assertThat(scope.reconcile(State.of(GROUP, group), context).block(SOON)).isEqualTo(Found.absent());
        close();
        assertThat(aws.inventory()).isEqualTo(foreign);
    }

    @Test
    void aRuleOfAnotherRunIsNotItsOwn() {
        scope.open(
                        State.of(GROUP, group),
                        TestContext.at("fednet/vpc-api-access").withRunId("run-2"))
                .block(SOON);
        assertThat(failure(scope.open(State.of(GROUP, group), context)))
                .hasMessageContaining("made by fednet/vpc-api-access of run run-2");
        close();
        assertThat(rules()).hasSize(1);
    }

    @Test
    void aThrottledOpeningIsTriedAgain() {
        aws.faults().on("AuthorizeSecurityGroupIngress").times(2).error("RequestLimitExceeded", "slow down");
        assertThat(settle(Step.using(GROUP, id -> {})).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("AuthorizeSecurityGroupIngress")).hasSize(3);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void afterALostAnswerItsRuleIsFoundAndClosedInTheEnd() {
        aws.faults().on("AuthorizeSecurityGroupIngress").dropAfter();
        List<SecurityGroupRule>[] inside = holder();
        RunReport report = settle(lookingInto(inside));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(inside[0]).hasSize(1);
        assertThat(aws.calls("AuthorizeSecurityGroupIngress")).hasSize(1);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void anOpeningThatComesThroughLateIsItsOwn() {
        aws.faults().on("AuthorizeSecurityGroupIngress").dropAfter();
        assertThat(failure(scope.open(State.of(GROUP, group), context)).failureClass())
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        open();
        assertThat(context.made()).hasSize(1);
        assertThat(rules()).hasSize(1);
    }

    @Test
    void cancelWhileItOpensLeavesNoDoorOpen() {
        Fault held = aws.faults().on("AuthorizeSecurityGroupIngress").holdAfter();
        Run run = pipe(Step.using(GROUP, id -> {}))
                .start(State.of(GROUP, group), RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        held.reached().orTimeout(60, SECONDS).join();
        run.cancel("enough");
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void aCloseThatIsThrottledOrUnansweredIsTriedAgain() {
        aws.faults().on("RevokeSecurityGroupIngress").nth(1).error("RequestLimitExceeded", "slow down");
        aws.faults().on("RevokeSecurityGroupIngress").nth(2).dropAfter();
        assertThat(settle(Step.using(GROUP, id -> {})).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void closeRevokesOnlyItsRuleAndMayBeCalledAgain() {
        open();
        aws.account()
                .ec2()
                .authorizeSecurityGroupIngress(r -> r.groupId(group)
                        .ipProtocol("tcp")
                        .fromPort(22)
                        .toPort(22)
                        .cidrIp("203.0.113.7/32"))
                .join();
        close();
        assertThat(rules()).extracting(SecurityGroupRule::fromPort).containsExactly(22);
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(1);
        close();
        assertThat(aws.calls("RevokeSecurityGroupIngress")).hasSize(1);
    }

    @Test
    void closeOfAGroupThatIsGoneIsDone() {
        open();
        aws.account().ec2().deleteSecurityGroup(r -> r.groupId(group)).join();
        close();
        assertThat(aws.calls("RevokeSecurityGroupIngress")).isEmpty();
    }

    @Test
    void eachSubscriptionOpensAgain() {
        Mono<Outputs> open = scope.open(State.of(GROUP, group), context);
        assertThat(aws.calls("AuthorizeSecurityGroupIngress")).isEmpty();
        open.block(SOON);
        close();
        open.block(SOON);
        assertThat(rules()).hasSize(1);
    }

    @Test
    void aGroupThatIsNotThereIsSaidWithItsPlace() {
        assertThat(failure(scope.open(State.of(GROUP, "sg-00000000000000000"), context)))
                .hasMessageStartingWith("AuthorizeSecurityGroupIngress sg-00000000000000000 tcp 8000 from"
                        + " 203.0.113.7/32 in account-a/eu-central-1: InvalidGroup.NotFound: ");
    }

    @Test
    void portsAndProtocolsAreAsGiven() {
        scope.udp(500).open(State.of(GROUP, group), context).block(SOON);
        assertThat(rules()).singleElement().satisfies(rule -> {
            assertThat(rule.ipProtocol()).isEqualTo("udp");
            assertThat(rule.fromPort()).isEqualTo(500);
        });
        assertThat(scope.contract().reads()).isEqualTo(Set.of(GROUP));
        assertThat(scope.expiry()).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void preflightRefusesWhatTheCallerMayNotDo() {
        try (TestAws strict = TestAws.start(b -> b.deny("111122223333", "AuthorizeSecurityGroupIngress"))) {
            String there = strict.network().group();
            TemporaryIngress denied = TemporaryIngress.in(strict.account())
                    .group(Input.value(there))
                    .tcp(8000)
                    .from(MY_IP);
            assertThat(failure(denied.preflight(State.empty(), context)))
                    .hasMessageContaining("(dry run) in account-a/eu-central-1: the credentials lack the permission:");
        }
        scope.preflight(State.of(GROUP, group), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void whatADeadRunLeftOpenIsSweptWhenItHasExpiredAndNothingElse() {
        open();
        addForeign(22);
        addForeign(
                23,
                Tag.builder().key(Owner.EXPIRES).value("2020-01-01T00:00:00Z").build());
        Inventory opened = aws.inventory();
        assertThat(sweepIn(Duration.ofMinutes(19)).collectList().block(SOON)).isEmpty();
        assertThat(aws.inventory()).isEqualTo(opened);
        assertThat(sweepIn(Duration.ofMinutes(21)).collectList().block(SOON)).isEqualTo(context.made());
        assertThat(rules()).extracting(SecurityGroupRule::fromPort).containsExactlyInAnyOrder(22, 23);
        assertThat(TemporaryIngress.sweep(aws.account()).collectList().block(SOON))
                .isEmpty();
    }

    @Test
    void aRuleThatCannotBeSweptDoesNotStopTheSweepOfOthers() {
        open();
        TestContext other = context.withRunId("run-2");
        scope.tcp(8001).open(State.of(GROUP, group), other).block(SOON);
        aws.faults().on("RevokeSecurityGroupIngress").nth(1).error("UnauthorizedOperation", "not you");
        StepVerifier.create(sweepIn(Duration.ofMinutes(21)))
                .expectNextSequence(other.made())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessageContaining(context.made().get(0).id())
                        .hasMessageContaining("UnauthorizedOperation: not you"))
                .verify(SOON);
        assertThat(rules()).extracting(SecurityGroupRule::fromPort).containsExactly(8000);
    }

    @Test
    void aRuleThatWasSweptIsAbsentForItsRunWhichOpensItAgain() {
        open();
        sweepIn(Duration.ofMinutes(21)).blockLast(SOON);
        assertThat(scope.reconcile(State.of(GROUP, group), context).block(SOON)).isEqualTo(Found.absent());
        open();
        assertThat(rules()).hasSize(1);
    }

    private Flux<Resource> sweepIn(Duration time) {
        return TemporaryIngress.sweep(aws.account(), Clock.offset(Clock.systemUTC(), time));
    }

    private void open() {
        scope.open(State.of(GROUP, group), context).block(SOON);
    }

    private void close() {
        scope.close(State.of(GROUP, group), DONE, context).block(SOON);
    }

    private RunReport settle(Step inside) {
        return pipe(inside)
                .start(State.of(GROUP, group), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    /** The group comes from a step, so that the preflight's dry run does not count. */
    private Pipe pipe(Step inside) {
        Key<String> name = Key.of("group-name", String.class);
        return Pipe.named("p")
                .needs(GROUP)
                .step("late", Step.mapping(GROUP, name, id -> id))
                .during("access", scope.group(name), body -> body.step("inside", inside))
                .build();
    }

    private void addForeign() {
        addForeign(8000);
    }

    private void addForeign(int port, Tag... tags) {
        IpRange range = IpRange.builder()
                .cidrIp("203.0.113.7/32")
                .description("by hand")
                .build();
        IpPermission permission = IpPermission.builder()
                .ipProtocol("tcp")
                .fromPort(port)
                .toPort(port)
                .ipRanges(range)
                .build();
        aws.account()
                .ec2()
                .authorizeSecurityGroupIngress(r -> {
                    r.groupId(group).ipPermissions(permission);
                    if (tags.length > 0) {
                        r.tagSpecifications(TagSpecification.builder()
                                .resourceType(ResourceType.SECURITY_GROUP_RULE)
                                .tags(tags)
                                .build());
                    }
                })
                .join();
    }

    private Step lookingInto(List<SecurityGroupRule>[] inside) {
        return Step.reading(GROUP).withoutEffect().blocking((state, context) -> {
            inside[0] = rules();
            return Outputs.none();
        });
    }

    private List<SecurityGroupRule> rules() {
        return aws.account().ec2().describeSecurityGroupRules(r -> {}).join().securityGroupRules().stream()
                .filter(rule -> rule.groupId().equals(group) && !rule.isEgress())
                .toList();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<SecurityGroupRule>[] holder() {
        return new List[1];
    }

    private static StepFailure failure(Mono<?> failing) {
        return failing.map(done -> StepFailure.permanent("no failure"))
                .defaultIfEmpty(StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .block(SOON);
    }
}
