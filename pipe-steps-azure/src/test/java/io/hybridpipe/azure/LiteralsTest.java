// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeCheckException;
import io.hybridpipe.State;
import io.hybridpipe.azure.network.AddRoute;
import io.hybridpipe.azure.network.AllowInbound;
import io.hybridpipe.azure.network.CreateNetworkInterface;
import io.hybridpipe.azure.network.CreatePublicAddress;
import io.hybridpipe.azure.network.CreateRouteTable;
import io.hybridpipe.azure.network.CreateSecurityGroup;
import io.hybridpipe.azure.network.CreateVnet;
import io.hybridpipe.azure.network.InboundRule;
import io.hybridpipe.azure.network.LaunchController;
import io.hybridpipe.azure.network.PeerVnets;
import io.hybridpipe.azure.network.TemporarySecurityRule;
import io.hybridpipe.azure.resources.DeleteResource;
import io.hybridpipe.azure.resources.DeleteResourceGroup;
import io.hybridpipe.azure.resources.DeployTemplate;
import io.hybridpipe.azure.resources.EnsureResourceGroup;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written in a pipe itself is looked at when the pipe is built, before any call. */
class LiteralsTest {
    private static final String HERE = "00000000-0000-4000-8000-00000000aaaa";
    private static final AzureAccount ACCOUNT = AzureAccount.of(
            "federation",
            new AzureProfile(null, HERE, AzureEnvironment.AZURE),
            new HttpPipelineBuilder()
                    .httpClient(request -> {
                        throw new AssertionError("nothing is called");
                    })
                    .build());
    private static final String VNET = id("Microsoft.Network/virtualNetworks/hub");
    private static final String SUBNET = VNET + "/subnets/controllers";
    private static final String TABLE = id("Microsoft.Network/routeTables/routes");
    private static final Key<String> NAME = Key.of("name", String.class);

