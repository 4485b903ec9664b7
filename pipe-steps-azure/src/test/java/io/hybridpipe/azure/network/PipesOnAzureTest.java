// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.Element.during;
import static io.hybridpipe.Element.step;
import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Element;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.faults.Hastened;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** The steps as the engine runs them, against the stand-in. */
@Timeout(180)
class PipesOnAzureTest {
    private static final Key<Cidr> VPC = Key.of("vpc", Cidr.class);
    private static final State STATE = State.of(VPC, Cidr.of("10.1.0.0/16"));
    private static final String PUT_ROUTE = "Microsoft.Network/routeTables/routes/write";
    private static final String PUT_RULE = "Microsoft.Network/networkSecurityGroups/securityRules/write";
    private static final String DELETE_RULE = "Microsoft.Network/networkSecurityGroups/securityRules/delete";
    private static final String DELETE_ROUTE = "Microsoft.Network/routeTables/routes/delete";

    /** What the stand-in shows at once need not be looked for over seconds. */
    private static final UnaryOperator<StepOptions> HURRIED = options -> options.withVisibility(Duration.ofMillis(20))
            .withRetry(RetryPolicy.ofAll(Backoff.ofDefaults()
                    .withDelays(Duration.ofMillis(20), Duration.ofMillis(100))
                    .withMaxAttempts(60)));

    private final Cloud cloud;
    private final SortedMap<String, Map<String, Object>> before;
    private final List<Integer> rulesInside = new ArrayList<>();

