// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.cloudformation.TemporaryStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/** The steps on an AWS emulator that nobody here wrote; its known gaps are not asked for. */
@Tag("moto")
@ResourceLock("moto")
class MotoTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Key<Cidr> VPC_CIDR = Key.of("vpc-cidr", Cidr.class);
    private static final Key<Cidr> ON_PREM = Key.of("on-prem", Cidr.class);
    private static final Key<Cidr> MY_IP = Key.of("my-ip", Cidr.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final Key<String> TABLE = Key.of("table", String.class);
    private static final Key<String> ENI = Key.of("eni", String.class);
    private static final String TEMPLATE = """
            Parameters: {VpcCidr: {Type: String}}
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref VpcCidr}}
              Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: controller, VpcId: !Ref Vpc}}
              Eni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet, GroupSet: [!Ref Group]}}
            Outputs:
              Table: {Value: !Ref Table}
              Group: {Value: !Ref Group}
              Eni: {Value: !Ref Eni}
            """;

    private final TestContext stackContext =
            TestContext.at("fednet/create-new-vpc").withRunId("run-1");
    private final TestContext routeContext = TestContext.at("fednet/vpc-routes").withRunId("run-1");
    private final TestContext accessContext =
            TestContext.at("fednet/vpc-api-access").withRunId("run-1");
    private AwsAccount account;
    private DeployStack stack;
    private AddRoute route;
    private TemporaryIngress access;

    @BeforeEach
    void start() throws Exception {
        account = Moto.account();
        stack = DeployStack.in(account)
                .named("orders-vpc")
                .template(TEMPLATE)
                .parameter("VpcCidr", VPC_CIDR)
                .output("Table", TABLE)
                .output("Group", GROUP)
                .output("Eni", ENI)
                // a known gap: a stack that is made through a change set has no outputs
                .creatingDirectly()
                .pollEvery(POLL);
        route = AddRoute.in(account).table(TABLE).to(ON_PREM).viaInterface(ENI).pollEvery(POLL);
        access = TemporaryIngress.in(account).group(GROUP).tcp(8000).from(MY_IP).pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        if (account != null) {
            account.close();
        }
    }

    @Test
    void aStackARouteAndATemporaryRuleAreMadeFoundAgainAndTakenBack() {
        State input = State.of(VPC_CIDR, Cidr.of("10.1.0.0/16"))
                .with(ON_PREM, Cidr.of("10.0.0.0/16"))
                .with(MY_IP, Cidr.of("203.0.113.7/32"));
        stack.preflight(input, stackContext).block(SOON);
        route.preflight(input, routeContext).block(SOON);
        access.preflight(input, accessContext).block(SOON);

        Outputs made = stack.run(input, stackContext).block(SOON);
        State state =
                input.with(TABLE, made.get(TABLE)).with(GROUP, made.get(GROUP)).with(ENI, made.get(ENI));
        assertThat(stack.reconcile(state, stackContext).block(SOON)).isEqualTo(Found.done(made));
        assertThat(stack.run(state, stackContext).block(SOON)).isEqualTo(made);

        route.run(state, routeContext).block(SOON);
        assertThat(routes(made)).extracting(Route::networkInterfaceId).containsExactly(made.get(ENI));
        assertThat(route.reconcile(state, routeContext).block(SOON)).isEqualTo(Found.done(Outputs.none()));

        access.open(state, accessContext).block(SOON);
        assertThat(rules(made)).singleElement().satisfies(rule -> {
            assertThat(rule.cidrIpv4()).isEqualTo("203.0.113.7/32");
            assertThat(rule.fromPort()).isEqualTo(8000);
            assertThat(rule.description()).contains("run-1", "fednet/vpc-api-access", accessContext.token());
        });
        assertThat(access.reconcile(state, accessContext).block(SOON)).isEqualTo(Found.done(Outputs.none()));

        access.close(state, Found.done(Outputs.none()), accessContext).block(SOON);
        access.close(state, Found.done(Outputs.none()), accessContext).block(SOON);
        assertThat(rules(made)).isEmpty();
        route.undo(state, Found.done(Outputs.none()), routeContext).block(SOON);
        route.undo(state, Found.done(Outputs.none()), routeContext).block(SOON);
        assertThat(routes(made)).isEmpty();
        assertThat(routeContext.made()).isEmpty();
        assertThat(routeContext.gone()).isNotEmpty();
    }

    @Test
    void theAwsHalfOfTheMainJobLeavesItsNetworkAndNoOpenDoor() {
        List<List<SecurityGroupRule>> inside = new CopyOnWriteArrayList<>();
        Pipe pipe = Pipe.named("aws-half")
                .needs(VPC_CIDR, ON_PREM, MY_IP)
                .step("create-new-vpc", stack)
                .step("vpc-routes", route)
                .during(
                        "vpc-api-access",
                        access,
                        body -> body.step(
                                "look", Step.reading(GROUP).withoutEffect().blocking((state, context) -> {
                                    inside.add(rules(state.get(GROUP)));
                                    return Outputs.none();
                                })))
                .build();
        RunReport report = pipe.start(
                        State.of(VPC_CIDR, Cidr.of("10.1.0.0/16"))
                                .with(ON_PREM, Cidr.of("10.0.0.0/16"))
                                .with(MY_IP, Cidr.of("203.0.113.7/32")),
                        RunOptions.ofDefaults())
                .settled()
                .block(SOON);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(inside).singleElement().satisfies(rules -> assertThat(rules).hasSize(1));
        assertThat(account.ec2().describeVpcs().join().vpcs())
                .filteredOn(vpc -> vpc.cidrBlock().equals("10.1.0.0/16"))
                .hasSize(1);
        assertThat(account.ec2().describeRouteTables().join().routeTables())
                .flatExtracting(RouteTable::routes)
                .filteredOn(each -> "10.0.0.0/16".equals(each.destinationCidrBlock()))
                .singleElement()
                .satisfies(each -> assertThat(each.networkInterfaceId()).startsWith("eni-"));
        assertThat(account.ec2().describeSecurityGroupRules(r -> {}).join().securityGroupRules())
                .noneMatch(rule -> Integer.valueOf(8000).equals(rule.fromPort()));
    }

    @Test
    void aStackIsGoneAfterItsUndoHoweverOften() {
        String empty = "{Resources: {Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x}}}}";
        DeployStack small =
                DeployStack.in(account).named("small").template(empty).pollEvery(POLL);
        small.run(State.empty(), stackContext).block(SOON);
        small.undo(State.empty(), Found.done(Outputs.none()), stackContext).block(SOON);
        small.undo(State.empty(), Found.done(Outputs.none()), stackContext).block(SOON);
        assertThat(small.reconcile(State.empty(), stackContext).block(SOON)).isEqualTo(Found.absent());
        assertThat(stackContext.made()).isEmpty();
        assertThat(stackContext.gone()).hasSize(1);
    }

    @Test
    void aStackIsMadeAndUpdatedThroughChangeSets() {
        String small = "{Resources: {Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x}}}}";
        String larger =
                small.replace("}}}}", "}}, Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.77.0.0/16}}}}");
        DeployStack.in(account)
                .named("small")
                .template(small)
                .pollEvery(POLL)
                .run(State.empty(), stackContext)
                .block(SOON);
        DeployStack update = DeployStack.in(account)
                .named("small")
                .template(larger)
                .updating()
                .pollEvery(POLL);
        update.run(State.empty(), routeContext).block(SOON);
        assertThat(account.ec2().describeVpcs().join().vpcs())
                .anyMatch(vpc -> vpc.cidrBlock().equals("10.77.0.0/16"));
        stack.named("small")
                .undo(State.empty(), Found.done(Outputs.none()), stackContext)
                .block(SOON);
        assertThat(account.cloudFormation().describeStacks().join().stacks()).isEmpty();
    }

    @Test
    void whatADeadRunLeftOpenIsSweptOnceItHasExpired() {
        State state = State.of(MY_IP, Cidr.of("203.0.113.7/32"))
                .with(
                        GROUP,
                        account.ec2()
                                .createSecurityGroup(
                                        r -> r.groupName("controller").description("x"))
                                .join()
                                .groupId());
        access.open(state, accessContext).block(SOON);
        TemporaryStack.in(account)
                .named("bootstrap")
                .template("{Resources: {Key: {Type: AWS::EC2::KeyPair, Properties: {KeyName: bootstrap}}}}")
                .pollEvery(POLL)
                .open(state, stackContext)
                .block(SOON);

        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
        assertThat(TemporaryIngress.sweep(account).collectList().block(SOON)).isEmpty();
        assertThat(TemporaryStack.sweep(account).collectList().block(SOON)).isEmpty();
        assertThat(TemporaryIngress.sweep(account, late).collectList().block(SOON))
                .isEqualTo(accessContext.made());
        assertThat(TemporaryStack.sweep(account, late).collectList().block(SOON))
                .isEqualTo(stackContext.made());
        assertThat(rules(state.get(GROUP))).isEmpty();
        assertThat(account.cloudFormation().describeStacks().join().stacks()).isEmpty();
    }

    @Test
    void aStackOfAnotherRunIsRefusedAndLeftAsItIs() {
        State input = State.of(VPC_CIDR, Cidr.of("10.1.0.0/16"));
        stack.run(input, stackContext).block(SOON);
        TestContext other = TestContext.at("fednet/create-new-vpc").withRunId("run-2");
        assertThatThrownBy(() -> stack.run(input, other).block(SOON))
                .hasMessage(
                        "stack orders-vpc exists already in account-a/eu-central-1 (CREATE_COMPLETE, made by"
                                + " fednet/create-new-vpc of run run-1); it is left as it is: delete it or choose another name, or permit updating()")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        stack.undo(input, Found.absent(), other).block(SOON);
        assertThat(stack.reconcile(input, stackContext).block(SOON)).isInstanceOf(Found.Done.class);
    }

    private List<Route> routes(Outputs made) {
        return account.ec2().describeRouteTables(r -> r.routeTableIds(made.get(TABLE))).join().routeTables().stream()
                .flatMap(table -> table.routes().stream())
                .filter(each -> "10.0.0.0/16".equals(each.destinationCidrBlock()))
                .toList();
    }

    private List<SecurityGroupRule> rules(Outputs made) {
        return rules(made.get(GROUP));
    }

    private List<SecurityGroupRule> rules(String group) {
        return account.ec2().describeSecurityGroupRules(r -> {}).join().securityGroupRules().stream()
                .filter(rule -> rule.groupId().equals(group) && !rule.isEgress())
                .toList();
    }
}
