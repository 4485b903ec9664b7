// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A template as teams write them: a hub with subnets, rules, routes, forwarding controllers and a peered spoke. */
class DeployedNetworkTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String VERSION = "?api-version=2025-04-01";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);
    private final String deployment = arm.group("rg") + "/providers/Microsoft.Resources/deployments/hub";

    @BeforeEach
    void createGroup() {
        arm.put(arm.group("rg"), "{'location':'eastus'}");
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private Answer deploy(String parameters) throws IOException {
        try (var template = DeployedNetworkTest.class.getResourceAsStream("hub.json")) {
            var body = MAPPER.createObjectNode();
            var properties = body.putObject("properties").put("mode", "Incremental");
            properties.set("template", MAPPER.readTree(template));
            properties.set("parameters", MAPPER.readTree(parameters.replace('\'', '"')));
            // the client turns single quotes into double ones
            return arm.put(deployment + VERSION, body.toString().replace("'", "\\u0027"));
        }
    }

    private JsonNode finished() {
        clock.advance(Duration.ofMinutes(2));
        return arm.get(deployment + VERSION).body().path("properties");
    }

    private static final String GOOD = "{'space':{'value':'10.2.0.0/16'},'adminPassword':{'value':'Canary-canary-1'}}";

    @Test
    void allOfItIsBuiltAndTheOutputsSayWhatItBecame() throws IOException {
        assertThat(deploy(GOOD).status()).isEqualTo(201);

        var done = finished();

        assertThat(done.path("provisioningState").asText())
                .as(done.path("error").toString())
                .isEqualTo("Succeeded");
        assertThat(done.at("/outputs/addresses/value").toString()).isEqualTo("[\"10.2.0.10\",\"10.2.0.11\"]");
        assertThat(done.at("/outputs/network/value").asText()).isEqualTo(arm.network("virtualNetworks/rg-hub-net"));
        assertThat(done.at("/outputs/size/value").asText()).isEqualTo("Standard_B2s");
        var network = arm.get(arm.network("virtualNetworks/rg-hub-net")).body().path("properties");
        assertThat(network.path("subnets").findValuesAsText("addressPrefix"))
                .containsExactly("10.2.0.0/24", "10.2.1.0/24", "10.2.2.0/24");
        assertThat(network.at("/subnets/0/properties/networkSecurityGroup/id").asText())
                .endsWith("rg-hub-nsg");
        assertThat(network.at("/subnets/1/properties").has("networkSecurityGroup"))
                .isFalse();
        assertThat(network.at("/virtualNetworkPeerings/0/properties/peeringState")
                        .asText())
                .isEqualTo("Initiated");
        assertThat(arm.get(arm.network("routeTables/rg-hub-routes/routes/on-prem"))
                        .body()
                        .at("/properties/nextHopIpAddress")
                        .asText())
                .isEqualTo("10.2.0.10");
        assertThat(azure.network(azure.subscription()).ports()).hasSize(2);
        assertThat(azure.inventory(azure.subscription()).toString()).doesNotContain("canary");
    }

    @Test
    void machinesOfASerialLoopAreMadeOneAfterTheOther() throws IOException {
        deploy(GOOD);
        var together = 0;
        var seen = new ArrayList<String>();
        for (var second = 0; second < 40; second++) {
            clock.advance(Duration.ofSeconds(1));
            var running = running("rg-hub-vm");
            together = Math.max(together, running.size());
            running.stream().filter(name -> !seen.contains(name)).forEach(seen::add);
        }

        assertThat(seen).containsExactly("rg-hub-vm0", "rg-hub-vm1");
        assertThat(together).isEqualTo(1);
    }

    private List<String> running(String prefix) {
        var names = new ArrayList<String>();
        for (var operation :
                arm.get(deployment + "/operations" + VERSION).body().path("value")) {
            var name = operation.at("/properties/targetResource/resourceName").asText();
            if (name.startsWith(prefix)
                    && operation.at("/properties/provisioningState").asText().equals("Running")) {
                names.add(name);
            }
        }
        return names;
    }

    @Test
    void theSameAgainChangesNothingAndWhatIsNotInTheTemplateStays() throws IOException {
        deploy(GOOD);
        finished();
        var before = azure.inventory(azure.subscription());

        assertThat(deploy(GOOD).status()).isEqualTo(200);
        assertThat(finished().path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(azure.inventory(azure.subscription())).isEqualTo(before);

        deploy(GOOD.replace("{'space'", "{'controllers':{'value':1},'peered':{'value':false},'space'"));
        assertThat(finished().at("/outputs/addresses/value").toString()).isEqualTo("[\"10.2.0.10\"]");
        assertThat(azure.inventory(azure.subscription())).containsKey(arm.network("networkInterfaces/rg-hub-nic1"));
    }

    @Test
    void aParameterThatDoesNotFitIsRefusedBeforeAnythingIsMade() throws IOException {
        var refused = deploy(GOOD.replace("10.2.0.0/16", "10.2.0.0/25"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message())
                .contains(
                        "Unable to evaluate template language function 'cidrSubnet': the new CIDR '24' must be between");
        assertThat(deploy(GOOD.replace("Canary-canary-1", "canary")).message())
                .contains("Length of the value should be greater than or equal to '12'")
                .doesNotContain("canary");
        clock.advance(OPERATION);
        assertThat(azure.inventory(azure.subscription())).hasSize(1);
    }
}
