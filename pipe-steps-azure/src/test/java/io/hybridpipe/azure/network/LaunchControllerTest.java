// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.compute.fluent.VirtualMachinesClient;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.DiskDeleteOptionTypes;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.TypeRef;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
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
class LaunchControllerTest {
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<String> ADDRESS_ID = Key.of("address-id", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final Key<AzureInterface> CARD = Key.of("card", AzureInterface.class);
    private static final Key<AzureController> CONTROLLER = Key.of("controller", AzureController.class);
    private static final Key<Secret<String>> PASSWORD = Key.of("password", new TypeRef<Secret<String>>() {});
    private static final String PUT = "Microsoft.Compute/virtualMachines/write";
    private static final String GET = "Microsoft.Compute/virtualMachines/read";
    private static final String PUBLIC_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKhH1lPBFOE85WrJuDDEYOz9QlEJk+TsDJ4MfdM71Zdt operator";

    private static Cloud cloud;
    private static State state;
    private static String second;
    private static LaunchController step;

    private final TestContext context = TestContext.at("machine/controller");

    @BeforeAll
    static void start() throws Exception {
        cloud = new Cloud();
        state = State.empty();
        Outputs hub = CreateVnet.in(cloud.account())
                .resourceGroup("fed")
                .named("hub")
                .location("westeurope")
                .space(Cidr.of("10.2.0.0/16"))
                .subnet("controllers", Cidr.of("10.2.0.0/24"))
                .into(HUB)
                .run(state, TestContext.at("machine/hub"))
                .block(SOON);
        state = state.with(HUB, hub.get(HUB));
        Outputs address = CreatePublicAddress.in(cloud.account())
                .resourceGroup("fed")
                .named("front")
                .location("westeurope")
                .into(ADDRESS_ID, ADDRESS)
                .run(state, TestContext.at("machine/address"))
                .block(SOON);
        state = state.with(ADDRESS_ID, address.get(ADDRESS_ID)).with(ADDRESS, address.get(ADDRESS));
        state = state.with(CARD, card("nic-1", Optional.of(state.get(ADDRESS_ID))));
        second = card("nic-2", Optional.empty()).id();
        step = LaunchController.in(cloud.account())
                .resourceGroup("fed")
                .named("controller")
                .location("westeurope")
                .size("Standard_B2s")
                .marketplace("canonical", "ubuntu-24_04-lts", "server", "latest")
                .networkInterface(CARD.map(AzureInterface::id))
                .adminKey("operator", PUBLIC_KEY)
                .into(CONTROLLER);
    }

    private static AzureInterface card(String name, Optional<String> address) {
        CreateNetworkInterface card = CreateNetworkInterface.in(cloud.account())
                .resourceGroup("fed")
                .named(name)
                .location("westeurope")
                .subnet(HUB.map(it -> it.subnet("controllers")))
                .forwardingIp()
                .into(CARD);
        return address.map(card::publicAddress)
                .orElse(card)
                .run(state, TestContext.at("machine/" + name))
                .block(SOON)
                .get(CARD);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void forget() {
        cloud.faults().clear();
        cloud.calls().clear();
    }

    @AfterEach
    void takeBack() {
        cloud.faults().clear();
        step.undo(state, Found.absent(), context).block(SOON);
    }

    @TestFactory
    Stream<DynamicTest> getsOverWhatHappens() {
        return new OwnTrials(cloud, step, state, "virtual machine fed/controller", PUT).all();
    }

    @Test
    void theMachineRunsWithItsInterfacesAndItsOwnDisk() {
        AzureController made = step.networkInterface(second)
                .zone("1")
                .diskType("Premium_LRS")
                .diskSizeGb(64)
                .run(state, context)
                .block(SOON)
                .get(CONTROLLER);
        VirtualMachineInner there = machine();

        AzureInterface card = state.get(CARD);
        assertThat(made)
                .isEqualTo(
                        new AzureController(there.id(), card.id(), card.privateIp(), Optional.of(state.get(ADDRESS))));
        assertThat(there.tags()).isEqualTo(context.tags());
        assertThat(there.zones()).containsExactly("1");
        assertThat(there.hardwareProfile().vmSize()).hasToString("Standard_B2s");
        assertThat(there.networkProfile().networkInterfaces())
                .satisfiesExactly(
                        first -> {
                            assertThat(first.id()).isEqualTo(card.id());
                            assertThat(first.primary()).isTrue();
                            assertThat(first.deleteOption()).hasToString("Detach");
                        },
                        other -> {
                            assertThat(other.id()).isEqualTo(second);
                            assertThat(other.primary()).isFalse();
                        });
        assertThat(there.storageProfile().osDisk()).satisfies(disk -> {
            assertThat(disk.name()).isEqualTo("os-" + context.token());
            assertThat(disk.deleteOption()).hasToString("Delete");
            assertThat(disk.managedDisk().storageAccountType()).hasToString("Premium_LRS");
            assertThat(disk.diskSizeGB()).isEqualTo(64);
        });
        assertThat(there.diagnosticsProfile().bootDiagnostics().enabled()).isFalse();
        assertThat(context.made()).singleElement().satisfies(resource -> assertThat(resource.show())
                .isEqualTo("az vm show --ids " + there.id()));
        assertThat(context.progress())
                .extracting(TestContext.Progress::text)
                .containsExactly(
                        "virtual machine fed/controller is being provisioned",
                        "virtual machine fed/controller: ProvisioningState/succeeded, PowerState/running");
    }

    @Test
    void itsFirstUserHasAKeyOrAPasswordAndTheFirstBootIsToldWhatItNeeds() {
        State secret = state.with(PASSWORD, Secret.of("Correct-Horse-7"));
        step.customData("#cloud-config")
                .userData("role: controller")
                .run(secret, context)
                .block(SOON);
        assertThat(sent())
                .contains("\"adminUsername\":\"operator\"", "\"computerName\":\"controller\"")
                .contains("\"path\":\"/home/operator/.ssh/authorized_keys\"", PUBLIC_KEY)
                .contains("\"disablePasswordAuthentication\":true")
                .contains("\"customData\":\"I2Nsb3VkLWNvbmZpZw==\"")
                .contains("\"userData\":\"cm9sZTogY29udHJvbGxlcg==\"")
                .doesNotContain("adminPassword");
        step.undo(secret, Found.absent(), context).block(SOON);

        cloud.calls().clear();
        step.adminPassword(Input.value("operator"), PASSWORD)
                .run(secret, context)
                .block(SOON);
        assertThat(sent())
                .contains("\"adminPassword\":\"Correct-Horse-7\"", "\"disablePasswordAuthentication\":false")
                .doesNotContain("ssh-ed25519", "customData");
    }

    @Test
    void whatAMachineLeavesOfItsDiskIsSeenAndTakenAway() {
        String name = "os-" + context.token();
        step.run(state, context).block(SOON);
        VirtualMachineInner there = machine();
        there.storageProfile().osDisk().withDeleteOption(DiskDeleteOptionTypes.DETACH);
        VirtualMachinesClient machines = cloud.account().compute().getVirtualMachines();
        cloud.now(machines.createOrUpdateWithResponseAsync("fed", "controller", there, null, null));
        cloud.now(machines.deleteWithResponseAsync("fed", "controller", null));

        assertThat(step.reconcile(state, context).block(SOON))
                .isEqualTo(Found.partly("disk fed/" + name + " is there without its machine"));
        step.undo(state, Found.absent(), context).block(SOON);

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.absent());
        assertThat(context.gone()).extracting(resource -> resource.kind()).contains("Microsoft.Compute/disks");
    }

    @Test
    void aLackOfCapacityPassesAndAnImageThatNeverReportsDoesNot() {
        cloud.azure().failNextOperation(PUT, "AllocationFailed", "Allocation failed.");
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.TRANSIENT);
        step.undo(state, Found.absent(), context).block(SOON);

        cloud.azure()
                .failNextOperation(
                        PUT,
                        "OSProvisioningTimedOut",
                        "OS Provisioning for VM 'controller' did not finish in the allotted time.");
        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessageStartingWith(
                        "make virtual machine fed/controller: OSProvisioningTimedOut: OS Provisioning for"
                                + " VM 'controller' did not finish in the allotted time. (federation,")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatTheInstanceViewSaysOfAFailureIsTheReason() {
        step.run(state, context).block(SOON);
        // the first look finds the machine of the earlier attempt, the second one waits for it
        cloud.faults().on(GET).nth(2).answer(SimResponse.json(200, """
                        {"name": "controller", "properties": {"provisioningState": "Succeeded", "instanceView": {"statuses": [
                          {"code": "ProvisioningState/failed/OSProvisioningClientError", "level": "Error",
                           "displayStatus": "Provisioning failed", "message": "SSH host key\\n generation failed."}]}}}"""));

        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessageStartingWith("launch virtual machine fed/controller: OSProvisioningClientError: SSH host key"
                        + " generation failed. (federation,")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aMachineThatDoesNotRunInTimeIsPermanentAndSaysHowItIs() {
        step.run(state, context).block(SOON);
        cloud.now(
                cloud.account().compute().getVirtualMachines().deallocateWithResponseAsync("fed", "controller", null));

        assertThat(Cloud.failureOf(step.runningWithin(Duration.ofSeconds(2)).run(state, context)))
                .hasMessageStartingWith("launch virtual machine fed/controller: it does not run within PT2S:"
                        + " ProvisioningState/succeeded, PowerState/deallocated (federation,")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(step.reconcile(state, context).block(SOON))
                .isEqualTo(Found.partly("virtual machine fed/controller does not run: ProvisioningState/succeeded,"
                        + " PowerState/deallocated"));
    }

    @Test
    void aLookInTheMidstOfABootWaitsUntilTheMachineRuns() {
        AzureController made = step.run(state, context).block(SOON).get(CONTROLLER);
        cloud.calls().clear();
        cloud.faults().on(GET).times(3).answer(starting());

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(Outputs.of(CONTROLLER, made)));
        assertThat(cloud.calls().of(GET)).hasSize(4);
    }

    @Test
    void aMachineThatIsStartingForTooLongIsThereInPart() {
        step.run(state, context).block(SOON);
        cloud.faults().on(GET).times(10_000).answer(starting());

        assertThat(step.runningWithin(Duration.ofSeconds(2))
                        .reconcile(state, context)
                        .block(SOON))
                .isEqualTo(Found.partly("virtual machine fed/controller does not run: ProvisioningState/succeeded,"
                        + " PowerState/starting"));
    }

    /** The step's machine on its way up. */
    private SimResponse starting() {
        String tags = context.tags().entrySet().stream()
                .map(tag -> "\"" + tag.getKey() + "\": \"" + tag.getValue() + "\"")
                .collect(Collectors.joining(", "));
        return SimResponse.json(200, """
                {"name": "controller", "tags": {%s}, "properties": {"provisioningState": "Succeeded", "instanceView": {
                  "statuses": [{"code": "ProvisioningState/succeeded"}, {"code": "PowerState/starting"}]}}}""".formatted(tags));
    }

    @Test
    void anInterfaceOfAnotherMachineIsPermanentAndBothAreNamed() {
        step.run(state, context).block(SOON);
        TestContext other = TestContext.at("machine/other");

        StepFailure failure = Cloud.failureOf(step.named("other").run(state, other));

        assertThat(failure)
                .hasMessageStartingWith("launch virtual machine fed/other: network interface "
                        + state.get(CARD).id() + " belongs to " + machine().id());
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(other.mutations()).isZero();
    }

    @Test
    void anInterfaceThatIsNotThereIsPermanentAndNamed() {
        String nowhere = state.get(CARD).id() + "-not";

        assertThat(Cloud.failureOf(step.networkInterface(nowhere).run(state, context)))
                .hasMessageStartingWith(
                        "launch virtual machine fed/controller: there is no network interface " + nowhere)
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void whatItLeftBehindIsFreeAgain() {
        step.run(state, context).block(SOON);
        step.undo(state, Found.absent(), context).block(SOON);

        NetworkInterfaceInner card = cloud.network()
                .getNetworkInterfaces()
                .getByResourceGroupAsync("fed", "nic-1")
                .block(SOON);
        assertThat(card.virtualMachine()).isNull();
        assertThat(cloud.inventory().keySet()).noneMatch(id -> id.contains("/Microsoft.Compute/"));
    }

    @Test
    void anImageThatIsNotThereIsRefusedBeforeTheRun() {
        String image = "/subscriptions/" + cloud.azure().subscription()
                + "/resourceGroups/images/providers/Microsoft.Compute/images/vns3";
        cloud.faults()
                .on(call -> call.request().path().endsWith("/images/vns3"))
                .answer(SimResponse.json(404, """
                        {"error": {"code": "ResourceNotFound", "message": "not found"}}"""));
        assertThat(Cloud.failureOf(step.imageId(image).preflight(state, context)))
                .hasMessageStartingWith("there is no image " + image)
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);

        cloud.faults()
                .on(call -> call.request().path().endsWith("/images/vns3"))
                .answer(SimResponse.json(200, "{\"name\": \"vns3\"}"));
        step.imageId(image).preflight(state, context).block(SOON);
        assertThat(cloud.calls().changing()).isEmpty();
    }

    @Test
    void whatIsMissingInTheDescriptionIsNamedWhenThePipeIsBuilt() {
        LaunchController bare = LaunchController.in(cloud.account())
                .resourceGroup("fed")
                .named("controller")
                .location("westeurope")
                .size("Standard_B2s");
        assertThatThrownBy(bare::contract).hasMessage("LaunchController: call networkInterface(..)");
        LaunchController wired = bare.networkInterface(second);
        assertThatThrownBy(wired::contract).hasMessage("LaunchController: call imageId(..) or marketplace(..)");
        LaunchController whole = wired.imageId("/sharedGalleries/appliances/images/vns3/versions/6.1.2");
        assertThatThrownBy(() -> whole.acceptingTerms().contract())
                .hasMessage("LaunchController: acceptingTerms() needs plan(..)");
        assertThatThrownBy(() -> whole.customData("#cloud-config").contract())
                .hasMessage("LaunchController: customData(..) needs adminKey(..) or adminPassword(..)");
        assertThat(whole.contract().reads()).isEmpty();
    }

    private static VirtualMachineInner machine() {
        return cloud.account()
                .compute()
                .getVirtualMachines()
                .getByResourceGroupAsync("fed", "controller")
                .block(SOON);
    }

    /** The body of the one call that made a machine. */
    private static String sent() {
        return cloud.calls().of(PUT).get(0).request().body();
    }
}
