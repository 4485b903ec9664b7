// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.ec2.PeerVpcs;
import io.hybridpipe.aws.ssm.SsmParameter;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.FetchNetworkConfig;
import io.hybridpipe.net.NetworkConfig;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** Over two accounts and regions of an AWS emulator that nobody here wrote, the second one in a role. */
@Tag("moto")
@ResourceLock("moto")
@Timeout(180)
class PeeringMotoTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String B = "444455556666";
    private static final Key<String> PEERING = Key.of("peering", String.class);
    private static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);

    private final TestContext context = TestContext.at("orders/peer").withRunId("run-1");
    private AwsAccount near;
    private AwsAccount far;

    @BeforeEach
    void start() throws Exception {
        near = Moto.account();
        far = near.assumeRole(RoleSession.of("arn:aws:iam::" + B + ":role/network", "fednet")
                        .withDuration(Duration.ofMinutes(15))
                        .withExternalId("of-our-customer")
                        .withTag("team", "network"))
                .named("account-b")
                .region("us-east-1");
    }

    @AfterEach
    void stop() {
        if (near != null) {
            far.close();
            near.close();
        }
    }

    @Test
    void aPeeringWithRoutesOnBothSidesIsMadeFoundAgainAndTakenBack() {
        assertThat(far.identity().block(SOON).account()).isEqualTo(B);
        Vpc here = vpc(near.ec2(), "10.1.0.0/16");
        Vpc there = vpc(far.ec2(), "10.2.0.0/16");
        PeerVpcs step = PeerVpcs.between(near, here.id)
                .and(far, there.id)
                .routeThere(Input.value(here.table), Input.value(Cidr.of("10.2.0.0/16")))
                .routeBack(Input.value(there.table), Input.value(Cidr.of("10.1.0.0/16")))
                .into(PEERING)
                .pollEvery(Duration.ofMillis(20));
        Outputs made = step.run(State.empty(), context).block(SOON);
        for (AwsAccount side : List.of(near, far)) {
            assertThat(peerings(side)).singleElement().satisfies(peering -> {
                assertThat(peering.vpcPeeringConnectionId()).isEqualTo(made.get(PEERING));
                assertThat(peering.status().codeAsString()).isEqualTo("active");
                assertThat(peering.tags()).hasSize(4);
            });
        }
        assertThat(routes(far, there)).contains(made.get(PEERING));
        assertThat(step.run(State.empty(), context).block(SOON)).isEqualTo(made);
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.done(made));

        step.undo(State.empty(), Found.done(made), context).block(SOON);
        step.undo(State.empty(), Found.done(made), context).block(SOON);
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        assertThat(routes(near, here)).doesNotContain(made.get(PEERING));
        assertThat(routes(far, there)).doesNotContain(made.get(PEERING));
        assertThat(context.made()).isEmpty();
    }

    @Test
    void aNetworkIsReadFromASecureString() {
        far.ssm()
                .putParameter(r -> r.name("/fednet/orders")
                        .value("{\"name\": \"orders\", \"cidr\": \"10.1.0.0/16\"}")
                        .type(ParameterType.SECURE_STRING))
                .join();
        FetchNetworkConfig fetch = FetchNetworkConfig.from(SsmParameter.in(far).named("/fednet/orders"))
                .into(NETWORK);
        assertThat(fetch.run(State.empty(), context).block(SOON).get(NETWORK).cidr())
                .isEqualTo(Cidr.of("10.1.0.0/16"));
    }

    private static List<VpcPeeringConnection> peerings(AwsAccount side) {
        return side.ec2().describeVpcPeeringConnections().join().vpcPeeringConnections();
    }

    private static List<String> routes(AwsAccount side, Vpc vpc) {
        return side
                .ec2()
                .describeRouteTables(r -> r.routeTableIds(vpc.table))
                .join()
                .routeTables()
                .get(0)
                .routes()
                .stream()
                .map(Route::vpcPeeringConnectionId)
                .toList();
    }

    private record Vpc(String id, String table) {}

    private static Vpc vpc(Ec2AsyncClient ec2, String block) {
        String id = ec2.createVpc(r -> r.cidrBlock(block)).join().vpc().vpcId();
        Filter inVpc = Filter.builder().name("vpc-id").values(id).build();
        String table = ec2.describeRouteTables(r -> r.filters(inVpc))
                .join()
                .routeTables()
                .get(0)
                .routeTableId();
        return new Vpc(id, table);
    }
}
