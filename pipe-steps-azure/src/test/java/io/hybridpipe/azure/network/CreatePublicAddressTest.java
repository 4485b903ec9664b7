// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class CreatePublicAddressTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> ID = Key.of("address-id", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final State STATE = State.of(NAME, "controller");
    private static final String PUT = "Microsoft.Network/publicIPAddresses/write";

    private static Cloud cloud;
    private static CreatePublicAddress step;

    private final TestContext context = TestContext.at("machine/address");

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
        step = CreatePublicAddress.in(cloud.account())
                .resourceGroup("fed")
                .named(NAME)
                .location("westeurope")
                .into(ID, ADDRESS);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void forget() {
        cloud.faults().clear();
    }

    @TestFactory
    Stream<DynamicTest> getsOverWhatHappens() {
        return new OwnTrials(cloud, step, STATE, "public address fed/controller", PUT).all();
    }

    @Test
    void theAddressIsStaticAndOfTheStandardSku() {
        Outputs outputs =
                step.zone("1").dnsLabel("fed-controller").run(STATE, context).block(SOON);

        PublicIpAddressInner made = cloud.network()
                .getPublicIpAddresses()
                .getByResourceGroupAsync("fed", "controller")
                .block(SOON);
        assertThat(made.sku().name()).hasToString("Standard");
        assertThat(made.publicIpAllocationMethod()).hasToString("Static");
        assertThat(made.zones()).containsExactly("1");
        assertThat(made.dnsSettings().domainNameLabel()).isEqualTo("fed-controller");
        assertThat(made.tags()).isEqualTo(context.tags());
        assertThat(outputs.get(ID)).isEqualTo(made.id());
        assertThat(outputs.get(ADDRESS)).hasToString(made.ipAddress());
        assertThat(context.made()).singleElement().satisfies(resource -> assertThat(resource.show())
                .isEqualTo("az network public-ip show --ids " + made.id()));
        step.undo(STATE, Found.done(outputs), context).block(SOON);
    }

    @Test
    void anAddressThatIsStillInUseIsDeletedLater() {
        Outputs outputs = step.run(STATE, context).block(SOON);
        cloud.faults()
                .on("Microsoft.Network/publicIPAddresses/delete")
                .error("PublicIPAddressCannotBeDeleted", "it is still allocated to an interface");

        assertThat(Cloud.failureOf(step.undo(STATE, Found.done(outputs), context)))
                .hasMessageStartingWith("delete public address fed/controller: PublicIPAddressCannotBeDeleted")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(context.made()).hasSize(1);
        step.undo(STATE, Found.done(outputs), context).block(SOON);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void aMissingGroupIsPermanentAndNamed() {
        assertThat(Cloud.failureOf(step.resourceGroup("fedd").run(STATE, context)))
                .hasMessageStartingWith("make public address fedd/controller: ResourceGroupNotFound: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        assertThatThrownBy(() -> CreatePublicAddress.in(cloud.account())
                        .resourceGroup("fed")
                        .named(NAME)
                        .contract())
                .hasMessage("CreatePublicAddress: call location(..)");
    }
}
