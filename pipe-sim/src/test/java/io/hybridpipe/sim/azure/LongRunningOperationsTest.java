// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statuses, headers and bodies of each kind of operation, as counted in recordings of the service. */
class LongRunningOperationsTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String TABLE = "{'location':'eastus','properties':{'routes':[]}}";
    private static final String NETWORK =
            "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':"
                    + "[{'name':'apps','properties':{'addressPrefix':'10.2.1.0/24'}}]}}";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);

    @BeforeEach
    void createGroup() {
        assertThat(arm.put(arm.group("rg"), "{'location':'East US'}").status()).isEqualTo(201);
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private void finish() {
        clock.advance(OPERATION);
    }

    @Test
    void aResourceGroupIsThereAtOnceAndASecondPutUpdatesIt() {
        var second = arm.put(arm.group("RG"), "{'location':'eastus','tags':{'a':'b'}}");

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.state()).isEqualTo("Succeeded");
        assertThat(second.header("Azure-AsyncOperation")).isEmpty();
        assertThat(second.body().at("/name").asText()).isEqualTo("rg");
        assertThat(arm.get(arm.group("rg")).body().at("/tags/a").asText()).isEqualTo("b");
    }

    @Test
    void deletingAResourceGroupGivesALocationThatSays202UntilItIsGone() {
        arm.put(arm.network("routeTables/t"), TABLE);
        finish();

        var accepted = arm.delete(arm.group("rg"));
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Azure-AsyncOperation")).isEmpty();
        assertThat(accepted.header("Retry-After")).hasValue("1");
        var location = accepted.header("Location").orElseThrow();
        assertThat(location).contains("/operationresults/");
        assertThat(arm.get(arm.group("rg")).state()).isEqualTo("Deleting");
        assertThat(arm.put(arm.network("routeTables/t2"), TABLE).code()).isEqualTo("ResourceGroupBeingDeleted");

        var running = arm.get(location);
        assertThat(running.status()).isEqualTo(202);
        assertThat(running.header("Location")).hasValue(location);
        finish();
        var done = arm.get(location);
        assertThat(done.status()).isEqualTo(200);
        assertThat(done.response().body()).isEmpty();
        assertThat(arm.get(arm.group("rg")).code()).isEqualTo("ResourceGroupNotFound");
        assertThat(azure.inventory(azure.subscription())).isEmpty();
    }

    @Test
    void deletingAMissingResourceGroupIsNotFound() {
        var answer = arm.delete(arm.group("other"));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("ResourceGroupNotFound");
    }

    @Test
    void aGroupStaysWhenSomethingOutsideNeedsWhatIsInIt() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);
        finish();
        arm.put(arm.group("other"), "{'location':'eastus'}");
        var nic = arm.group("other") + "/providers/Microsoft.Network/networkInterfaces/n";
        var subnet = arm.network("virtualNetworks/v/subnets/apps");
        assertThat(arm.put(nic, ArmClient.nic(subnet)).status()).isEqualTo(201);

        var location = arm.delete(arm.group("rg")).header("Location").orElseThrow();
        finish();

        var failed = arm.get(location);
        assertThat(failed.status()).isEqualTo(409);
        assertThat(failed.code()).isEqualTo("ResourceGroupDeletionBlocked");
        assertThat(failed.body().at("/error/details/0/message").asText()).contains(nic);
        assertThat(arm.get(arm.group("rg")).state()).isEqualTo("Succeeded");
        assertThat(arm.get(subnet).status()).isEqualTo(200);
    }

    @Test
    void aNewNetworkResourceAnswers201AndAnOperationToAskForButNoLocation() {
        var created = arm.put(arm.network("routeTables/t"), TABLE);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.state()).isEqualTo("Updating");
        assertThat(created.header("Location")).isEmpty();
        assertThat(created.header("Retry-After")).hasValue("1");
        var operation = created.header("Azure-AsyncOperation").orElseThrow();
        assertThat(operation)
                .startsWith(azure.endpoint() + "/subscriptions/" + azure.subscription()
                        + "/providers/Microsoft.Network/locations/eastus/operations/");

        var running = arm.get(operation);
        assertThat(running.status()).isEqualTo(200);
        assertThat(running.body().at("/status").asText()).isEqualTo("InProgress");
        assertThat(running.header("Retry-After")).hasValue("1");
        finish();
        var done = arm.get(operation);
        assertThat(done.body().at("/status").asText()).isEqualTo("Succeeded");
        assertThat(done.header("Retry-After")).isEmpty();
        var shown = arm.get(arm.network("routeTables/t"));
        assertThat(shown.state()).isEqualTo("Succeeded");
        assertThat(shown.header("ETag")).hasValue(shown.body().at("/etag").asText());
        assertThat(shown.body().at("/etag").asText())
                .isNotEqualTo(created.body().at("/etag").asText());
    }

    @Test
    void aSecondPutAnswers200AndReplacesTheWhole() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);
        finish();

        var updated = arm.put(
                arm.network("virtualNetworks/V"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']}}}");

        assertThat(updated.status()).isEqualTo(200);
        assertThat(updated.state()).isEqualTo("Updating");
        assertThat(updated.header("Azure-AsyncOperation")).isPresent();
        assertThat(updated.body().at("/name").asText()).isEqualTo("v");
        finish();
        assertThat(arm.get(arm.network("virtualNetworks/v/subnets/apps")).code())
                .isEqualTo("NotFound");
    }

    @Test
    void aNewInterfaceSaysSucceededAtOnce() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);
        finish();

        var created = arm.put(
                arm.network("networkInterfaces/n"), ArmClient.nic(arm.network("virtualNetworks/v/subnets/apps")));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.state()).isEqualTo("Succeeded");
        assertThat(created.header("Azure-AsyncOperation")).isPresent();
        assertThat(azure.network(azure.subscription()).ports()).hasSize(1);
    }

    @Test
    void childrenAreResourcesOfTheirOwnAndStandInTheirParents() {
        arm.put(arm.network("routeTables/t"), TABLE);
        finish();

        var route = arm.put(
                arm.network("routeTables/t/routes/r"),
                "{'properties':{'addressPrefix':'10.1.0.0/16','nextHopType':'internet'}}");

        assertThat(route.status()).isEqualTo(201);
        assertThat(route.state()).isEqualTo("Updating");
        assertThat(route.body().at("/type").asText()).isEqualTo("Microsoft.Network/routeTables/routes");
        assertThat(arm.get(arm.network("routeTables/t")).state()).isEqualTo("Updating");
        finish();
        var parent = arm.get(arm.network("routeTables/t")).body();
        assertThat(parent.at("/properties/routes/0/name").asText()).isEqualTo("r");
        assertThat(parent.at("/properties/routes/0/properties/nextHopType").asText())
                .isEqualTo("Internet");
        assertThat(arm.get(arm.network("routeTables/t/routes"))
                        .body()
                        .at("/value")
                        .size())
                .isEqualTo(1);

        var again = arm.put(
                arm.network("routeTables/t/routes/r"),
                "{'properties':{'addressPrefix':'10.1.0.0/16','nextHopType':'None'}}");
        assertThat(again.status()).isEqualTo(200);
        finish();

        var gone = arm.delete(arm.network("routeTables/t/routes/r"));
        assertThat(gone.status()).isEqualTo(202);
        assertThat(arm.get(arm.network("routeTables/t/routes/r")).state()).isEqualTo("Deleting");
        finish();
        assertThat(arm.get(arm.network("routeTables/t/routes/r")).status()).isEqualTo(404);
        assertThat(arm.delete(arm.network("routeTables/t/routes/r")).status()).isEqualTo(204);
    }

    @Test
    void aDeletionAnswers202WithBothHeadersAndTheResourceStaysUntilItsEnd() {
        arm.put(arm.network("routeTables/t"), TABLE);
        finish();

        var accepted = arm.delete(arm.network("routeTables/t"));

        assertThat(accepted.status()).isEqualTo(202);
        var status = accepted.header("Azure-AsyncOperation").orElseThrow();
        var result = accepted.header("Location").orElseThrow();
        assertThat(result).contains("/providers/Microsoft.Network/locations/eastus/operationResults/");
        assertThat(arm.get(result).status()).isEqualTo(202);
        assertThat(arm.get(arm.network("routeTables/t")).state()).isEqualTo("Deleting");
        finish();
        assertThat(arm.get(status).body().at("/status").asText()).isEqualTo("Succeeded");
        assertThat(arm.get(result).status()).isEqualTo(204);
        assertThat(arm.get(arm.network("routeTables/t")).code()).isEqualTo("ResourceNotFound");
    }

    @Test
    void deletingAMissingResourceHasNothingToDo() {
        assertThat(arm.delete(arm.network("routeTables/t")).status()).isEqualTo(204);
        assertThat(arm.delete(arm.network("routeTables/t/routes/r")).code()).isEqualTo("ParentResourceNotFound");
    }

    @Test
    void aSecondChangeOfOneParentIsRefusedWhileTheFirstIsUnderWay() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);

        var second = arm.put(
                arm.network("virtualNetworks/v/subnets/more"), "{'properties':{'addressPrefix':'10.2.2.0/24'}}");

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("AnotherOperationInProgress");
        assertThat(second.message()).contains("/locations/eastus/operations/");
        assertThat(arm.delete(arm.network("virtualNetworks/v")).code()).isEqualTo("AnotherOperationInProgress");
        finish();
        assertThat(arm.delete(arm.network("virtualNetworks/v")).status()).isEqualTo(202);
    }

    @Test
    void aPointerToAResourceInTheMakingIsToBeTriedAgain() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);

        var early = arm.put(
                arm.network("networkInterfaces/n"), ArmClient.nic(arm.network("virtualNetworks/v/subnets/apps")));

        assertThat(early.status()).isEqualTo(429);
        assertThat(early.code()).isEqualTo("RetryableError");
        assertThat(early.header("Retry-After")).hasValue("1");
        assertThat(early.body().at("/error/details/0/code").asText()).isEqualTo("ReferencedResourceNotProvisioned");
    }

    @Test
    void anOperationCanFailAfterItWasAccepted() {
        azure.failNextOperation("Microsoft.Network/routeTables/write", "InternalServerError", "the disk was full");

        var accepted = arm.put(arm.network("routeTables/t"), TABLE);
        assertThat(accepted.status()).isEqualTo(201);
        finish();

        var failed = arm.get(accepted.header("Azure-AsyncOperation").orElseThrow());
        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.body().at("/status").asText()).isEqualTo("Failed");
        assertThat(failed.code()).isEqualTo("InternalServerError");
        assertThat(failed.message()).isEqualTo("the disk was full");
        assertThat(arm.get(arm.network("routeTables/t")).state()).isEqualTo("Failed");
        assertThat(arm.put(arm.network("routeTables/t"), TABLE).status()).isEqualTo(200);
        finish();
        assertThat(arm.get(arm.network("routeTables/t")).state()).isEqualTo("Succeeded");
    }

    @Test
    void aVirtualMachineIsCreatingAndHoldsItsInterfaces() {
        arm.put(arm.network("virtualNetworks/v"), NETWORK);
        finish();
        var nic = arm.network("networkInterfaces/n");
        arm.put(nic, ArmClient.nic(arm.network("virtualNetworks/v/subnets/apps")));
        var vm = arm.group("rg") + "/providers/Microsoft.Compute/virtualMachines/m";
        var body = ArmClient.machine(nic, "");

        var created = arm.put(vm, body);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.state()).isEqualTo("Creating");
        assertThat(created.header("Azure-AsyncOperation").orElseThrow())
                .contains("/providers/Microsoft.Compute/locations/");
        assertThat(arm.put(vm, body).code()).isEqualTo("OperationNotAllowed");
        finish();
        assertThat(arm.get(nic).body().at("/properties/virtualMachine/id").asText())
                .isEqualTo(vm);
        assertThat(arm.delete(nic).code()).isEqualTo("NicInUse");
        assertThat(azure.network(azure.subscription()).ports())
                .singleElement()
                .satisfies(port -> assertThat(port.machine()).isEqualTo(vm));

        var deleted = arm.delete(vm);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.header("Location")).isPresent();
        assertThat(deleted.header("Azure-AsyncOperation")).isPresent();
        finish();
        assertThat(arm.delete(nic).status()).isEqualTo(202);
    }

    @Test
    void tagsArePatchedAtOnce() {
        arm.put(arm.network("routeTables/t"), TABLE);
        finish();

        var patched = arm.call("PATCH", arm.network("routeTables/t"), "{'tags':{'owner':'me'}}");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.header("Azure-AsyncOperation")).isEmpty();
        assertThat(arm.get(arm.network("routeTables/t"))
                        .body()
                        .at("/tags/owner")
                        .asText())
                .isEqualTo("me");
    }

    @Test
    void aConditionOnTheETagIsKept() {
        arm.put(arm.network("routeTables/t"), TABLE);
        finish();
        var etag = arm.get(arm.network("routeTables/t")).body().at("/etag").asText();

        assertThat(arm.call("PUT", arm.network("routeTables/t"), TABLE, "If-None-Match", "*")
                        .status())
                .isEqualTo(412);
        assertThat(arm.call("PUT", arm.network("routeTables/t"), TABLE, "If-Match", "W/\"old\"")
                        .code())
                .isEqualTo("PreconditionFailed");
        assertThat(arm.call("PUT", arm.network("routeTables/t"), TABLE, "If-Match", etag)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theLateFailureOfANewInterfaceDoesNotTouchTheChangeThatCameAfterIt() {
        createGroupAndNetworkForInterfaces();
        azure.failNextOperation("Microsoft.Network/networkInterfaces/write", "InternalServerError", "it broke");
        var nic = arm.network("networkInterfaces/late");
        var body = ArmClient.nic(arm.network("virtualNetworks/late/subnets/s"));
        arm.put(nic, body);
        clock.advance(OPERATION.dividedBy(2));
        assertThat(arm.put(nic, body).state()).isEqualTo("Updating");

        clock.advance(OPERATION.dividedBy(2));
        assertThat(arm.get(nic).state()).isEqualTo("Updating");
        assertThat(arm.put(nic, body).code()).isEqualTo("AnotherOperationInProgress");
        clock.advance(OPERATION.dividedBy(2));
        assertThat(arm.get(nic).state()).isEqualTo("Succeeded");
    }

    @Test
    void anInterfaceWhoseCreationFailsIsMetByNoPacket() {
        createGroupAndNetworkForInterfaces();
        azure.failNextOperation("Microsoft.Network/networkInterfaces/write", "InternalServerError", "it broke");
        var nic = arm.network("networkInterfaces/late");
        arm.put(nic, ArmClient.nic(arm.network("virtualNetworks/late/subnets/s")));
        assertThat(azure.network(azure.subscription()).ports())
                .extracting(port -> port.id())
                .contains(nic);

        clock.advance(OPERATION);

        assertThat(arm.get(nic).state()).isEqualTo("Failed");
        assertThat(azure.network(azure.subscription()).ports())
                .extracting(port -> port.id())
                .doesNotContain(nic);
    }

    private void createGroupAndNetworkForInterfaces() {
        arm.put(arm.group("rg"), "{'location':'eastus'}");
        arm.put(
                arm.network("virtualNetworks/late"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.7.0.0/16']},'subnets':"
                        + "[{'name':'s','properties':{'addressPrefix':'10.7.1.0/24'}}]}}");
        clock.advance(OPERATION);
    }
}
