// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static io.hybridpipe.azure.network.Cloud.classOf;
import static io.hybridpipe.azure.network.Cloud.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@Timeout(180)
class TemporarySecurityRuleTest {
    private static final Key<Cidr> CALLERS = Key.of("callers", Cidr.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final State STATE = State.of(CALLERS, Cidr.of("203.0.113.7/32"));
    private static final String PUT = "Microsoft.Network/networkSecurityGroups/securityRules/write";
    private static final String DELETE = "Microsoft.Network/networkSecurityGroups/securityRules/delete";
    private static final Access ACCESS = new Access(Ports.tcp(8000), "203.0.113.7/32");

    private final Cloud cloud;
    private final TemporarySecurityRule scope;
    private final Attempt context = Attempt.of(1);
    private SortedMap<String, Map<String, Object>> before;

    TemporarySecurityRuleTest() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
        scope = scope(cloud.account());
    }

    private static TemporarySecurityRule scope(AzureAccount account) {
        return TemporarySecurityRule.in(account)
                .resourceGroup("fed")
                .securityGroup("doors")
                .named("api")
                .tcp(8000)
                .from(CALLERS);
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfScopes() {
        return StepContract.of(scope).state(STATE).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theRuleLetsTheCallersInAndSaysUntilWhenAndForWhom() {
        open();

        assertThat(cloud.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.name()).isEqualTo("api-" + "1".repeat(32));
            assertThat(rule.direction()).isEqualTo(SecurityRuleDirection.INBOUND);
            assertThat(rule.access()).isEqualTo(SecurityRuleAccess.ALLOW);
            assertThat(rule.protocol()).isEqualTo(SecurityRuleProtocol.TCP);
            assertThat(rule.destinationPortRange()).isEqualTo("8000");
            assertThat(rule.sourceAddressPrefix()).isEqualTo("203.0.113.7/32");
            assertThat(rule.priority()).isEqualTo(100);
            assertThat(rule.description()).isEqualTo("hybridpipe until 2026-11-21T09:00:00Z run run-1 fednet/access");
        });
        assertThat(context.resources()).singleElement().satisfies(resource -> {
            assertThat(resource.id()).isEqualTo(cloud.rules().get(0).id());
            assertThat(resource.show()).isEqualTo("az network nsg rule show --ids " + resource.id());
        });
    }

    @Test
    void theLowestFreePriorityIsTaken() {
        cloud.addForeign("web", foreign(100).withDestinationPortRange("443"));
        cloud.addForeign("ssh", foreign(101).withDestinationPortRange("22"));
        cloud.addForeign("out", foreign(102).withDirection(SecurityRuleDirection.OUTBOUND));

        open();
        assertThat(own().priority()).isEqualTo(102);
    }

    @Test
    void whenAnotherProcessTakesThePriorityMeanwhileAnotherOneIsTaken() throws Exception {
        Fault held = cloud.faults().on(PUT).holdBefore();
        Mono<Outputs> opening = scope.open(STATE, context).cache();
        opening.subscribe();
        held.reached().get(60, TimeUnit.SECONDS);
        scope(cloud.newAccount()).open(STATE, Attempt.of(2)).block(SOON);
        held.release();
        opening.block(SOON);

        assertThat(cloud.rules()).extracting(SecurityRuleInner::priority).containsExactlyInAnyOrder(100, 101);
        assertThat(cloud.calls().of(PUT)).extracting(call -> call.status()).containsExactlyInAnyOrder(201, 201, 400);
    }

