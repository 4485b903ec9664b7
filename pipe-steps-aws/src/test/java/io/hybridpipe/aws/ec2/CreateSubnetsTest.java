// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.NetworkConfig;
import io.hybridpipe.net.SubnetRequest;
import io.hybridpipe.retry.FailureClass;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Subnet;

class CreateSubnetsTest extends OnNetwork {
    private static final Key<AwsSubnets> SUBNETS = Key.of("subnets", AwsSubnets.class);
    private static final NetworkConfig CONFIG = NetworkConfig.of("orders", Cidr.of("10.1.128.0/17"))
            .withSubnet(SubnetRequest.of("app", 24))
            .withSubnet(SubnetRequest.of("data", 25))
            .withSubnet(SubnetRequest.of("edge", 26))
            .withSubnet(SubnetRequest.of("more", 28));

    @Override
    CreateSubnets step() {
        return CreateSubnets.in(aws.account())
                .vpc(network.vpc())
                .subnets(Input.value(CONFIG.allocate()))
                .into(SUBNETS)
                .pollEvery(POLL);
    }

    @Test
    void theSubnetsOfAConfigAreSpreadOverTheZonesInTheirOrder() {
        AwsSubnets made = run(step()).get(SUBNETS);
        assertThat(made.all())
                .extracting(AwsSubnet::name, AwsSubnet::cidr, AwsSubnet::zone)
                .containsExactly(
                        tuple("app", Cidr.of("10.1.128.0/24"), "eu-central-1a"),
                        tuple("data", Cidr.of("10.1.129.0/25"), "eu-central-1b"),
                        tuple("edge", Cidr.of("10.1.129.128/26"), "eu-central-1c"),
                        tuple("more", Cidr.of("10.1.129.192/28"), "eu-central-1a"));
        Subnet data = subnet(made.named("data").id());
        assertThat(data.cidrBlock()).isEqualTo("10.1.129.0/25");
        assertThat(data.mapPublicIpOnLaunch()).isFalse();
        assertOwn(data.tags(), tag("Name", "data"));
        assertThat(context.made()).extracting(resource -> resource.id()).containsExactlyElementsOf(made.ids());
    }

    @Test
    void zonesAndPublicAddressesAreAsGiven() {
        Step inTwo = step().zones("eu-central-1c", "eu-central-1b").publicIps();
        List<AwsSubnet> made = run(inTwo).get(SUBNETS).all();
        assertThat(made)
                .extracting(AwsSubnet::zone)
                .containsExactly("eu-central-1c", "eu-central-1b", "eu-central-1c", "eu-central-1b");
        assertThat(made).allMatch(each -> subnet(each.id()).mapPublicIpOnLaunch());
        assertThat(calls("DescribeAvailabilityZones")).isEmpty();
    }

    @Test
    void whatALostAnswerMadeIsGoneOnWithAndOnlyTheRestIsMade() {
        aws.faults().on("CreateSubnet").nth(2).dropAfter();
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile(step(), context))
                .isInstanceOfSatisfying(Found.Partly.class, partly -> assertThat(partly.detail())
                        .endsWith(": 2 of 4 subnets are ready"));
        AwsSubnets made = run(step()).get(SUBNETS);
        assertThat(calls("CreateSubnet")).hasSize(4);
        assertThat(reconcile(step(), context)).isEqualTo(Found.done(Outputs.of(SUBNETS, made)));
    }

    @Test
    void aBlockThatIsTakenIsRefusedWithTheNameOfWhoHasIt() {
        CreateSubnets theirs = CreateSubnets.in(aws.account())
                .vpc(network.vpc())
                .blocks(Cidr.of("10.1.129.0/24"))
                .pollEvery(POLL);
        theirs.run(State.empty(), otherRun).block(SOON);
        String there = otherRun.made().get(0).id();
        assertThat(failure(step().run(State.empty(), context)))
                .hasMessageStartingWith("CreateSubnet 10.1.129.0/25 in " + network.vpc()
                        + " in account-a/eu-central-1: InvalidSubnet.Conflict: ")
                .hasMessageEndingWith(
                        "; in the way, and left as it is: " + there + " (made by orders/there of run run-2)");
        undo(step(), context);
        assertThat(aws.inventory().ids("subnet")).isEqualTo(Set.of(network.subnet(), there));
    }

    @Test
    void overlappingBlocksAreRefusedBeforeAnythingIsCalled() {
        CreateSubnets overlapping = step().blocks(Cidr.of("10.1.2.0/23"), Cidr.of("10.1.3.0/24"));
        assertThat(failure(overlapping.preflight(State.empty(), context)))
                .hasMessage("subnet '10.1.3.0/24', 10.1.3.0/24, overlaps subnet '10.1.2.0/23', 10.1.2.0/23;"
                        + " nothing is made");
        CreateSubnets twice = step().blocks(Cidr.of("10.1.2.0/24"), Cidr.of("10.1.2.0/24"));
        assertThat(failure(twice.preflight(State.empty(), context))).hasMessage("the block 10.1.2.0/24 is there twice");
        assertThat(calls("CreateSubnet")).isEmpty();
    }

    @Test
    void aZoneThatIsNotThereIsRefusedBeforeTheRun() {
        assertThat(failure(step().zones("eu-central-1a", "eu-central-1x").preflight(State.empty(), context)))
                .hasMessage("of the zones [eu-central-1a, eu-central-1x] only [eu-central-1a] are available in"
                        + " account-a/eu-central-1, which has [eu-central-1a, eu-central-1b, eu-central-1c]");
        step().zones("eu-central-1a").preflight(State.empty(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void anEmptyListOfZonesIsRefusedBeforeAnythingIsCalled() {
        assertThatThrownBy(() -> step().zones())
                .hasMessage("no zones are named; leave out zones(..) to use all that are available");
        CreateSubnets nowhere = step().zones(Input.value(List.of()));
        assertThat(failure(nowhere.preflight(State.empty(), context)))
                .hasMessage("the list of zones is empty; leave out zones(..) to use all that are available");
        assertThat(failure(nowhere.run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(calls("CreateSubnet")).isEmpty();
    }

    @Test
    void undoTakesAwayWhatIsNotListedByItsTagsYet() {
        run(step());
        String late = context.made().get(0).id();
        ec2.deleteTags(r -> r.resources(late)).join();
        undo(step(), context.afterwards());
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void undoTakesAwayItsOwnAndNoOther() {
        run(step());
        undo(step(), otherRun);
        assertThat(aws.inventory().ids("subnet")).hasSize(5);
        undo(step(), context);
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(4);
    }

    private Subnet subnet(String id) {
        return ec2.describeSubnets(r -> r.subnetIds(id)).join().subnets().get(0);
    }
}
