// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Each test leaves the cloud as it was, which is checked after each one. */
@Timeout(180)
class DeployTemplateTest {
    private static final Key<Cidr> SPACE = Key.of("space", Cidr.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final Key<String> HUB = Key.of("hub", String.class);
    private static final Key<List<String>> NAMES = Key.listOf("names", String.class);
    private static final Key<Integer> COUNT = Key.of("count", Integer.class);
    private static final State STATE = State.of(SPACE, Cidr.of("10.2.0.0/16"));
    private static final String PUT = "Microsoft.Resources/deployments/write";
    private static final String GET = "Microsoft.Resources/deployments/read";
    private static final String PUT_SUBNET = "Microsoft.Network/virtualNetworks/subnets/write";

    /** Changes a table that is there, and adds a subnet to a network that is there. */
    private static final String MORE = """
            {
                "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                "contentVersion": "1.0.0.0",
                "resources": [
                    {
                        "type": "Microsoft.Network/routeTables",
                        "apiVersion": "2024-07-01",
                        "name": "hub-routes",
                        "location": "westeurope",
                        "properties": { "disableBgpRoutePropagation": true }
                    },
                    {
                        "type": "Microsoft.Network/virtualNetworks/subnets",
                        "apiVersion": "2024-07-01",
                        "name": "hub/more",
                        "properties": { "addressPrefix": "10.2.2.0/24" }
                    }
                ]
            }
            """;

    /** Makes nothing. */
    private static final String OUTPUTS = """
            {
                "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                "contentVersion": "1.0.0.0",
                "resources": [],
                "outputs": {
                    "id": { "type": "string", "value": "hub" },
                    "range": { "type": "string", "value": "10.9.0.0/24" },
                    "address": { "type": "string", "value": "10.9.0.4" },
                    "gap": { "type": "array", "value": ["a", null] }
                }
            }
            """;

    private static Cloud cloud;

    private final TestContext context =
            TestContext.at("hub/deploy").withRunId(UUID.randomUUID().toString());
    private final DeployTemplate step = stepIn(cloud.account());
    private SortedMap<String, Map<String, Object>> before;

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void look() {
        before = cloud.inventory();
        cloud.calls().clear();
    }

    @AfterEach
    void tidyUp() {
        step.undo(STATE, Found.unknown("the test is over"), context.afterwards())
                .block(SOON);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    private static DeployTemplate stepIn(AzureAccount account) {
        return DeployTemplate.in(account)
                .resourceGroup("fed")
                .named("hub")
                .templateFrom("classpath:templates/hub.json")
                .parameter("space", SPACE)
                .output("hub", HUB)
                .output("names", NAMES)
                .output("count", COUNT, Integer::valueOf);
    }

    /** A second goes by with each call, so that some come while a resource is made, however busy the machine is. */
    private static Cloud slowCloud() throws IOException, InterruptedException {
        SimClock clock = SimClock.manual(Instant.now());
        Faults ticking = new Faults();
        ticking.on(call -> {
                    clock.advance(Duration.ofSeconds(1));
                    return false;
                })
                .dropBefore();
        return new Cloud(SimAzure.builder().clock(clock).faults(ticking).start());
    }

    private static List<DeploymentExtendedInner> deployments() {
        return cloud.account()
                .deployments()
                .getDeployments()
                .listByResourceGroupAsync("fed")
                .collectList()
                .block(SOON);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnWithWhatADeadOneMadeOrTakesItBack() {
        ResumeContract contract = ResumeContract.of(() -> step)
                .state(STATE)
                .inventory(cloud::inventory)
                .within(SOON);

        contract.goesOn();
        contract.isTakenBack();
    }

    @Test
    void theOutputsAreReadAsTheirKeysSay() {
        Outputs outputs = step.run(STATE, context).block(SOON);

        assertThat(outputs.get(HUB)).endsWith("/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub");
        assertThat(outputs.get(NAMES)).containsExactly("controllers", "workloads");
        assertThat(outputs.get(COUNT)).isEqualTo(2);
        assertThat(cloud.inventory()).containsKey(outputs.get(HUB));
    }

    @Test
    void theDeploymentBearsPipeRunStepAndTokenAndAllItMadeIsTold() {
        Outputs outputs = step.run(STATE, context).block(SOON);

        assertThat(deployments()).singleElement().satisfies(deployment -> {
            assertThat(deployment.name()).isEqualTo("hub-" + context.token());
            assertThat(deployment.tags()).containsAllEntriesOf(context.tags());
        });
        assertThat(context.made())
                .extracting(Resource::kind)
                .containsExactlyInAnyOrder(
                        "Microsoft.Resources/deployments",
                        "Microsoft.Network/routeTables",
                        "Microsoft.Network/networkSecurityGroups",
                        "Microsoft.Network/virtualNetworks",
                        "Microsoft.Network/virtualNetworks/subnets");
        assertThat(context.made())
                .anySatisfy(made -> assertThat(made.show()).isEqualTo("az resource show --ids " + outputs.get(HUB)));
    }

    @Test
    void theProgressNamesWhatIsUnderWay() throws Exception {
        try (Cloud slow = slowCloud()) {
            stepIn(slow.account()).run(STATE, context).block(SOON);
        }

        assertThat(context.progress())
                .extracting(TestContext.Progress::text)
                .contains("virtualNetwork hub", "subnet hub/workloads")
                .last()
                .isEqualTo("resources");
        assertThat(context.progress())
                .last()
                .extracting(TestContext.Progress::done)
                .isEqualTo(4);
    }

    @Test
    void aDeploymentWhoseAnswerWasLostIsFoundByItsName() {
        cloud.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        Found found = step.reconcile(STATE, context).block(SOON);
        Outputs again = step.run(STATE, context).block(SOON);

        assertThat(found).isEqualTo(Found.done(again));
        assertThat(cloud.calls().of(PUT)).hasSize(1);
    }

    @Test
    void aDeploymentThatGoesOnAfterACancelIsCancelledAndWhatItMadeIsDeleted() throws Exception {
        try (Cloud slow = slowCloud()) {
            DeployTemplate there = stepIn(slow.account());
            SortedMap<String, Map<String, Object>> furnished = slow.inventory();
            Fault sent = slow.faults().on(PUT).holdAfter();
            Disposable run = there.run(STATE, context).subscribe();
            sent.reached().orTimeout(60, TimeUnit.SECONDS).join();
            run.dispose();
            sent.release();
            context.settled().block(SOON);

            there.undo(STATE, Found.unknown("it was cancelled"), context).block(SOON);

            assertThat(slow.calls().of("Microsoft.Resources/deployments/cancel/action"))
                    .hasSize(1);
            assertThat(slow.inventory()).isEqualTo(furnished);
            assertThat(context.made()).isEmpty();
        }
    }

    @Test
    void aFailureDeepInsideIsOneLineWithItsResourceAndItsCausesAreTheWholeChain() {
        cloud.azure().failNextOperation(PUT_SUBNET, "SubnetIsFull", "Subnet workloads\nhas no room.");

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        String subnet = "/subscriptions/" + cloud.azure().subscription()
                + "/resourceGroups/fed/providers/Microsoft.Network/virtualNetworks/hub/subnets/workloads";
        assertThat(failure)
                .hasMessage("deployment fed/hub-" + context.token() + ", resource " + subnet
                        + ": SubnetIsFull: Subnet workloads has no room. ("
                        + cloud.account().where() + ")");
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(Stream.iterate(failure.getCause(), cause -> cause != null, Throwable::getCause)
                        .map(Throwable::getMessage))
                .satisfiesExactly(
                        outermost -> assertThat(outermost).startsWith("DeploymentFailed: At least one resource"),
                        next -> assertThat(next).isEqualTo("Conflict"),
                        next -> assertThat(next).startsWith("ResourceDeploymentFailure: The resource operation"),
                        innermost -> assertThat(innermost).isEqualTo("SubnetIsFull: Subnet workloads has no room."));
        assertThat(step.reconcile(STATE, context).block(SOON))
                .isEqualTo(Found.partly("deployment fed/hub-" + context.token() + " is Failed"));
    }

    @Test
    void aFailureDeepInsideThatPassesLaterSaysWhen() {
        cloud.azure().failNextOperation(PUT_SUBNET, "NicReservedForAnotherVm", "It is reserved for 170 seconds.");

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(170));
    }

    @Test
    void aFailedDeploymentIsStartedAgainAndItsUndoStillKnowsWhatIsNew() {
        cloud.azure().failNextOperation(PUT_SUBNET, "InternalServerError", "An error occurred.");
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);

        step.run(STATE, context).block(SOON);
        step.undo(STATE, Found.unknown("looked away"), context).block(SOON);

        assertThat(cloud.calls().of(PUT)).hasSize(2);
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatWasThereBeforeStaysAndIsNamed() {
        TestContext theirs = TestContext.at("hub/deploy").withRunId("theirs-" + context.runId());
        step.run(STATE, theirs).block(SOON);
        SortedMap<String, Map<String, Object>> there = cloud.inventory();
        DeployTemplate more = DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("more")
                .template(MORE);

        more.run(STATE, context).block(SOON);
        assertThat(cloud.inventory().toString()).contains("/virtualNetworks/hub/subnets/more");
        more.undo(STATE, Found.unknown("the test undoes it"), context).block(SOON);

        String routes = "/subscriptions/" + cloud.azure().subscription()
                + "/resourceGroups/fed/providers/Microsoft.Network/routeTables/hub-routes";
        assertThat(context.progress())
                .first()
                .extracting(TestContext.Progress::text)
                .isEqualTo("resources; updates what was there before, which an undo leaves so: " + routes);
        assertThat(context.gone())
                .extracting(Resource::kind)
                .containsExactly("Microsoft.Network/virtualNetworks/subnets", "Microsoft.Resources/deployments");
        assertThat(cloud.inventory().keySet()).isEqualTo(there.keySet());
        step.undo(STATE, Found.unknown("the test is over"), theirs).block(SOON);
    }

    @Test
    void aSecretGoesOnlyWhereTheServiceKeepsIt() {
        DeployTemplate open = step.parameter("names", List.of(Secret.of("hush-hush"), "b"));
        assertThat(Cloud.failureOf(open.preflight(STATE, context)))
                .hasMessage(
                        "template classpath:templates/hub.json: a secret is given for 'names' (array), whose values Azure"
                                + " shows to everybody who may read the deployment; declare it as securestring or secureobject");

        step.parameter("key", Secret.of("hush-hush")).run(STATE, context).block(SOON);
        assertThat(deployments())
                .filteredOn(each -> each.name().endsWith(context.token()))
                .singleElement()
                .satisfies(deployment -> assertThat(
                                String.valueOf(deployment.properties().parameters()))
                        .doesNotContain("hush-hush"));
    }

    @Test
    void unknownAndMissingParametersAreNamedBeforeTheRun() {
        DeployTemplate wrong = DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .templateFrom("classpath:templates/hub.json")
                .parameter("speise", "10.2.0.0/16");

        assertThat(Cloud.failureOf(wrong.preflight(State.empty(), context)))
                .hasMessage(
                        "template classpath:templates/hub.json takes the parameters [key, names, space]; no value is"
                                + " given for [space]; it does not know [speise]")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(cloud.calls().of("Microsoft.Resources/deployments/validate/action"))
                .isEmpty();
    }

    @Test
    void anOutputThatTheTemplateDoesNotDeclareIsRefusedBeforeTheRunAndInIt() {
        DeployTemplate wanting = step.output("nothing", Key.of("nothing", String.class));

        for (Mono<?> call : List.of(
                wanting.preflight(State.empty(), context),
                wanting.preflight(STATE, context),
                wanting.run(STATE, context))) {
            assertThat(Cloud.failureOf(call))
                    .hasMessage(
                            "template classpath:templates/hub.json has the outputs [count, hub, key, names]; it does"
                                    + " not know [nothing]")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(context.mutations()).isZero();
    }

    @Test
    void anOutputThatTheServiceDoesNotGiveIsPermanentAndThoseThatAreThereAreNamed() {
        cloud.faults()
                .on("Microsoft.Resources/deployments/read")
                .nth(2)
                .answer(
                        SimResponse.json(
                                200,
                                "{\"properties\":{\"provisioningState\":\"Succeeded\",\"outputs\":{\"hub\":{\"type\":\"String\",\"value\":\"id\"}}}}"));

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure)
                .hasMessage("deployment fed/hub-" + context.token() + " has no output 'names', only [hub] ("
                        + cloud.account().where() + ")")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void anOutputThatDoesNotFitItsKeyIsNamedInOnePlainSentence() {
        DeployTemplate unfit = DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .template(OUTPUTS);
        String deployment = "deployment fed/hub-" + context.token();

        assertThat(Cloud.failureOf(unfit.output("id", COUNT).run(STATE, context)))
                .hasMessage(deployment + ": output 'id' cannot be read as 'count': it is a text that is no Integer");
        assertThat(Cloud.failureOf(unfit.output("range", NAMES).run(STATE, context)))
                .hasMessage(deployment
                        + ": output 'range' cannot be read as 'names': it is a text that is no List<String>");
        assertThat(Cloud.failureOf(unfit.output("id", SPACE).run(STATE, context)))
                .hasMessage(deployment + ": output 'id' cannot be read as 'space': it is a text that is no Cidr");
        assertThat(Cloud.failureOf(unfit.output("gap", NAMES).run(STATE, context)))
                .hasMessage(deployment
                        + ": output 'gap' cannot be read as 'names': it is a list with nothing in one of its places");
        assertThat(Cloud.failureOf(unfit.output("id", HUB, text -> null).run(STATE, context)))
                .hasMessage(deployment + ": output 'id' cannot be read as 'hub': its parser returned nothing");
        assertThat(unfit.output("range", SPACE).run(STATE, context).block(SOON).get(SPACE))
                .isEqualTo(Cidr.of("10.9.0.0/24"));
        assertThat(unfit.output("address", ADDRESS)
                        .run(STATE, context)
                        .block(SOON)
                        .get(ADDRESS))
                .isEqualTo(Ip.of("10.9.0.4"));
    }

    @Test
    void aTemplateThatIsMadeOfASecretIsRefusedBeforeTheRunAndInIt() {
        Key<String> password = Key.of("password", String.class).secret();
        DeployTemplate leaking = DeployTemplate.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .template(password.map(secret -> OUTPUTS.replace("10.9.0.4", secret)));
        State known = State.of(password, "hush-hush");

        for (Mono<?> call : List.of(
                leaking.preflight(State.empty(), context),
                leaking.preflight(known, context),
                leaking.run(known, context))) {
            assertThat(Cloud.failureOf(call))
                    .hasMessage(
                            "the template's text is made of the secret 'password', and Azure shows a template to everybody"
                                    + " who may read the deployment; give the secret as a parameter that the template declares as"
                                    + " securestring or secureobject")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(context.mutations()).isZero();
    }

    @Test
    void aFailedLookAtWhatRemainsDoesNotHideWhyTheDeploymentFailed() {
        cloud.azure().failNextOperation(PUT_SUBNET, "SubnetIsFull", "No room.");
        Fault unseen = cloud.faults()
                .on("Microsoft.Network/virtualNetworks/subnets/read")
                .nth(2)
                .answer(SimResponse.json(403, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"No.\"}}"));

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(unseen.reached()).isDone();
        assertThat(failure).hasMessageContaining(": SubnetIsFull: No room. (");
        assertThat(failure.getSuppressed()).singleElement().satisfies(look -> assertThat(look)
                .hasMessageContaining("AuthorizationFailed: No."));
    }

    @Test
    void aPreflightAsksTheServiceAndForgivesWhatAnEarlierStepMayMake() {
        step.preflight(STATE, context).block(SOON);
        step.resourceGroup("later").preflight(STATE, context).block(SOON);
        step.preflight(State.empty(), context).block(SOON);

        assertThat(cloud.calls().of("Microsoft.Resources/deployments/validate/action"))
                .hasSize(2);
        assertThat(context.mutations()).isZero();
    }

    @Test
    void anActiveDeploymentAndARequestToWaitPassByThemselves() {
        cloud.faults().on(PUT).error("DeploymentActive", "previous deployment is still active");
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);
        cloud.faults()
                .on(PUT)
                .answer(SimResponse.json(429, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"Slow down.\"}}")
                        .withHeader("Retry-After", "7"));
        StepFailure throttled = Cloud.failureOf(step.run(STATE, context));
        assertThat(throttled.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(7));
    }
}
