// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The long-running operations of each type, row by row as a plain HTTP client sees them.
 *
 * <p>A cell is an answer: its status, the {@code provisioningState} of its body or its error code, and in brackets which of
 * the headers Azure-AsyncOperation, Location, Retry-After and ETag it has. First the answer to the call; then, while the
 * operation runs and once it has ended, what the address of Azure-AsyncOperation, that of Location, and the resource itself
 * answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationContractTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);

    /** What a row is about. */
    private record Subject(String action, String path, String body) {}

    private Subject subject(String what) {
        return switch (what) {
            case "group" ->
                new Subject(
                        "Microsoft.Resources/subscriptions/resourceGroups", arm.group("new"), "{'location':'eastus'}");
            case "network" -> network("virtualNetworks", "virtualNetworks/n", space("10.9.0.0/16"));
            case "subnet" ->
                network(
                        "virtualNetworks/subnets",
                        "virtualNetworks/v/subnets/n",
                        "{'properties':{'addressPrefix':'10.2.9.0/24'}}");
            case "peering" ->
                network(
                        "virtualNetworks/virtualNetworkPeerings",
                        "virtualNetworks/v/virtualNetworkPeerings/n",
                        "{'properties':{'remoteVirtualNetwork':{'id':'" + arm.network("virtualNetworks/w") + "'}}}");
            case "table" -> network("routeTables", "routeTables/n", "{'location':'eastus'}");
            case "route" ->
                network(
                        "routeTables/routes",
                        "routeTables/t/routes/n",
                        "{'properties':{'addressPrefix':'10.1.0.0/16','nextHopType':'None'}}");
            case "nsg" -> network("networkSecurityGroups", "networkSecurityGroups/n", "{'location':'eastus'}");
            case "rule" ->
                network(
                        "networkSecurityGroups/securityRules",
                        "networkSecurityGroups/g/securityRules/n",
                        "{'properties':{'priority':100,'direction':'Inbound','access':'Allow','protocol':'Tcp',"
                                + "'sourceAddressPrefix':'*','sourcePortRange':'*','destinationAddressPrefix':'*',"
                                + "'destinationPortRange':'8000'}}");
            case "address" -> network("publicIPAddresses", "publicIPAddresses/n", "{'location':'eastus'}");
            case "nic" ->
                network(
                        "networkInterfaces",
                        "networkInterfaces/n",
                        ArmClient.nic(arm.network("virtualNetworks/v/subnets/s")));
            case "vm" ->
                new Subject(
                        "Microsoft.Compute/virtualMachines",
                        arm.compute("virtualMachines/n"),
                        ArmClient.machine(arm.network("networkInterfaces/i"), ""));
            case "disk" ->
                new Subject(
                        "Microsoft.Compute/disks",
                        arm.compute("disks/n"),
                        "{'location':'eastus','properties':{'creationData':{'createOption':'Empty'},'diskSizeGB':8}}");
            default -> throw new IllegalArgumentException(what);
        };
    }

    private Subject network(String types, String typesAndNames, String body) {
        return new Subject("Microsoft.Network/" + types, arm.network(typesAndNames), body);
    }

    private static String space(String prefix) {
        return "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['" + prefix
                + "']},'subnets':[{'name':'s','properties':{'addressPrefix':'" + prefix.replace(".0.0/16", ".1.0/24")
                + "'}}]}}";
    }

    @BeforeAll
    void buildWhatTheRowsNeed() {
        done(arm.group("rg"), "{'location':'eastus'}");
        done(arm.network("virtualNetworks/v"), space("10.2.0.0/16"));
        done(arm.network("virtualNetworks/w"), space("10.3.0.0/16"));
        done(arm.network("routeTables/t"), "{'location':'eastus'}");
        done(arm.network("networkSecurityGroups/g"), "{'location':'eastus'}");
        done(arm.network("networkInterfaces/i"), ArmClient.nic(arm.network("virtualNetworks/v/subnets/s")));
    }

    @AfterAll
    void close() {
        azure.close();
        clock.close();
    }

    private void done(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201, 202);
        clock.advance(OPERATION);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # what  | event                | answer                    | running: status    | result   | resource                  | ended: status                  | result                  | resource
            group   | new                  | 201 Succeeded             | -                  | -        | 200 Succeeded             | -                              | -                       | 200 Succeeded
            group   | update               | 200 Succeeded             | -                  | -        | 200 Succeeded             | -                              | -                       | 200 Succeeded
            group   | delete               | 202 [LR]                  | -                  | 202 [LR] | 200 Deleting              | -                              | 200                     | 404 ResourceGroupNotFound
            group   | delete a missing one | 404 ResourceGroupNotFound | -                  | -        | 404 ResourceGroupNotFound | -                              | -                       | 404 ResourceGroupNotFound
            group   | delete fails         | 202 [LR]                  | -                  | 202 [LR] | 200 Deleting              | -                              | 500 InternalServerError | 200 Succeeded
            network | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            network | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            network | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 ResourceNotFound
            network | delete a missing one | 204                       | -                  | -        | 404 ResourceNotFound      | -                              | -                       | 404 ResourceNotFound
            network | new fails            | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Failed InternalServerError | -                       | 200 Failed [E]
            network | update fails         | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Failed InternalServerError | -                       | 200 Failed [E]
            network | delete fails         | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Failed InternalServerError | 500 InternalServerError | 200 Failed [E]
            network | new is canceled      | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Canceled Canceled          | -                       | 200 Failed [E]
            network | delete is canceled   | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Canceled Canceled          | 409 Canceled            | 200 Failed [E]
            subnet  | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            subnet  | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            subnet  | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 NotFound
            subnet  | delete a missing one | 204                       | -                  | -        | 404 NotFound              | -                              | -                       | 404 NotFound
            subnet  | new fails            | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Failed InternalServerError | -                       | 200 Failed [E]
            subnet  | delete fails         | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Failed InternalServerError | 500 InternalServerError | 200 Failed [E]
            peering | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            peering | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            peering | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 NotFound
            table   | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            table   | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            table   | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 ResourceNotFound
            route   | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            route   | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            route   | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 NotFound
            route   | new fails            | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Failed InternalServerError | -                       | 200 Failed [E]
            nsg     | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            nsg     | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            nsg     | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 ResourceNotFound
            rule    | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            rule    | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            rule    | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 NotFound
            rule    | delete fails         | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Failed InternalServerError | 500 InternalServerError | 200 Failed [E]
            address | new                  | 201 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            address | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            address | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 ResourceNotFound
            nic     | new                  | 201 Succeeded [ARE]       | 200 InProgress [R] | -        | 200 Succeeded [E]         | 200 Succeeded                  | -                       | 200 Succeeded [E]
            nic     | update               | 200 Updating [ARE]        | 200 InProgress [R] | -        | 200 Updating [E]          | 200 Succeeded                  | -                       | 200 Succeeded [E]
            nic     | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting [E]          | 200 Succeeded                  | 204                     | 404 ResourceNotFound
            nic     | new fails            | 201 Succeeded [ARE]       | 200 InProgress [R] | -        | 200 Succeeded [E]         | 200 Failed InternalServerError | -                       | 200 Failed [E]
            vm      | new                  | 201 Creating [AR]         | 200 InProgress [R] | -        | 200 Creating              | 200 Succeeded                  | -                       | 200 Succeeded
            vm      | update               | 200 Updating [AR]         | 200 InProgress [R] | -        | 200 Updating              | 200 Succeeded                  | -                       | 200 Succeeded
            vm      | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting              | 200 Succeeded                  | 200                     | 404 ResourceNotFound
            vm      | start                | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200                     | 200 Succeeded
            vm      | powerOff             | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200                     | 200 Succeeded
            vm      | restart              | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200                     | 200 Succeeded
            vm      | deallocate           | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200                     | 200 Succeeded
            vm      | delete a missing one | 204                       | -                  | -        | 404 ResourceNotFound      | -                              | -                       | 404 ResourceNotFound
            vm      | new fails            | 201 Creating [AR]         | 200 InProgress [R] | -        | 200 Creating              | 200 Failed InternalServerError | -                       | 200 Failed
            vm      | update fails         | 200 Updating [AR]         | 200 InProgress [R] | -        | 200 Updating              | 200 Failed InternalServerError | -                       | 200 Failed
            vm      | delete fails         | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting              | 200 Failed InternalServerError | 500 InternalServerError | 200 Failed
            vm      | new is canceled      | 201 Creating [AR]         | 200 InProgress [R] | -        | 200 Creating              | 200 Canceled Canceled          | -                       | 200 Failed
            disk    | new                  | 202 Updating [ALR]        | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200 Succeeded           | 200 Succeeded
            disk    | update               | 202 Updating [ALR]        | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Succeeded                  | 200 Succeeded           | 200 Succeeded
            disk    | delete               | 202 [ALR]                 | 200 InProgress [R] | 202 [LR] | 200 Deleting              | 200 Succeeded                  | 200                     | 404 ResourceNotFound
            disk    | delete a missing one | 204                       | -                  | -        | 404 ResourceNotFound      | -                              | -                       | 404 ResourceNotFound
            disk    | new fails            | 202 Updating [ALR]        | 200 InProgress [R] | 202 [LR] | 200 Updating              | 200 Failed InternalServerError | 500 InternalServerError | 200 Failed
            """)
    void anOperationIsSeenOnTheWireAsTheServiceHasIt(
            String what,
            String event,
            String answer,
            String statusWhileRunning,
            String resultWhileRunning,
            String resourceWhileRunning,
            String status,
            String result,
            String resource) {
        var subject = subject(what);
        var isAction = List.of("start", "powerOff", "restart", "deallocate").contains(event);
        var verb = event.startsWith("delete") ? "delete" : "write";
        if (!event.startsWith("new") && !event.contains("missing")) {
            done(subject.path(), subject.body());
        }
        if (event.endsWith("is canceled")) {
            azure.failNextOperation(subject.action() + "/" + verb, "Canceled", "Operation was canceled.");
        } else if (event.endsWith("fails")) {
            azure.failNextOperation(subject.action() + "/" + verb, "InternalServerError", "it broke");
        }

        var accepted = isAction
                ? arm.call("POST", subject.path() + "/" + event, "")
                : verb.equals("delete") ? arm.delete(subject.path()) : arm.put(subject.path(), subject.body());
        var running = looks(accepted, subject);
        clock.advance(OPERATION);
        var ended = looks(accepted, subject);
        arm.delete(subject.path());
        clock.advance(OPERATION);

        assertThat(cell(accepted)).isEqualTo(answer);
        assertThat(running).containsExactly(statusWhileRunning, resultWhileRunning, resourceWhileRunning);
        assertThat(ended).containsExactly(status, result, resource);
        accepted.header("Azure-AsyncOperation")
                .ifPresent(
                        address -> assertThat(address)
                                .matches(
                                        Pattern.quote(azure.endpoint() + "/subscriptions/" + azure.subscription()
                                                        + "/providers/")
                                                + "Microsoft.(Network|Compute)/locations/eastus/operations/[-0-9a-f]{36}\\?api-version=2024-0[37]-0[12]"));
        accepted.header("Location").ifPresent(address -> assertThat(address)
                .matches(Pattern.quote(azure.endpoint() + "/subscriptions/" + azure.subscription())
                        + "(/operationresults|/providers/Microsoft.Network/locations/eastus/operationResults"
                        + "|/providers/Microsoft.Compute/locations/eastus/operations)/[-0-9a-f]{36}"
                        + "\\?(monitor=true&)?api-version=2024-0[37]-0[12]"));
    }

    @Test
    void aZeroIsNeverSentAsRetryAfter() {
        try (var hasty = SimAzure.builder().clock(clock).retryAfter(0).start()) {
            var client = new ArmClient(hasty);
            client.put(client.group("rg"), "{'location':'eastus'}");
            var created = client.put(client.network("routeTables/t"), "{'location':'eastus'}");

            assertThat(created.header("Azure-AsyncOperation")).isPresent();
            assertThat(created.header("Retry-After")).isEmpty();
            hasty.faults().on("Microsoft.Network/routeTables/read").error("TooManyRequests", "slow down");
            assertThat(client.get(client.network("routeTables/t")).header("Retry-After"))
                    .hasValue("1");
        }
    }

    @Test
    void whatAnOperationAnswersIsWhatItsProviderHas() {
        var network = arm.put(arm.network("routeTables/n"), "{'location':'eastus'}")
                .header("Azure-AsyncOperation")
                .orElseThrow();
        var machine = arm.put(subject("vm").path(), subject("vm").body())
                .header("Azure-AsyncOperation")
                .orElseThrow();

        assertThat(arm.get(network).response().body()).isEqualTo("{\"status\":\"InProgress\"}");
        assertThat(arm.get(machine).body().fieldNames()).toIterable().containsExactly("status", "name", "startTime");
        clock.advance(OPERATION);
        assertThat(arm.get(network).response().body()).isEqualTo("{\"status\":\"Succeeded\"}");
        assertThat(arm.get(machine).body().path("endTime").asText()).startsWith("2026-11-21T08:");
        arm.delete(arm.network("routeTables/n"));
        arm.delete(subject("vm").path());
        clock.advance(OPERATION);
    }

    private List<String> looks(Answer accepted, Subject subject) {
        return List.of(
                look(accepted.header("Azure-AsyncOperation")),
                look(accepted.header("Location")),
                cell(arm.get(subject.path())));
    }

    private String look(Optional<String> address) {
        return address.map(arm::get).map(OperationContractTest::cell).orElse("-");
    }

    private static String cell(Answer answer) {
        var cell = new StringBuilder().append(answer.status());
        if (!answer.response().body().isEmpty()) {
            var body = answer.body();
            var state = answer.state() + body.path("status").asText();
            var code = answer.code();
            cell.append(state.isEmpty() ? "" : " " + state).append(code.isEmpty() ? "" : " " + code);
        }
        var headers = new StringBuilder();
        for (var name : List.of("Azure-AsyncOperation", "Location", "Retry-After", "ETag")) {
            headers.append(answer.header(name).isPresent() ? name.charAt(0) : "");
        }
        return cell.append(headers.isEmpty() ? "" : " [" + headers + "]").toString();
    }
}
