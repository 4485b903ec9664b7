// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import io.hybridpipe.sim.azure.MachineEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of virtual machines, their disks and the terms of their images, over the wire. */
class MachinesTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure = SimAzure.builder()
            .clock(clock)
            .operationTime(OPERATION)
            .askingForTerms()
            .start();
    private final ArmClient arm = new ArmClient(azure);
    private final String vm = arm.compute("virtualMachines/m");
    private final String nic = arm.network("networkInterfaces/n");
    private final List<MachineEvent> events = new ArrayList<>();

    @BeforeEach
    void buildTheNetwork() {
        azure.onMachine(events::add);
        put(arm.group("rg"), "{'location':'eastus'}");
        put(
                arm.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':"
                        + "[{'name':'s','properties':{'addressPrefix':'10.2.1.0/24'}}]}}");
        put(nic, ArmClient.nic(arm.network("virtualNetworks/v/subnets/s")));
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void aMachineIsMadeRunsAndGoesAndSaysSo() {
        arm.put(vm, ArmClient.machine(nic, ""));
        assertThat(states()).containsExactly("ProvisioningState/creating", "PowerState/starting");
        assertThat(arm.get(vm).body().at("/properties/instanceView").isMissingNode())
                .isTrue();
        assertThat(events).isEmpty();

        clock.advance(OPERATION);
        assertThat(states()).containsExactly("ProvisioningState/succeeded", "PowerState/running");
        var expanded = arm.get(vm + "?" + ArmClient.VERSION + "&$expand=instanceView");
        assertThat(expanded.body()
                        .at("/properties/instanceView/statuses/1/displayStatus")
                        .asText())
                .isEqualTo("VM running");
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo(Kind.RUNNING);
            assertThat(event.machine()).isEqualTo(vm);
            assertThat(event.image()).isEqualTo("cohesive:vns3:vns3-byol:latest");
            assertThat(event.port()).isEqualTo(nic);
            assertThat(event.privateAddress()).hasToString("10.2.1.4");
            assertThat(event.publicAddress()).isEmpty();
        });

        assertThat(arm.delete(vm).status()).isEqualTo(202);
        clock.advance(OPERATION);
        assertThat(arm.get(vm + "/instanceView").code()).isEqualTo("ResourceNotFound");
        assertThat(kinds()).containsExactly(Kind.RUNNING, Kind.GONE);
    }

    @ParameterizedTest
    @CsvSource({
        "powerOff, stopping, stopped",
        "deallocate, deallocating, deallocated",
        "restart, starting, running",
        "start, running, running"
    })
    void anActionIsAnOperationWithAPowerStateOfItsOwn(String action, String during, String after) {
        put(vm, ArmClient.machine(nic, ""));

        var accepted = act(action);

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Azure-AsyncOperation")).isPresent();
        assertThat(accepted.header("Location").orElseThrow()).contains("monitor=true");
        assertThat(states()).containsExactly("ProvisioningState/updating", "PowerState/" + during);
        assertThat(act("start").code()).isEqualTo("OperationNotAllowed");
        clock.advance(OPERATION);
        assertThat(states()).containsExactly("ProvisioningState/succeeded", "PowerState/" + after);
        assertThat(azure.calls().changing()).last().satisfies(call -> assertThat(call.action())
                .isEqualTo("Microsoft.Compute/virtualMachines/start/action"));
    }

    @Test
    void listenersHearOfStopsRestartsAndChangedAddresses() {
        put(
                arm.network("publicIPAddresses/p"),
                "{'location':'eastus','properties':{'publicIPAllocationMethod':'Static'}}");
        put(vm, ArmClient.machine(nic, ""));
        act("powerOff");
        clock.advance(OPERATION);
        assertThat(act("restart").code()).isEqualTo("OperationNotAllowed");
        act("start");
        clock.advance(OPERATION);
        put(
                nic,
                ArmClient.nic(arm.network("virtualNetworks/v/subnets/s"))
                        .replace(
                                "'subnet'",
                                "'publicIPAddress':{'id':'" + arm.network("publicIPAddresses/p") + "'},'subnet'"));
        act("restart");
        clock.advance(OPERATION);
        arm.delete(arm.group("rg"));
        clock.advance(OPERATION);

        assertThat(kinds())
                .containsExactly(
                        Kind.RUNNING,
                        Kind.STOPPED,
                        Kind.RUNNING,
                        Kind.ADDRESS_CHANGED,
                        Kind.STOPPED,
                        Kind.RUNNING,
                        Kind.GONE);
        assertThat(events.get(3).publicAddress()).isPresent();
    }

    @Test
    void aMachineThatFindsNoPlaceSaysWhyAndRunsAfterAnotherTry() {
        azure.failNextOperation(
                "Microsoft.Compute/virtualMachines/write", "AllocationFailed", "We do not have sufficient capacity.");
        var status = arm.put(vm, ArmClient.machine(nic, ""))
                .header("Azure-AsyncOperation")
                .orElseThrow();
        clock.advance(OPERATION);

        assertThat(arm.get(status).body().path("status").asText()).isEqualTo("Failed");
        assertThat(arm.get(vm).state()).isEqualTo("Failed");
        assertThat(states()).containsExactly("ProvisioningState/failed/AllocationFailed");
        assertThat(arm.delete(nic).code()).isEqualTo("NicInUse");
        assertThat(events).isEmpty();

        azure.failNextOperation(
                "Microsoft.Compute/virtualMachines/write", "AllocationFailed", "We do not have sufficient capacity.");
        put(vm, ArmClient.machine(nic, ""));
        assertThat(states()).containsExactly("ProvisioningState/failed/AllocationFailed");
        put(vm, ArmClient.machine(nic, ""));
        assertThat(states()).containsExactly("ProvisioningState/succeeded", "PowerState/running");
    }

    @Test
    void aDiskComesWithTheMachineAndStaysBehindUnlessToldToGo() {
        put(vm, ArmClient.machine(nic, ""));
        var id = arm.get(vm)
                .body()
                .at("/properties/storageProfile/osDisk/managedDisk/id")
                .asText();

        assertThat(id).startsWith(arm.compute("disks/m_OsDisk_1_"));
        assertThat(arm.get(id).body().path("managedBy").asText()).isEqualTo(vm);
        assertThat(arm.delete(id).code()).isEqualTo("OperationNotAllowed");
        assertThat(arm.get(arm.compute("disks")).body().at("/value")).hasSize(1);
        delete(vm);
        assertThat(arm.get(id).body().at("/properties/diskState").asText()).isEqualTo("Unattached");
        delete(id);

        put(vm, ArmClient.machine(nic, "").replace("'createOption'", "'deleteOption':'Delete','createOption'"));
        delete(vm);
        assertThat(arm.get(arm.compute("disks")).body().at("/value")).isEmpty();
        assertThat(arm.delete(nic).status()).isEqualTo(202);
    }

    @Test
    void anUpdateKeepsDiskAndIdentityAndCannotChangeTheImage() {
        put(vm, ArmClient.machine(nic, ""));
        var before = arm.get(vm).body().path("properties");

        var again = arm.put(vm, ArmClient.machine(nic, "").replace("'adminPassword':'Secret-123',", ""));
        clock.advance(OPERATION);

        assertThat(again.status()).isEqualTo(200);
        var after = arm.get(vm).body().path("properties");
        assertThat(after.path("vmId")).isEqualTo(before.path("vmId"));
        assertThat(after.path("storageProfile")).isEqualTo(before.path("storageProfile"));
        assertThat(arm.get(vm).response().body()).doesNotContain("Secret-123", "customData");
        var refused = arm.put(vm, ArmClient.machine(nic, "").replace("vns3-byol", "vns3-free"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("PropertyChangeNotAllowed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'name':'other','createOption':'FromImage'                          | osDisk.name
            'createOption':'Attach'                                            | osDisk.createOption
            'managedDisk':{'id':'DISKS/other'},'createOption':'FromImage'      | osDisk.managedDisk.id
            """)
    void theDiskOfAMachineThatIsThereCannotBeChanged(String disk, String property) {
        put(vm, ArmClient.machine(nic, ""));
        var before = arm.get(vm).body().at("/properties/storageProfile/osDisk");

        var refused = arm.put(
                vm,
                ArmClient.machine(nic, "")
                        .replace("'createOption':'FromImage'", disk.replace("DISKS", arm.compute("disks"))));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("PropertyChangeNotAllowed");
        assertThat(refused.message()).contains("'" + property + "'");
        assertThat(arm.get(vm).body().at("/properties/storageProfile/osDisk")).isEqualTo(before);
    }

    @Test
    void aMachineThatIsSentAsItIsShownStaysAsItIs() {
        put(vm, ArmClient.machine(nic, ""));
        var shown = arm.get(vm).body();

        put(vm, shown.toString());

        assertThat(arm.get(vm).body().at("/properties/storageProfile"))
                .isEqualTo(shown.at("/properties/storageProfile"));
    }

    @Test
    void aMachineOfAnAttachedDiskTakesNoUserAndASecretIsShownOfNone() {
        put(vm, ArmClient.machine(nic, ""));
        var disk = arm.get(vm)
                .body()
                .at("/properties/storageProfile/osDisk/managedDisk/id")
                .asText();
        delete(vm);
        var image = "'imageReference':{'publisher':'cohesive','offer':'vns3','sku':'vns3-byol','version':'latest'},";
        var attached = ArmClient.machine(nic, "")
                .replace(image, "")
                .replace("'createOption':'FromImage'", "'createOption':'Attach','managedDisk':{'id':'" + disk + "'}");

        var refused = arm.put(vm, attached);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("InvalidParameter");
        assertThat(refused.body().at("/error/target").asText()).isEqualTo("osProfile");
        put(
                vm,
                attached.replace(
                        "'osProfile':{'computerName':'m','adminUsername':'me','adminPassword':'Secret-123','customData':'aGk='},",
                        ""));
        delete(vm);
        delete(disk);
        put(
                vm,
                ArmClient.machine(nic, "")
                        .replace(image, "")
                        .replace("'createOption'", "'image':{'uri':'https://a.example/i.vhd'},'createOption'"));
        assertThat(arm.get(vm).response().body()).doesNotContain("Secret-123", "customData");
    }

    @Test
    void aPatchChangesWhatItNamesAndLeavesTheRest() {
        put(vm, ArmClient.machine(nic, ""));
        var image = arm.get(vm).body().at("/properties/storageProfile");

        var patched = arm.call("PATCH", vm, "{'properties':{'hardwareProfile':{'vmSize':'Standard_D2s_v5'}}}");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.header("Azure-AsyncOperation")).isPresent();
        assertThat(patched.state()).isEqualTo("Updating");
        clock.advance(OPERATION);
        var after = arm.get(vm).body();
        assertThat(after.at("/properties/hardwareProfile/vmSize").asText()).isEqualTo("Standard_D2s_v5");
        assertThat(after.at("/properties/storageProfile")).isEqualTo(image);
        assertThat(states()).containsExactly("ProvisioningState/succeeded", "PowerState/running");
        assertThat(arm.call("PATCH", vm, "{'tags':{'a':'b'}}").header("Azure-AsyncOperation"))
                .isEmpty();
        assertThat(arm.get(vm).body().at("/tags/a").asText()).isEqualTo("b");
    }

    @Test
    void aDiskThatWasLeftBehindIsNotWrittenOver() {
        var named = ArmClient.machine(nic, "").replace("'createOption'", "'name':'boot','createOption'");
        put(vm, named);
        delete(vm);

        var refused = arm.put(vm, named);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("ConflictingUserInput");
        assertThat(refused.message()).startsWith("Disk boot already exists in resource group rg.");
        delete(arm.compute("disks/boot"));
        put(vm, named);
    }

    @Test
    void aPlanNeedsItsTermsAccepted() {
        var plan = "'plan':{'name':'vns3-byol','publisher':'cohesive','product':'vns3'},";
        var refused = arm.put(vm, ArmClient.machine(nic, plan));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("MarketplacePurchaseEligibilityFailed");
        assertThat(refused.body().at("/error/details/0/message").asText()).contains("Legal terms", "cohesive", "vns3");

        var terms = "/subscriptions/" + azure.subscription()
                + "/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/cohesive/offers/vns3"
                + "/plans/vns3-byol/agreements/current";
        assertThat(arm.get(terms).body().at("/properties/accepted").asBoolean()).isFalse();
        assertThat(arm.put(terms, "{'properties':{'accepted':true}}")
                        .body()
                        .at("/properties/accepted")
                        .asBoolean())
                .isTrue();
        assertThat(arm.put(vm, ArmClient.machine(nic, plan)).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'vmSize':'Standard_B2s'                  | 'x':1                                     | InvalidParameter | hardwareProfile.vmSize
            Standard_B2s                             | huge                                      | InvalidParameter | vmSize
            'createOption':'FromImage'               | 'x':1                                     | InvalidParameter | osDisk.createOption
            'sku':'vns3-byol',                       |                                           | InvalidParameter | imageReference.sku
            'osProfile'                              | 'x'                                       | InvalidParameter | osProfile
            'adminUsername':'me',                    |                                           | InvalidParameter | adminUsername
            'adminPassword':'Secret-123',            |                                           | InvalidParameter | linuxConfiguration
            'networkInterfaces'                      | 'x'                                       | InvalidParameter | networkProfile.networkInterfaces
            """)
    void aMachineThatLacksSomethingIsRefusedAndSaysWhat(
            String what, @Nullable String instead, String code, String target) {
        var whole = ArmClient.machine(nic, "");
        var body = whole.replace(what, instead == null ? "" : instead);
        assertThat(body).isNotEqualTo(whole);

        var answer = arm.put(vm, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.body().at("/error/target").asText()).isEqualTo(target);
        assertThat(arm.get(arm.compute("disks")).body().at("/value")).isEmpty();
    }

    @Test
    void theEndOfAGroupTakesAlongWhatGoesWithItsMachinesInOtherGroups() {
        put(arm.group("machines"), "{'location':'eastus'}");
        var elsewhere = arm.group("machines") + "/providers/Microsoft.Compute/virtualMachines/m";
        put(elsewhere, ArmClient.machine(nic, "").replace("}]}}}", ",'properties':{'deleteOption':'Delete'}}]}}}"));

        delete(arm.group("machines"));

        assertThat(arm.get(nic).status()).isEqualTo(404);
    }

    @Test
    void anInterfaceServesOneMachine() {
        put(vm, ArmClient.machine(nic, ""));

        assertThat(arm.put(arm.compute("virtualMachines/other"), ArmClient.machine(nic, ""))
                        .code())
                .isEqualTo("NicInUse");
        assertThat(arm.delete(nic).code()).isEqualTo("NicInUse");
    }

    private Answer act(String action) {
        return arm.call("POST", vm + "/" + action, "");
    }

    private List<String> states() {
        var states = new ArrayList<String>();
        arm.get(vm + "/instanceView")
                .body()
                .path("statuses")
                .forEach(status -> states.add(status.path("code").asText()));
        return states;
    }

    private List<Kind> kinds() {
        return events.stream().map(MachineEvent::kind).toList();
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(OPERATION);
    }

    private void delete(String path) {
        assertThat(arm.delete(path).status()).isEqualTo(202);
        clock.advance(OPERATION);
    }
}
