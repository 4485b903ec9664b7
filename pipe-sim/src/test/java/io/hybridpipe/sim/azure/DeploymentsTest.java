// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deployments on the wire: statuses, headers and bodies in their order, as counted in recordings of the service. */
class DeploymentsTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String VERSION = "?api-version=2025-04-01";
    private static final String NETWORK =
            "{'type':'Microsoft.Network/virtualNetworks','apiVersion':'2024-07-01','name':'net','location':'[resourceGroup().location]',"
                    + "'properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']}}}";
    private static final String SUBNET =
            "{'type':'Microsoft.Network/virtualNetworks/subnets','apiVersion':'2024-07-01','name':'net/apps',"
                    + "'dependsOn':['[resourceId(~Microsoft.Network/virtualNetworks~, ~net~)]'],"
                    + "'properties':{'addressPrefix':'10.2.1.0/24'}}";
    private static final String TABLE =
            "{'type':'Microsoft.Network/routeTables','apiVersion':'2024-07-01','name':'table','location':'eastus'}";
    /** A subnet that lies outside its network, which the network's service refuses at once. */
    private static final String OUTSIDE = SUBNET.replace("10.2.1.0", "10.3.1.0");

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);

    @BeforeEach
    void createGroup() {
        arm.put(arm.group("rg"), "{'location':'eastus'}");
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private String path(String name) {
        return arm.group("rg") + "/providers/Microsoft.Resources/deployments/" + name;
    }

    /** The body of a deployment; a tilde stands for the single quote inside expressions. */
    private static String body(String more, String... resources) {
        return "{'properties':{'mode':'Incremental','template':{'$schema':'s','contentVersion':'1.0.0.0'," + more
                + "'resources':[" + String.join(",", resources) + "]}}}";
    }

    private ArmClient.Answer call(String method, String path, String body) {
        return arm.call(method, path.contains("?") ? path : path + VERSION, body.replace("~", "\\u0027"));
    }

    private ArmClient.Answer deploy(String more, String... resources) {
        return call("PUT", path("d"), body(more, resources));
    }

    private String stateOfDeployment() {
        return call("GET", path("d"), "").state();
    }

    private List<String> operations() {
        var shown = new ArrayList<String>();
        for (JsonNode operation :
                call("GET", path("d") + "/operations", "").body().path("value")) {
            var properties = operation.path("properties");
            shown.add("%s %s %s"
                    .formatted(
                            properties.path("provisioningOperation").asText(),
                            properties.at("/targetResource/resourceName").asText(),
                            properties.path("provisioningState").asText()));
        }
        return shown;
    }

    @Test
    void aNewDeploymentIsAcceptedRunsAndSucceeds() {
        var accepted = deploy(
                "'outputs':{'prefix':{'type':'string','value':'[reference(~net~).addressSpace.addressPrefixes[0]]'}},",
                NETWORK,
                SUBNET);

        assertThat(accepted.status()).isEqualTo(201);
        assertThat(accepted.state()).isEqualTo("Accepted");
        assertThat(accepted.header("Location")).isEmpty();
        assertThat(accepted.header("Retry-After")).hasValue("1");
        var operation = accepted.header("Azure-AsyncOperation").orElseThrow();
        assertThat(operation).contains("/deployments/d/operationStatuses/").endsWith(VERSION);
        assertThat(call("GET", operation, "").body().path("status").asText()).isEqualTo("Accepted");

        clock.advance(Duration.ofSeconds(1));
        var running = call("GET", operation, "");
        assertThat(running.status()).isEqualTo(200);
        assertThat(running.body().path("status").asText()).isEqualTo("Running");
        assertThat(running.header("Retry-After")).hasValue("1");
        assertThat(stateOfDeployment()).isEqualTo("Running");
        assertThat(operations()).containsExactly("Create net Running");

        clock.advance(OPERATION);
        assertThat(operations()).containsExactly("Create net Succeeded", "Create net/apps Running");
        clock.advance(OPERATION);
        var done = call("GET", operation, "");
        assertThat(done.body().path("status").asText()).isEqualTo("Succeeded");
        assertThat(done.header("Retry-After")).isEmpty();
        assertThat(operations())
                .containsExactly(
                        "Create net Succeeded", "Create net/apps Succeeded", "EvaluateDeploymentOutput  Succeeded");
        var properties = call("GET", path("d"), "").body().path("properties");
        assertThat(properties.at("/outputs/prefix").toString())
                .isEqualTo("{\"type\":\"String\",\"value\":\"10.2.0.0/16\"}");
        assertThat(properties.at("/outputResources/1/id").asText())
                .isEqualTo(arm.network("virtualNetworks/net/subnets/apps"));
        assertThat(properties.at("/dependencies/0/dependsOn/0/resourceName").asText())
                .isEqualTo("net");
        assertThat(properties.path("duration").asText()).isEqualTo("PT6S");
        assertThat(arm.get(arm.network("virtualNetworks/net/subnets/apps")).state())
                .isEqualTo("Succeeded");
    }

    @Test
    void aSecondDeploymentOfTheSameNameReplacesTheRecordButNotWhileTheFirstIsActive() {
        deploy("", TABLE);
        var early = deploy("", TABLE);
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.code()).isEqualTo("DeploymentActive");
        clock.advance(OPERATION);

        var second = deploy("", TABLE, NETWORK);

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.state()).isEqualTo("Accepted");
        clock.advance(OPERATION);
        assertThat(stateOfDeployment()).isEqualTo("Succeeded");
        assertThat(operations()).containsExactly("Create table Succeeded", "Create net Succeeded");
    }

    @Test
    void aRefusedResourceEndsTheDeploymentWithTheAnswerAsTextInTheDetails() throws Exception {
        var operation = deploy("", NETWORK, OUTSIDE, TABLE)
                .header("Azure-AsyncOperation")
                .orElseThrow();
        clock.advance(OPERATION);

        var failed = call("GET", operation, "");

        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.body().path("status").asText()).isEqualTo("Failed");
        var error = failed.body().path("error");
        assertThat(error.path("code").asText()).isEqualTo("DeploymentFailed");
        assertThat(error.at("/details/0/code").asText()).isEqualTo("BadRequest");
        var inner = error.at("/details/0/message").asText();
        assertThat(inner).startsWith("{\r\n  \"error\": {\r\n    \"code\": \"NetcfgSubnetRangeOutsideVnet\"");
        assertThat(call("GET", path("d"), "").body().at("/properties/error")).isEqualTo(error);
        assertThat(operations())
                .containsExactly("Create net Succeeded", "Create table Succeeded", "Create net/apps Failed");
        assertThat(arm.get(arm.network("virtualNetworks/net")).status()).isEqualTo(200);
    }

    @Test
    void anOperationThatFailsInsideIsAConflictInTheDetails() {
        azure.failNextOperation("Microsoft.Network/routeTables/write", "InternalServerError", "the disk was full");
        deploy("", TABLE);
        clock.advance(OPERATION);

        var error = call("GET", path("d"), "").body().at("/properties/error");

        assertThat(error.at("/details/0/code").asText()).isEqualTo("Conflict");
        assertThat(error.at("/details/0/message").asText())
                .startsWith(
                        "{\r\n  \"status\": \"Failed\",\r\n  \"error\": {\r\n    \"code\": \"ResourceDeploymentFailure\"")
                .contains("\"message\": \"the disk was full\"");
        var operation = call("GET", arm.group("rg") + "/deployments/d/operations", "")
                .body()
                .at("/value/0/properties");
        assertThat(operation.path("statusCode").asText()).isEqualTo("Conflict");
        assertThat(operation.at("/statusMessage/error/details/0/code").asText()).isEqualTo("InternalServerError");
        assertThat(operation.at("/targetResource/id").asText()).isEqualTo(arm.network("routeTables/table"));
    }

    @Test
    void theDeploymentItselfCanBeMadeToFail() {
        azure.failNextOperation("Microsoft.Resources/deployments/write", "DeploymentFailed", "no reason given");
        deploy("", TABLE);
        clock.advance(OPERATION);

        assertThat(stateOfDeployment()).isEqualTo("Failed");
        assertThat(call("GET", path("d"), "")
                        .body()
                        .at("/properties/error/message")
                        .asText())
                .isEqualTo("no reason given");
        assertThat(arm.get(arm.network("routeTables/table")).status()).isEqualTo(404);
    }

    @Test
    void aTemplateThatCannotBeReadIsRefusedAtOnceAndLeavesNoRecord() {
        var refused = deploy("", TABLE.replace("'table'", "'[nonsense()]'"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("InvalidTemplate");
        assertThat(refused.message())
                .contains("The template resource '[nonsense()]' at line '1' and column '")
                .contains("The template function 'nonsense' is not valid");
        assertThat(call("HEAD", path("d"), "").status()).isEqualTo(404);
        assertThat(call("GET", path("d"), "").code()).isEqualTo("DeploymentNotFound");
    }

    @Test
    void typesThatAreNotKnownAreRefusedAtOnce() {
        var type = deploy("", TABLE.replace("routeTables", "routeTablets"));
        assertThat(type.status()).isEqualTo(400);
        assertThat(type.code()).isEqualTo("InvalidResourceType");
        var namespace = deploy("", TABLE.replace("Microsoft.Network", "Microsoft.Nothing"));
        assertThat(namespace.code()).isEqualTo("InvalidResourceNamespace");
        var version = deploy("", TABLE.replace("2024-07-01", "yesterday"));
        assertThat(version.code()).isEqualTo("InvalidApiVersionParameter");
        var old = deploy("", TABLE.replace("2024-07-01", "2014-01-01"));
        assertThat(old.code()).isEqualTo("NoRegisteredProviderFound");
    }

    @Test
    void aCanceledDeploymentFinishesWhatIsUnderWayAndBeginsNothingElse() {
        var operation =
                deploy("", NETWORK, SUBNET).header("Azure-AsyncOperation").orElseThrow();
        clock.advance(Duration.ofSeconds(1));

        assertThat(call("POST", path("d") + "/cancel", "").status()).isEqualTo(204);

        assertThat(call("GET", operation, "").body().path("status").asText()).isEqualTo("Canceled");
        clock.advance(OPERATION.multipliedBy(3));
        assertThat(stateOfDeployment()).isEqualTo("Canceled");
        assertThat(operations()).containsExactly("Create net Succeeded");
        assertThat(arm.get(arm.network("virtualNetworks/net")).state()).isEqualTo("Succeeded");
        assertThat(arm.get(arm.network("virtualNetworks/net/subnets/apps")).status())
                .isEqualTo(404);
        var again = call("POST", path("d") + "/cancel", "");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("DeploymentCannotBeCancelled");
    }

    @Test
    void aDeploymentInsideACanceledOneGoesOnUntilItIsCanceledItself() {
        for (var name : List.of("goes-on", "stops")) {
            var inner = "{'type':'Microsoft.Resources/deployments','apiVersion':'2025-04-01','name':'" + name + "',"
                    + body(
                                    "",
                                    NETWORK.replace("'net'", "'" + name + "'"),
                                    SUBNET.replace("'net/", "'" + name + "/").replace("~net~", "~" + name + "~"))
                            .substring(1);
            deploy("", inner, TABLE.replace("'location'", "'dependsOn':['" + name + "'],'location'"));
            clock.advance(Duration.ofSeconds(1));
            assertThat(call("POST", path("d") + "/cancel", "").status()).isEqualTo(204);
            assertThat(call("GET", path(name), "").state()).isEqualTo("Running");
            if (name.equals("stops")) {
                assertThat(call("POST", path(name) + "/cancel", "").status()).isEqualTo(204);
            }
            clock.advance(OPERATION.multipliedBy(3));
        }

        assertThat(call("GET", path("goes-on"), "").state()).isEqualTo("Succeeded");
        assertThat(arm.get(arm.network("virtualNetworks/goes-on/subnets/apps")).status())
                .isEqualTo(200);
        assertThat(call("GET", path("stops"), "").state()).isEqualTo("Canceled");
        assertThat(arm.get(arm.network("virtualNetworks/stops/subnets/apps")).status())
                .isEqualTo(404);
        assertThat(stateOfDeployment()).isEqualTo("Canceled");
        assertThat(arm.get(arm.network("routeTables/table")).status()).isEqualTo(404);
    }

    @Test
    void deletingTheRecordTakesATimeAndLeavesTheResources() {
        deploy("", TABLE);
        assertThat(call("DELETE", path("d"), "").status()).isEqualTo(409);
        clock.advance(OPERATION);
        assertThat(call("HEAD", path("d"), "").status()).isEqualTo(204);

        var accepted = call("DELETE", path("d"), "");

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Azure-AsyncOperation")).isEmpty();
        var location = accepted.header("Location").orElseThrow();
        assertThat(call("GET", location, "").status()).isEqualTo(202);
        clock.advance(OPERATION);
        assertThat(call("GET", location, "").status()).isEqualTo(204);
        assertThat(call("HEAD", path("d"), "").status()).isEqualTo(404);
        assertThat(call("DELETE", path("d"), "").status()).isEqualTo(204);
        assertThat(arm.get(arm.network("routeTables/table")).status()).isEqualTo(200);
    }

    @Test
    void changesThatOneParentRefusesForTheMomentAreTriedAgain() {
        deploy("", NETWORK, SUBNET, SUBNET.replace("apps", "more").replace("10.2.1.0", "10.2.2.0"));
        clock.advance(OPERATION.multipliedBy(3).plusSeconds(1));

        assertThat(stateOfDeployment()).isEqualTo("Succeeded");
        assertThat(arm.get(arm.network("virtualNetworks/net"))
                        .body()
                        .at("/properties/subnets")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void whatWaitsForItsParentWhenTheDeploymentIsCanceledIsCanceledToo() {
        deploy("", NETWORK, SUBNET, SUBNET.replace("apps", "more").replace("10.2.1.0", "10.2.2.0"));
        clock.advance(OPERATION.plusSeconds(1));
        assertThat(operations())
                .containsExactly("Create net Succeeded", "Create net/apps Running", "Create net/more Running");

        call("POST", path("d") + "/cancel", "");
        clock.advance(OPERATION.multipliedBy(3));

        assertThat(operations())
                .containsExactly("Create net Succeeded", "Create net/apps Succeeded", "Create net/more Canceled");
        assertThat(arm.get(arm.network("virtualNetworks/net/subnets/more")).status())
                .isEqualTo(404);
    }

    @Test
    void aChildThatDoesNotWaitForItsParentMayComeTooEarly() {
        deploy("", SUBNET.replaceFirst("'dependsOn':.*?]'],", ""), NETWORK);
        clock.advance(OPERATION);

        assertThat(stateOfDeployment()).isEqualTo("Failed");
        var detail = call("GET", path("d"), "").body().at("/properties/error/details/0");
        assertThat(detail.path("code").asText()).isEqualTo("NotFound");
        assertThat(detail.path("message").asText()).contains("\"code\": \"ParentResourceNotFound\"");
    }

    @Test
    void aNameWithAnEmptySegmentIsRefused() {
        var refused = deploy("", SUBNET.replace("net/apps", "net/"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("InvalidTemplate");
        assertThat(refused.message()).contains("'net/'", "incorrect segment lengths");
    }

    @Test
    void aResourceThatBreaksTheStandInEndsItsDeployment() {
        var estate = new Estate(List.of("s"), new IPAddressString("198.19.0.0/24"), new Terms(false));
        estate.putGroup("s", "rg", Json.object().put("name", "rg").put("location", "eastus"));
        var inside = new Deployments(estate, new Operations(clock, OPERATION, estate), request -> {
            if (request.method().equals("PUT")) {
                throw new IllegalStateException("a bug");
            }
            return SimResponse.json(404, "{\"error\":{\"code\":\"ResourceNotFound\"}}");
        });
        var id = new ArmId("s", "rg", "Microsoft.Resources", List.of("deployments"), List.of("d"));

        var deployment =
                inside.put(id, Json.parse(body("", TABLE).replace('\'', '"'))).deployment();
        clock.advance(OPERATION);

        assertThat(deployment.state()).isEqualTo("Failed");
        assertThat(deployment.toJson().at("/properties/error/details/0/message").asText())
                .contains("InternalServerError", "a bug");
    }

    @Test
    void whatIsTriedAgainIsNotPutIntoANewGroupOfTheSameName() {
        try (var quick = SimAzure.builder()
                .clock(clock)
                .operationTime(Duration.ofMillis(300))
                .start()) {
            var client = new ArmClient(quick);
            var network = client.network("virtualNetworks/net");
            var space = "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']}}}";
            client.put(client.group("rg"), "{'location':'eastus'}");
            client.put(network, space);
            client.call(
                    "PUT",
                    client.group("rg") + "/providers/Microsoft.Resources/deployments/d" + VERSION,
                    body("", NETWORK).replace("~", "\\u0027"));
            clock.advance(Duration.ofMillis(1));
            client.delete(client.group("rg"));
            clock.advance(Duration.ofMillis(400));
            assertThat(client.put(client.group("rg"), "{'location':'eastus'}").status())
                    .isEqualTo(201);

            clock.advance(Duration.ofSeconds(3));

            assertThat(client.get(network).status()).isEqualTo(404);
        }
    }
}