    @Test
    void whenOthersTakeEveryPriorityFirstItIsTriedAgainLater() {
        cloud.faults().on(PUT).times(20).error("SecurityRuleConflict", "taken");

        assertThat(failureOf(scope.open(STATE, context)))
                .hasMessageContaining("others took 20 priorities first")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void siblingsOnOneHandleDoNotMeet() {
        Mono.when(IntStream.rangeClosed(1, 5)
                        .mapToObj(i -> scope.open(STATE, Attempt.of(i)))
                        .toList())
                .block(SOON);

        assertThat(cloud.rules())
                .extracting(SecurityRuleInner::priority)
                .containsExactlyInAnyOrder(100, 101, 102, 103, 104);
        assertThat(cloud.calls().of(PUT))
                .hasSize(5)
                .extracting(call -> call.status())
                .containsOnly(201);
    }

    @Test
    void anAccessThatWasOpenBeforeIsRefusedWhateverTheRuleIsCalled() {
        cloud.addForeign("legacy", foreign(300).withDestinationPortRange("8000"));
        before = cloud.inventory();

        StepFailure failure = failureOf(scope.open(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure).hasMessageContaining("rule 'legacy', which no run made, grants it already and would stay");
        closeScope();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aTemporaryRuleOfAnotherRunIsNoObstacleAndStays() {
        scope.open(STATE, Attempt.of(2)).block(SOON);
        before = cloud.inventory();
        open();
        closeScope();

        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aRuleThatWouldBeUselessIsRefused() {
        cloud.addForeign(
                "lockdown", foreign(100).withAccess(SecurityRuleAccess.DENY).withDestinationPortRange("*"));

        assertThat(failureOf(scope.open(STATE, context)))
                .hasMessageContaining("rule 'lockdown' denies it before the first free priority 101");
        assertThat(cloud.calls().of(PUT)).as("only the foreign one").hasSize(1);
    }

    @Test
    void whileAnotherOperationHoldsTheGroupTheScopeIsTransientAndOpensAfterIt() {
        cloud.faults().on(PUT).error("AnotherOperationInProgress", "wait for it");

        assertThat(classOf(scope.open(STATE, context))).isEqualTo(FailureClass.TRANSIENT);
        open();
        assertThat(cloud.rules()).hasSize(1);
    }

    @Test
    void aSecurityGroupThatIsNotThereIsPermanentAndNamed() {
        StepFailure failure = failureOf(scope.securityGroup("dors").open(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure).hasMessageContaining("look at security group fed/dors: ResourceNotFound");
    }

    @Test
    void aLostAnswerIsUnknownAndReconcileFindsTheRule() {
        cloud.faults().on(PUT).dropAfter();

        assertThat(classOf(scope.open(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        assertThat(context.resources()).hasSize(1);
    }

    @Test
    void aLostCallIsUnknownAndReconcileFindsNothing() {
        cloud.faults().on(PUT).dropBefore();

        assertThat(classOf(scope.open(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
    }

    @Test
    void anOperationThatFailsSaysWhyAndWhatItLeftIsClosed() {
        cloud.azure().failNextOperation(PUT, "InternalServerError", "the rule was not applied");

        StepFailure failure = failureOf(scope.open(STATE, context));

        assertThat(failure).hasMessageContaining("InternalServerError: the rule was not applied");
        assertThat(reconcile()).isNotEqualTo(Found.done(Outputs.none()));
        closeScope();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void anOpeningThatTimesOutInMidCallIsFoundAndClosedOnceItsCallHasEnded() {
        Fault held = cloud.faults().on(PUT).holdBefore();
        Mono<?> arrived = Mono.fromFuture(held.reached(), true);
        assertThat(scope.open(STATE, context)
                        .timeout(arrived)
                        .then(Mono.<Throwable>empty())
                        .onErrorResume(Mono::just)
                        .block(SOON))
                .isInstanceOf(TimeoutException.class);

        held.release();
        context.settled().block(SOON);
        assertThat(context.resources())
                .as("told although nobody waited any more")
                .hasSize(1);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        closeScope();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatGoesOnAfterACancelIsClosed() throws Exception {
        Fault held = cloud.faults().on(PUT).holdAfter();
        Disposable opening = scope.open(STATE, context).subscribe();
        held.reached().get(60, TimeUnit.SECONDS);
        opening.dispose();
        held.release();

        context.settled().block(SOON);
        closeScope();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aSecondCloseIsNoError() {
        open();
        closeScope();
        closeScope();

        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.resources()).isEmpty();
        assertThat(cloud.calls().of(DELETE)).hasSize(1);
    }

    @Test
    void aCloseWhoseAnswerIsLostIsUnknownAndTheNextOneFindsItDone() {
        open();
        cloud.faults().on(DELETE).dropAfter();

        assertThat(classOf(scope.close(STATE, Found.done(Outputs.none()), context)))
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        closeScope();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aSecondSubscriptionIsAFreshOpening() {
        Mono<Outputs> opening = scope.open(STATE, context);
        assertThat(cloud.calls().all()).isEmpty();
        opening.block(SOON);
        opening.block(SOON);

        assertThat(cloud.calls().of(PUT)).hasSize(2);
        assertThat(cloud.rules()).hasSize(1);
    }

    @Test
    void aSweepDeletesWhatHasExpiredAndNothingElse() {
        cloud.addForeign("web", foreign(200).withDestinationPortRange("443"));
        cloud.addForeign("note", ACCESS.rule(201, "hybridpipe until 2020-01-01T00:00:00Z run x y"));
        before = cloud.inventory();
        open();
        scope.expiresAfter(Duration.ofHours(2)).open(STATE, Attempt.of(2)).block(SOON);

        assertThat(sweep(Duration.ofMinutes(30))).isZero();
        assertThat(sweep(Duration.ofMinutes(90))).isEqualTo(1);
        assertThat(cloud.rules())
                .extracting(SecurityRuleInner::name)
                .containsExactlyInAnyOrder("web", "note", "api-" + "2".repeat(32));
        assertThat(sweep(Duration.ofMinutes(150))).isEqualTo(1);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aRuleThatCannotBeSweptDoesNotStopTheSweepOfOthers() {
        open();
        Attempt other = Attempt.of(2);
        scope.open(STATE, other).block(SOON);
        cloud.faults().on(DELETE).nth(1).error("AuthorizationFailed", "not yours");

        StepVerifier.create(TemporarySecurityRule.sweep(cloud.account(), in(Duration.ofMinutes(90))))
                .expectNextSequence(other.resources())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessageContaining("delete security rule fed/doors/api-" + "1".repeat(32))
                        .hasMessageContaining("AuthorizationFailed: not yours"))
                .verify(SOON);
        assertThat(cloud.rules()).extracting(SecurityRuleInner::name).containsExactly("api-" + "1".repeat(32));
    }

    @Test
    void aRuleThatWasSweptIsAbsentForItsRunWhichOpensItAgain() {
        open();
        assertThat(sweep(Duration.ofMinutes(90))).isEqualTo(1);

        assertThat(reconcile()).isEqualTo(Found.absent());
        open();
        assertThat(cloud.rules()).hasSize(1);
    }

    @Test
    void aSweepOutlivesAPassingFailureOfItsList() {
        open();
        cloud.faults()
                .on("Microsoft.Network/networkSecurityGroups/read")
                .times(2)
                .status(503);

        assertThat(sweep(Duration.ofMinutes(90))).isEqualTo(1);
    }

    @Test
    void preflightRefusesASecurityGroupThatIsNotThere() {
        scope.preflight(State.empty(), context).block(SOON);

        assertThat(failureOf(scope.securityGroup("dors").preflight(State.empty(), context)))
                .hasMessageContaining("look at security group fed/dors: ResourceNotFound");
    }

    @Test
    void preflightChecksTheCredentialWhileTheGroupIsNotKnown() {
        cloud.faults().on("Microsoft.Resources/subscriptions/read").error("AuthorizationFailed", "not yours");

        assertThat(failureOf(scope.securityGroup(GROUP).preflight(State.empty(), context)))
                .hasMessageContaining("check the credential: AuthorizationFailed: not yours");
    }

    @Test
    void aPreflightThatFailsInPassingIsLeftToTheEngineToAskAgain() {
        cloud.faults().on("Microsoft.Network/networkSecurityGroups/read").status(503);

        assertThatThrownBy(() -> scope.preflight(State.empty(), context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(cloud.calls().all()).hasSize(1);
    }

    @Test
    void aCloseMayTakeAQuarterOfTheExpiryAndAtMostTwoMinutes() {
        assertThat(scope.expiry()).isEqualTo(Duration.ofHours(1));
        assertThat(scope.options().undoTimeout()).contains(Duration.ofMinutes(2));
        assertThat(scope.expiresAfter(Duration.ofMinutes(4)).options().undoTimeout())
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void badOrMissingPartsAreNamedAtOnce() {
        assertThatThrownBy(() -> scope.tcp(70000)).hasMessage("port 70000 is not from 1 to 65535");
        assertThatThrownBy(() -> scope.expiresAfter(Duration.ofSeconds(1)))
                .hasMessage("expiry is PT1S, it must be at least one minute");
        assertThatThrownBy(() -> TemporarySecurityRule.in(cloud.account()).contract())
                .hasMessage("TemporarySecurityRule: call resourceGroup(..)");
        assertThatThrownBy(() -> TemporarySecurityRule.in(cloud.account())
                        .securityGroupId(GROUP)
                        .contract())
                .hasMessage("TemporarySecurityRule: call tcp(..) or another method that names a protocol");
        assertThatThrownBy(() -> TemporarySecurityRule.in(cloud.account())
                        .securityGroupId(GROUP)
                        .tcp(8000)
                        .contract())
                .hasMessage("TemporarySecurityRule: call from(..)");
    }

    private void open() {
        scope.open(STATE, context).block(SOON);
    }

    private Found reconcile() {
        return scope.reconcile(STATE, context).block(SOON);
    }

    private void closeScope() {
        scope.close(STATE, Found.unknown("test"), context).block(SOON);
    }

    private static Clock in(Duration time) {
        return Clock.fixed(Attempt.NOW.plus(time), ZoneOffset.UTC);
    }

    private long sweep(Duration later) {
        return TemporarySecurityRule.sweep(cloud.account(), in(later)).count().block(SOON);
    }

    private SecurityRuleInner own() {
        return cloud.rules().stream()
                .filter(rule -> rule.name().startsWith("api-"))
                .findFirst()
                .orElseThrow();
    }

    private static SecurityRuleInner foreign(int priority) {
        return ACCESS.rule(priority, "made by hand");
    }
}