    PipesOnAzureTest() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void theRouteStaysAndTheRuleIsThereOnlyInside() {
        RunReport report = run(pipe(Mono.just(Outputs.none())));

        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.made()).singleElement().satisfies(made -> assertThat(made.id())
                .isEqualTo(cloud.routes().get(0).id()));
        assertThat(rulesInside).containsExactly(1);
        assertThat(cloud.rules()).isEmpty();
    }

    @Test
    void aFailureInsideLeavesNothing() {
        RunReport report = run(pipe(Mono.error(StepFailure.permanent("no luck"))));

        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(rulesInside).containsExactly(1);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatAnEarlierStepWroteWrongIsRefusedAndNothingIsLeft() {
        Key<String> table = Key.of("table", String.class);
        Pipe pipe = Pipe.named("fednet")
                .step("compute", Step.mapping(Input.value("rutes"), table, text -> text))
                .step(
                        "route",
                        AddRoute.in(cloud.account())
                                .tableId(table)
                                .to(Cidr.of("10.1.0.0/16"))
                                .viaAppliance(Ip.of("10.2.0.4")))
                .build();

        RunReport report =
                pipe.start(State.empty(), RunOptions.ofDefaults()).settled().block(SOON);

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
        assertThat(report.failure().orElseThrow().message())
                .startsWith("AddRoute: 'rutes' is not the id of a route table in federation, ");
        assertThat(report.leftovers()).isEmpty();
        assertThat(cloud.calls().changing()).isEmpty();
    }

    /** What the run must get over by itself. */
    enum Trouble {
        ROUTE_LOST(faults -> faults.on(PUT_ROUTE).dropAfter()),
        ROUTE_NEVER_ARRIVED(faults -> faults.on(PUT_ROUTE).dropBefore()),
        ROUTE_BUSY(faults -> faults.on(PUT_ROUTE).times(2).error("AnotherOperationInProgress", "wait")),
        ROUTE_UNAVAILABLE(faults -> faults.on(PUT_ROUTE).status(503)),
        RULE_LOST(faults -> faults.on(PUT_RULE).dropAfter()),
        RULE_NEVER_ARRIVED(faults -> faults.on(PUT_RULE).dropBefore()),
        RULE_BUSY(faults -> faults.on(PUT_RULE).error("AnotherOperationInProgress", "wait")),
        DELETE_LOST(faults -> faults.on(DELETE_RULE).dropAfter()),
        DELETE_NEVER_ARRIVED(faults -> faults.on(DELETE_RULE).dropBefore()),
        POLLS_FAIL(faults -> faults.on("Microsoft.Network/locations/operations/read")
                .times(3)
                .status(503));

        private final Consumer<Faults> rule;

        Trouble(Consumer<Faults> rule) {
            this.rule = rule;
        }
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void theRunGetsOverIt(Trouble trouble) {
        trouble.rule.accept(cloud.faults());

        RunReport report = run(pipe(Mono.just(Outputs.none())));

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.DONE);
        assertThat(rulesInside).containsExactly(1);
        assertThat(cloud.routes()).hasSize(1);
        assertThat(cloud.rules()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"ROUTE_LOST", "RULE_LOST", "DELETE_LOST", "POLLS_FAIL"})
    void andTakesAllBackWhenItFailsAfterwards(Trouble trouble) {
        trouble.rule.accept(cloud.faults());

        assertThat(run(pipe(Mono.error(StepFailure.permanent("no luck")))).outcome())
                .isEqualTo(Outcome.UNDONE);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(CallOfARun.class)
    void aCancelWhileTheServiceHoldsTheAnswerLeavesNothing(CallOfARun call) throws Exception {
        for (boolean after : new boolean[] {false, true}) {
            Faults.Rule rule = cloud.faults().on(call.action);
            Fault held = after ? rule.holdAfter() : rule.holdBefore();
            Run run = pipe(Mono.error(StepFailure.permanent("no luck"))).start(STATE, RunOptions.ofDefaults());
            held.reached().get(60, TimeUnit.SECONDS);
            run.cancel("test");
            held.release();

            RunReport report = run.settled().blockOptional(SOON).orElseThrow();
            assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
            assertThat(cloud.inventory()).isEqualTo(before);
        }
    }

    enum CallOfARun {
        PUT_ROUTE(PipesOnAzureTest.PUT_ROUTE),
        PUT_RULE(PipesOnAzureTest.PUT_RULE),
        DELETE_RULE(PipesOnAzureTest.DELETE_RULE),
        DELETE_ROUTE(PipesOnAzureTest.DELETE_ROUTE);

        private final String action;

        CallOfARun(String action) {
            this.action = action;
        }
    }

    @Test
    void siblingsOnOneTableAndOneGroupDoNotGetInEachOthersWay() {
        Element[] members = IntStream.rangeClosed(1, 4)
                .boxed()
                .flatMap(i -> Stream.of(
                        step("route-" + i, route().to(Cidr.of("10.1" + i + ".0.0/16")), HURRIED),
                        during("rule-" + i, rule(8000 + i), body -> body.step("inside", inside(Mono.empty())))))
                .toArray(Element[]::new);
        Pipe pipe = Pipe.named("siblings").concurrently("all", members).build();

        RunReport report = run(pipe);

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.DONE);
        assertThat(cloud.routes()).hasSize(4);
        assertThat(cloud.rules()).isEmpty();
    }

    @Test
    void tenRoutesOnOneHandleMeetNoOtherOperationInProgress() {
        RunReport report = run(tenRoutes(i -> cloud.account()));

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.DONE);
        assertThat(cloud.routes()).hasSize(10);
        assertThat(cloud.calls().of(PUT_ROUTE))
                .hasSize(10)
                .extracting(Call::status)
                .containsOnly(201);
    }

    @Test
    void routesOnTwoHandlesComeThroughByTryingAgain() {
        AzureAccount other = cloud.newAccount();
        RunReport report = run(tenRoutes(i -> i % 2 == 0 ? cloud.account() : other));

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.DONE);
        assertThat(cloud.routes()).hasSize(10);
    }

    private Pipe tenRoutes(IntFunction<AzureAccount> handle) {
        Element[] members = IntStream.rangeClosed(1, 10)
                .mapToObj(i -> step(
                        "route-" + i,
                        AddRoute.in(handle.apply(i))
                                .resourceGroup("fed")
                                .table("routes")
                                .to(Cidr.of("10.1" + i + ".0.0/16"))
                                .viaAppliance(Ip.of("10.2.0.4")),
                        HURRIED))
                .toArray(Element[]::new);
        return Pipe.named("ten").concurrently("routes", members).build();
    }

    @Test
    void aMissingTableIsRefusedBeforeAnythingIsChanged() {
        Pipe pipe = Pipe.named("fednet")
                .step("route", route().table("rutes").to(Cidr.of("10.1.0.0/16")))
                .build();

        RunReport report = run(pipe);

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.failure().orElseThrow().message())
                .contains("look at route table fed/rutes: ResourceNotFound");
        assertThat(cloud.calls().changing()).isEmpty();
    }

    private Pipe pipe(Mono<Outputs> inside) {
        return Pipe.named("fednet")
                .needs(VPC)
                .step("route", route().to(VPC), HURRIED)
                .during("access", rule(8000), body -> body.step("inside", inside(inside)))
                .build();
    }

    private AddRoute route() {
        return AddRoute.in(cloud.account())
                .resourceGroup("fed")
                .table("routes")
                .named("to-vpc")
                .viaAppliance(Ip.of("10.2.0.4"));
    }

    private Scope rule(int port) {
        return new Hastened(
                TemporarySecurityRule.in(cloud.account())
                        .resourceGroup("fed")
                        .securityGroup("doors")
                        .named("api")
                        .tcp(port)
                        .from(Cidr.of("203.0.113.7/32")),
                100);
    }

    private Step inside(Mono<Outputs> outcome) {
        return Step.reading().withoutEffect().as((state, context) -> cloud.network()
                .getSecurityRules()
                .listAsync("fed", "doors")
                .count()
                .doOnNext(count -> {
                    synchronized (rulesInside) {
                        rulesInside.add(count.intValue());
                    }
                })
                .then(outcome));
    }

    private static RunReport run(Pipe pipe) {
        return pipe.start(STATE, RunOptions.ofDefaults())
                .settled()
                .blockOptional(Duration.ofSeconds(40))
                .orElseThrow();
    }
}
