// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class CreateNetworkInterfaceTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<String> ADDRESS_ID = Key.of("address-id", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    private static final String PUT = "Microsoft.Network/networkInterfaces/write";
    private static final String DELETE = "Microsoft.Network/networkInterfaces/delete";

    private static Cloud cloud;
    private static State state;
    private static CreateNetworkInterface step;

    private final TestContext context = TestContext.at("machine/card");

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
        Outputs hub = CreateVnet.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .location("westeurope")
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .into(HUB)
                .run(State.empty(), TestContext.at("machine/hub"))
                .block(SOON);
        state = State.of(HUB, hub.get(HUB));
        step = CreateNetworkInterface.in(cloud.account())
                .resourceGroup("fed")
                .named("controller-nic")
                .location("westeurope")
                .subnet(HUB.map(it -> it.subnet("controllers")))
                .into(CARD);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void forget() {
        cloud.faults().clear();
    }

    @AfterEach
    void takeBack() {
        step.undo(state, Found.absent(), context).block(SOON);
    }

    @TestFactory
    Stream<DynamicTest> getsOverWhatHappens() {
        return new OwnTrials(cloud, step, state, "network interface fed/controller-nic", PUT).all();
    }

    @Test
    void azureChoosesItsAddressUnlessOneIsGiven() {
        AzureInterface card = step.run(state, context).block(SOON).get(CARD);
        NetworkInterfaceInner there = card();

        assertThat(card).isEqualTo(new AzureInterface(there.id(), Ip.of("10.2.0.4")));
        assertThat(there.ipConfigurations()).singleElement().satisfies(only -> {
            assertThat(only.privateIpAllocationMethod()).hasToString("Dynamic");
            assertThat(only.subnet().id()).isEqualTo(state.get(HUB).subnet("controllers"));
            assertThat(only.publicIpAddress()).isNull();
        });
        assertThat(there.enableIpForwarding()).isFalse();
        assertThat(there.enableAcceleratedNetworking()).isFalse();
        assertThat(there.tags()).isEqualTo(context.tags());
        assertThat(context.made()).singleElement().satisfies(made -> assertThat(made.show())
                .isEqualTo("az network nic show --ids " + there.id()));
    }

    @Test
    void itForwardsBehindAPublicAddressAndASecurityGroupWhenToldTo() {
        TestContext front = TestContext.at("machine/address");
        CreatePublicAddress address = CreatePublicAddress.in(cloud.account())
                .resourceGroup("fed")
                .named("front")
                .location("westeurope")
                .into(ADDRESS_ID, ADDRESS);
        State more =
                state.with(ADDRESS_ID, address.run(state, front).block(SOON).get(ADDRESS_ID));
        String doors = cloud.network()
                .getNetworkSecurityGroups()
                .getByResourceGroupAsync("fed", "doors")
                .block(SOON)
                .id();

        AzureInterface card = step.privateIp(Ip.of("10.2.0.10"))
                .publicAddress(ADDRESS_ID)
                .securityGroup(doors)
                .forwardingIp()
                .acceleratedNetworking()
                .run(more, context)
                .block(SOON)
                .get(CARD);
        NetworkInterfaceInner there = card();

        assertThat(card.privateIp()).hasToString("10.2.0.10");
        assertThat(there.enableIpForwarding()).isTrue();
        assertThat(there.enableAcceleratedNetworking()).isTrue();
        assertThat(there.networkSecurityGroup().id()).isEqualTo(doors);
        assertThat(there.ipConfigurations()).singleElement().satisfies(only -> {
            assertThat(only.privateIpAllocationMethod()).hasToString("Static");
            assertThat(only.publicIpAddress().id()).isEqualTo(more.get(ADDRESS_ID));
        });

        assertThat(Cloud.classOf(address.undo(more, Found.absent(), front)))
                .as("the address is in use")
                .isEqualTo(FailureClass.TRANSIENT);
        step.undo(more, Found.absent(), context).block(SOON);
        address.undo(more, Found.absent(), front).block(SOON);
    }

    @Test
    void anInterfaceThatItsMachineStillHasIsDeletedLater() {
        step.run(state, context).block(SOON);
        cloud.faults().on(DELETE).error("NicReservedForAnotherVm", "it is reserved for 180 seconds");

        assertThat(Cloud.failureOf(step.undo(state, Found.absent(), context)))
                .hasMessageStartingWith("delete network interface fed/controller-nic: NicReservedForAnotherVm")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.THROTTLED);
        assertThat(context.made()).hasSize(1);
    }

    @Test
    void anAddressOutsideTheSubnetIsPermanentAndSaysWhy() {
        assertThat(Cloud.failureOf(step.privateIp(Ip.of("10.3.0.10")).run(state, context)))
                .hasMessageStartingWith("make network interface fed/controller-nic: PrivateIPAddressNotInSubnet: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aSubnetThatIsNotThereIsPermanentAndNamed() {
        String nowhere = state.get(HUB).id() + "/subnets/nowhere";

        assertThat(Cloud.failureOf(step.subnet(nowhere).run(state, context)))
                .hasMessageContaining("InvalidResourceReference")
                .hasMessageContaining(nowhere)
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> CreateNetworkInterface.in(cloud.account())
                        .resourceGroup("fed")
                        .named("card")
                        .location("westeurope")
                        .contract())
                .hasMessage("CreateNetworkInterface: call subnet(..)");
    }

    private static NetworkInterfaceInner card() {
        return cloud.network()
                .getNetworkInterfaces()
                .getByResourceGroupAsync("fed", "controller-nic")
                .block(SOON);
    }
}
