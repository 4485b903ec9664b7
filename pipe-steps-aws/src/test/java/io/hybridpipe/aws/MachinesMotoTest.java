// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.ec2.AllocateAddress;
import io.hybridpipe.aws.ec2.AwaitVisible;
import io.hybridpipe.aws.ec2.CreateNetworkInterface;
import io.hybridpipe.aws.ec2.LaunchController;
import io.hybridpipe.aws.ec2.LaunchedController;
import io.hybridpipe.net.Ip;
import io.hybridpipe.test.TestContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Reservation;

/** The machine steps on an AWS emulator that nobody here wrote. */
@Tag("moto")
@ResourceLock("moto")
class MachinesMotoTest {
    private static final String AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    private static final Key<LaunchedController> CONTROLLER = Key.of("controller", LaunchedController.class);
    private static final Key<String> ENI = Key.of("eni", String.class);
    private static final Key<String> ALLOCATION = Key.of("allocation", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);

    private final TestContext context = TestContext.at("orders/launch").withRunId("run-1");
    private final TestContext interfaceContext =
            TestContext.at("orders/interface").withRunId("run-1");
    private final TestContext addressContext = TestContext.at("orders/address").withRunId("run-1");
    private AwsAccount account;
    private Ec2AsyncClient ec2;
    private String subnet;
    private String group;

    @BeforeEach
    void start() throws Exception {
        account = Moto.account();
        ec2 = account.ec2();
        String vpc = ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();
        subnet = ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.1.0/24"))
                .join()
                .subnet()
                .subnetId();
        group = ec2.createSecurityGroup(
                        r -> r.vpcId(vpc).groupName("controller").description("controller"))
                .join()
                .groupId();
        String gateway = ec2.createInternetGateway().join().internetGateway().internetGatewayId();
        ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)).join();
    }

    @AfterEach
    void stop() {
        if (account != null) {
            account.close();
        }
    }

    @Test
    void aControllerIsLaunchedFoundAgainAndTakenBack() {
        LaunchController step = LaunchController.in(account)
                .imageParameter(AMAZON_LINUX)
                .instanceType("t3.medium")
                .subnet(subnet)
                .group(group)
                .privateIp(Ip.of("10.1.1.77"))
                .name("controller")
                .into(CONTROLLER)
                .pollEvery(POLL);
        step.preflight(State.empty(), context).block(SOON);
        assertThat(instances()).isZero();
        Outputs outputs = step.run(State.empty(), context).block(SOON);
        LaunchedController made = outputs.get(CONTROLLER);
        assertThat(made.privateIp()).isEqualTo(Ip.of("10.1.1.77"));
        assertThat(ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(made.networkInterface()))
                        .join()
                        .networkInterfaces()
                        .get(0))
                .satisfies(card -> assertThat(card.sourceDestCheck()).isFalse())
                .satisfies(card -> assertThat(card.association().publicIp())
                        .isEqualTo(made.publicIp().toString()));
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.done(outputs));
        assertThat(step.run(State.empty(), context).block(SOON)).isEqualTo(outputs);
        AwaitVisible.in(account)
                .id(made.instance())
                .id(made.networkInterface())
                .id(made.allocation())
                .pollEvery(POLL)
                .run(State.empty(), context)
                .block(SOON);

        step.undo(State.empty(), Found.done(outputs), context).block(SOON);
        step.undo(State.empty(), Found.done(outputs), context).block(SOON);
        assertThat(instances()).isZero();
        assertThat(ec2.describeAddresses().join().addresses()).isEmpty();
        assertThat(ec2.describeNetworkInterfaces().join().networkInterfaces()).isEmpty();
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        assertThat(context.made()).isEmpty();
    }

    @Test
    void anInterfaceAndAnAddressOutliveTheControllerThatIsLaunchedWithThem() {
        CreateNetworkInterface card = card();
        Outputs withCard = card.run(State.empty(), interfaceContext).block(SOON);
        State state = State.of(ENI, withCard.get(ENI));
        AllocateAddress address = AllocateAddress.in(account)
                .toInterface(ENI)
                .into(ALLOCATION, ADDRESS)
                .pollEvery(POLL);
        Outputs withAddress = address.run(state, addressContext).block(SOON);
        State both = state.with(ALLOCATION, withAddress.get(ALLOCATION));
        LaunchController step = LaunchController.in(account)
                .imageParameter(AMAZON_LINUX)
                .instanceType("t3.medium")
                .networkInterface(ENI)
                .address(ALLOCATION)
                .into(CONTROLLER)
                .pollEvery(POLL);
        LaunchedController made = step.run(both, context).block(SOON).get(CONTROLLER);
        assertThat(made.publicIp()).isEqualTo(withAddress.get(ADDRESS));
        assertThat(made.networkInterface()).isEqualTo(withCard.get(ENI));

        step.undo(both, Found.absent(), context).block(SOON);
        assertThat(instances()).isZero();
        assertThat(card.reconcile(State.empty(), interfaceContext).block(SOON)).isEqualTo(Found.done(withCard));
        assertThat(address.reconcile(state, addressContext).block(SOON)).isEqualTo(Found.done(withAddress));
        // the interface's end is for another test: here it stays attached to an instance that is terminated
        address.undo(state, Found.absent(), addressContext).block(SOON);
        assertThat(ec2.describeAddresses().join().addresses()).isEmpty();
    }

    @Test
    void anInterfaceIsMadeFoundAgainAndTakenBack() {
        CreateNetworkInterface card = card();
        Outputs outputs = card.run(State.empty(), interfaceContext).block(SOON);
        assertThat(card.reconcile(State.empty(), interfaceContext).block(SOON)).isEqualTo(Found.done(outputs));
        card.undo(State.empty(), Found.done(outputs), interfaceContext).block(SOON);
        card.undo(State.empty(), Found.done(outputs), interfaceContext).block(SOON);
        assertThat(ec2.describeNetworkInterfaces().join().networkInterfaces()).isEmpty();
    }

    private CreateNetworkInterface card() {
        return CreateNetworkInterface.in(account)
                .subnet(subnet)
                .group(group)
                .sourceDestCheck(false)
                .into(ENI)
                .pollEvery(POLL);
    }

    private long instances() {
        return ec2.describeInstances().join().reservations().stream()
                .map(Reservation::instances)
                .flatMap(all -> all.stream().map(Instance::state))
                .filter(state -> !state.nameAsString().equals("terminated"))
                .count();
    }
}