    static Stream<Arguments> wrongNames() {
        return Stream.of(
                wrong("EnsureResourceGroup: 'fed.'", () -> EnsureResourceGroup.in(ACCOUNT)
                        .named("fed.")),
                wrong("DeleteResourceGroup: 'a/b'", () -> DeleteResourceGroup.in(ACCOUNT)
                        .named("a/b")),
                wrong("DeployTemplate: 'a b'", () -> DeployTemplate.in(ACCOUNT).named("a b")),
                wrong("DeployTemplate: ''", () -> DeployTemplate.in(ACCOUNT).resourceGroup("")),
                wrong("CreateVnet: 'h'", () -> CreateVnet.in(ACCOUNT).named("h")),
                wrong("CreateVnet: 'fed#1'", () -> CreateVnet.in(ACCOUNT).resourceGroup("fed#1")),
                wrong("CreateVnet: '-a'", () -> CreateVnet.in(ACCOUNT).subnet("-a", Cidr.of("10.0.0.0/24"))),
                wrong("CreateRouteTable: 'routes-'", () -> CreateRouteTable.in(ACCOUNT)
                        .named("routes-")),
                wrong("CreateSecurityGroup: 'döors'", () -> CreateSecurityGroup.in(ACCOUNT)
                        .named("döors")),
                wrong("CreateSecurityGroup: 'in out'", () -> CreateSecurityGroup.in(ACCOUNT)
                        .inbound("in out", InboundRule.any().fromTag("Internet"))),
                wrong("CreatePublicAddress: '.'", () -> CreatePublicAddress.in(ACCOUNT)
                        .named(".")),
                wrong("CreatePublicAddress: 'Fed'", () -> CreatePublicAddress.in(ACCOUNT)
                        .dnsLabel("Fed")),
                wrong("CreateNetworkInterface: 'a,b'", () -> CreateNetworkInterface.in(ACCOUNT)
                        .named("a,b")),
                wrong("LaunchController: 'controller.'", () -> LaunchController.in(ACCOUNT)
                        .named("controller.")),
                wrong("AddRoute: 'to vpc'", () -> AddRoute.in(ACCOUNT).named("to vpc")),
                wrong("AddRoute: 'a?'", () -> AddRoute.in(ACCOUNT).table("a?")),
                wrong("AllowInbound: '_in'", () -> AllowInbound.in(ACCOUNT).named("_in")),
                wrong("AllowInbound: 'a/b'", () -> AllowInbound.in(ACCOUNT).securityGroup("a/b")),
                wrong("TemporarySecurityRule: ''", () -> TemporarySecurityRule.in(ACCOUNT)
                        .named("")),
                wrong("PeerVnets: 'a b'", () -> PeerVnets.between(ACCOUNT, VNET)
                        .and(ACCOUNT, NAME)
                        .named("a b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"t?x=1", "t#x", " t", "t%20", "a:b", "a*", "t\\u", ".", "..", "", "t\nu"})
    void anIdOfWhichAPartWouldMakeAnotherRequestIsRefusedInOneLine(String part) {
        for (String id : List.of(
                id("Microsoft.Network/routeTables/" + part),
                "/subscriptions/" + HERE + "/" + part + "/x" + id("Microsoft.Network/routeTables/t"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DeleteResource.in(ACCOUNT).id(id))
                    .withMessageStartingWith("DeleteResource: '/subscriptions/" + HERE + "/")
                    .withMessageEndingWith(
                            "' is not the id of a resource: '" + part.replace('\n', '\uFFFD') + "' cannot stand in it");
        }
    }

    @ParameterizedTest
    @MethodSource("wrongNames")
    void aNameThatAzureDoesNotTakeIsRefusedInOneLineThatSaysWhatItTakes(String where, Executable description) {
        assertThatIllegalArgumentException()
                .isThrownBy(description::execute)
                .withMessageMatching("\\Q" + where + "\\E cannot name a [a-zDNS ]+: a name has [^\n]+");
    }

    static Stream<Arguments> wrongIds() {
        return Stream.of(
                wrong(
                        "CreateNetworkInterface: 'controllers' is not the id of a subnet",
                        () -> CreateNetworkInterface.in(ACCOUNT).subnet("controllers")),
                wrong(
                        "CreateNetworkInterface: '" + SUBNET + "' is not the id of a security group",
                        () -> CreateNetworkInterface.in(ACCOUNT).securityGroup(SUBNET)),
                wrong(
                        "CreateNetworkInterface: '" + TABLE + "' is not the id of a public address",
                        () -> CreateNetworkInterface.in(ACCOUNT).publicAddress(TABLE)),
                wrong("CreateRouteTable: '" + VNET + "' is not the id of a subnet", () -> CreateRouteTable.in(ACCOUNT)
                        .associate(VNET)),
                wrong(
                        "CreateSecurityGroup: '" + VNET + "/subnets/' is not the id of a subnet",
                        () -> CreateSecurityGroup.in(ACCOUNT).associate(VNET + "/subnets/")),
                wrong(
                        "LaunchController: '" + TABLE + "' is not the id of a network interface",
                        () -> LaunchController.in(ACCOUNT).networkInterface(TABLE)),
                wrong("LaunchController: 'ubuntu' is not the id of an image", () -> LaunchController.in(ACCOUNT)
                        .imageId("ubuntu")),
                wrong("AddRoute: '" + VNET + "' is not the id of a route table", () -> AddRoute.in(ACCOUNT)
                        .tableId(VNET)),
                wrong("AllowInbound: 'doors' is not the id of a security group", () -> AllowInbound.in(ACCOUNT)
                        .securityGroupId("doors")),
                wrong(
                        "TemporarySecurityRule: 'doors' is not the id of a security group",
                        () -> TemporarySecurityRule.in(ACCOUNT).securityGroupId("doors")),
                wrong(
                        "PeerVnets: '" + SUBNET + "' is not the id of a virtual network",
                        () -> PeerVnets.between(ACCOUNT, SUBNET)),
                wrong("PeerVnets: 'spoke' is not the id of a virtual network", () -> PeerVnets.between(ACCOUNT, VNET)
                        .and(ACCOUNT, "spoke")),
                wrong("DeleteResource: 'old' is not the id of a resource", () -> DeleteResource.in(ACCOUNT)
                        .id("old")));
    }

    @ParameterizedTest
    @MethodSource("wrongIds")
    void anIdThatIsNoneOrOfAnotherTypeIsRefusedInOneLine(String message, Executable description) {
        assertThatIllegalArgumentException()
                .isThrownBy(description::execute)
                .withMessageStartingWith(message)
                .withMessageMatching("[^\n]+");
    }

    private static Arguments wrong(String message, Executable description) {
        return arguments(message, description);
    }

    @Test
    void anIdOfAnotherSubscriptionIsRefusedWhereTheAccountChangesWhatItNames() {
        String there = TABLE.replace("aaaa/", "bbbb/");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddRoute.in(ACCOUNT).tableId(there))
                .withMessage("AddRoute: '" + there + "' is not the id of a route table in " + ACCOUNT.where()
                        + ", which is like "
                        + id("Microsoft.Network/routeTables/NAME").replace("/fed/", "/GROUP/"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeleteResource.in(ACCOUNT).id(there))
                .withMessageContaining("is not in the subscription of the account");
        assertThatCode(() -> CreateNetworkInterface.in(ACCOUNT).subnet(SUBNET.replace("aaaa/", "bbbb/")))
                .doesNotThrowAnyException();
    }

    @Test
    void namesThatDifferInCaseOnlyAreTheSameName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CreateVnet.in(ACCOUNT)
                        .subnet("web", Cidr.of("10.0.0.0/24"))
                        .subnet("Web", Cidr.of("10.0.1.0/24")))
                .withMessage("CreateVnet: two subnets are named 'Web'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CreateSecurityGroup.in(ACCOUNT)
                        .inbound("in", InboundRule.any().fromTag("Internet"))
                        .inbound("IN", InboundRule.esp().fromTag("Internet")))
                .withMessage("CreateSecurityGroup: two rules are named 'IN'");
    }

    @Test
    void aLiteralThatIsComputedIsALiteral() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> CreateVnet.in(ACCOUNT).named(Input.value("the").map(the -> the + " hub")))
                .withMessageStartingWith("CreateVnet: 'the hub' cannot name a virtual network: ");
    }

    @Test
    void whatComesThroughAKeyIsRefusedByTheSameRuleBeforeAnyCall() {
        CreateVnet step = CreateVnet.in(ACCOUNT)
                .resourceGroup("fed")
                .named(NAME)
                .location("westeurope")
                .space(Cidr.of("10.0.0.0/16"));
        State state = State.of(NAME, "h");

        for (var call : Stream.of(
                        step.preflight(state, TestContext.at("hub/vnet")), step.run(state, TestContext.at("hub/vnet")))
                .toList()) {
            assertThatThrownBy(() -> call.then().block(Duration.ofSeconds(60)))
                    .isInstanceOf(StepFailure.class)
                    .hasMessage(
                            "CreateVnet: 'h' cannot name a virtual network: a name has 2 to 64 letters, digits and any of"
                                    + " -_., begins with a letter or digit and does not end with a dot or dash")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(step.contract().reads()).containsExactly(NAME);
    }

    @Test
    void subnetsThatDoNotFitAreAProblemOfThePipeOrRefusedBeforeAnyCall() {
        Key<Cidr> block = Key.of("block", Cidr.class);
        CreateVnet hub = CreateVnet.in(ACCOUNT)
                .resourceGroup("fed")
                .named("hub")
                .location("westeurope")
                .space(Cidr.of("10.1.0.0/16"))
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("a", Cidr.of("10.2.0.0/17"));

        assertThatThrownBy(hub.subnet("b", Cidr.of("10.3.0.0/24"))::contract)
                .hasMessage(
                        "CreateVnet: subnet 'b' (10.3.0.0/24) is not in the address space [10.1.0.0/16, 10.2.0.0/16]");
        assertThatThrownBy(hub.subnet("b", Cidr.of("10.2.1.0/24"))::contract)
                .hasMessage("CreateVnet: subnet 'b' (10.2.1.0/24) overlaps subnet 'a' (10.2.0.0/17)");
        CreateVnet keyed = hub.subnet("b", block);
        assertThat(keyed.contract().reads()).containsExactly(block);
        assertThatThrownBy(() -> keyed.preflight(State.of(block, Cidr.of("10.2.1.0/24")), TestContext.at("hub/vnet"))
                        .block(Duration.ofSeconds(60)))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("subnet 'b' (10.2.1.0/24) overlaps subnet 'a'");
    }

    @Test
    void whatIsWrongOnlyTogetherIsAProblemOfThePipe() {
        assertThatThrownBy(() -> Pipe.named("hub")
                        .step("peer", PeerVnets.between(ACCOUNT, VNET).and(ACCOUNT, VNET.toUpperCase(Locale.ROOT)))
                        .build())
                .isInstanceOfSatisfying(PipeCheckException.class, check -> assertThat(check.problems())
                        .singleElement()
                        .asString()
                        .startsWith("hub/peer: PeerVnets: peer ")
                        .endsWith(" with itself: give two virtual networks"));
    }

    private static String id(String resource) {
        return "/subscriptions/" + HERE + "/resourceGroups/fed/providers/" + resource;
    }
}
