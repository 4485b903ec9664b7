// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What deployments say and what they keep to themselves; deployments inside deployments; what is refused. */
class DeploymentBodiesTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String VERSION = "?api-version=2025-04-01";
    private static final String TABLE =
            "{'type':'Microsoft.Network/routeTables','apiVersion':'2024-07-01','name':'table','location':'eastus'}";
    private static final String HEAD = "'$schema':'s','contentVersion':'1.0.0.0',";

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

    /** A call; a tilde stands for the single quote inside expressions. */
    private ArmClient.Answer call(String method, String path, String body) {
        return arm.call(method, path + VERSION, body.replace("~", "\\u0027"));
    }

    private static String body(String template) {
        return body(template, "");
    }

    private static String body(String template, String more) {
        return "{'tags':{'run':'7'},'properties':{'mode':'Incremental'," + more + "'template':{" + HEAD + template
                + "}}}";
    }

    @Test
    void secretsAreInNoAnswerAndNoListWhateverBecomesOfThem() {
        var template =
                "'parameters':{'secret':{'type':'securestring'},'list':{'type':'secureObject'},'plain':{'type':'int','defaultValue':5}},"
                        + "'resources':["
                        + TABLE.replace("'location'", "'tags':{'n':'[length(parameters(~secret~))]'},'location'")
                        + "],'outputs':{'o':{'type':'securestring','value':'[parameters(~secret~)]'},"
                        + "'p':{'type':'int','value':'[parameters(~plain~)]'}}";
        var given = "'parameters':{'secret':{'value':'canary-1'},'list':{'value':{'k':'canary-2'}}},";

        call("POST", path("d") + "/validate", body(template, given));
        call("PUT", path("d"), body(template, given));
        clock.advance(OPERATION);

        var properties = call("GET", path("d"), "").body().path("properties");
        assertThat(properties.path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(properties.path("parameters").toString())
                .isEqualTo("{\"secret\":{\"type\":\"SecureString\"},\"list\":{\"type\":\"SecureObject\"},"
                        + "\"plain\":{\"type\":\"Int\",\"value\":5}}");
        assertThat(properties.path("outputs").toString())
                .isEqualTo("{\"o\":{\"type\":\"SecureString\"},\"p\":{\"type\":\"Int\",\"value\":5}}");
        call("GET", path("d") + "/operations", "");
        call("POST", path("d") + "/exportTemplate", "");
        var answers = azure.calls().all().stream()
                .map(call -> call.response().map(SimResponse::wire).orElse(""))
                .collect(Collectors.joining());
        assertThat(answers).contains("\"template\":{").doesNotContain("canary");
        assertThat(azure.inventory(azure.subscription()).toString()).doesNotContain("canary");
    }

    @Test
    void errorsThatQuoteASecretShowStars() {
        var secret = "'parameters':{'secret':{'type':'securestring'}},";
        var given = "'parameters':{'secret':{'value':'canary-1'}},";

        var early = call(
                "PUT",
                path("d"),
                body(secret + "'variables':{'n':'[int(parameters(~secret~))]'},'resources':[]", given));
        assertThat(early.message()).contains("the value '***' cannot be converted");

        var next =
                "{'type':'Microsoft.Network/routeTables/routes','apiVersion':'2024-07-01','name':'table/r','dependsOn':['table'],"
                        + "'properties':{'addressPrefix':'[parameters(~secret~)]','nextHopType':'None'}}";
        call("PUT", path("d"), body(secret + "'resources':[" + TABLE + "," + next + "]", given));
        clock.advance(OPERATION);
        var late = call("GET", path("d"), "").body().at("/properties/error/details/0");
        assertThat(late.path("code").asText()).isEqualTo("BadRequest");
        assertThat(late.path("message").asText()).contains("***").doesNotContain("canary");
    }

    @Test
    void aSecretThatADefaultComputesIsMaskedAndNumbersAndCodesAreNot() {
        var computed = "'parameters':{'secret':{'type':'securestring','defaultValue':'[concat(~can~, ~ary~)]'},"
                + "'more':{'type':'secureObject','defaultValue':{'port':24,'word':'BadRequest'}}},";
        var route =
                "{'type':'Microsoft.Network/routeTables/routes','apiVersion':'2024-07-01','name':'table/r','dependsOn':['table'],"
                        + "'properties':{'addressPrefix':'[concat(parameters(~secret~), ~/24~)]','nextHopType':'None'}}";

        call("PUT", path("d"), body(computed + "'resources':[" + TABLE + "," + route + "]"));
        clock.advance(OPERATION);

        var detail = call("GET", path("d"), "").body().at("/properties/error/details/0");
        assertThat(detail.path("code").asText()).isEqualTo("BadRequest");
        assertThat(detail.path("message").asText()).contains("***/24").doesNotContain("canary");
        var early = call(
                "PUT", path("e"), body(computed + "'variables':{'n':'[int(parameters(~secret~))]'},'resources':[]"));
        assertThat(early.message()).contains("the value '***' cannot be converted");
    }

    @Test
    void validatingSaysWhatWouldBeDeployedAndDeploysNothing() {
        var good = call("POST", path("d") + "/validate", body("'resources':[" + TABLE + "]"));

        assertThat(good.status()).isEqualTo(200);
        assertThat(good.state()).isEqualTo("Succeeded");
        assertThat(good.body().at("/properties/validatedResources/0/id").asText())
                .isEqualTo(arm.network("routeTables/table"));
        assertThat(call("GET", path("d"), "").status()).isEqualTo(404);
        clock.advance(OPERATION);
        assertThat(arm.get(arm.network("routeTables/table")).status()).isEqualTo(404);

        var bad = call("POST", path("d") + "/validate", body("'resources':[" + TABLE.replace("table", "[x()]") + "]"));
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.code()).isEqualTo("InvalidTemplate");
    }

    @Test
    void theTemplateIsGivenBackAndTheDeploymentsAreListed() {
        call("PUT", path("a"), body("'resources':[]"));
        call("PUT", path("b"), body("'resources':[" + TABLE + "]"));
        clock.advance(OPERATION);

        var exported = call("POST", path("b") + "/exportTemplate", "").body();
        assertThat(exported.at("/template/resources/0/name").asText()).isEqualTo("table");
        var list = call("GET", path("").replaceAll("/$", ""), "").body().path("value");
        assertThat(list.findValuesAsText("provisioningState")).containsExactly("Succeeded", "Succeeded");
        assertThat(list.at("/1/tags/run").asText()).isEqualTo("7");
        assertThat(list.at("/1/properties/providers/0/resourceTypes/0/resourceType")
                        .asText())
                .isEqualTo("routeTables");
        assertThat(list.at("/0/properties/templateHash")).isNotEqualTo(list.at("/1/properties/templateHash"));
        var operation = call("GET", path("b") + "/operations", "").body().at("/value/0");
        assertThat(call(
                                "GET",
                                path("b") + "/operations/"
                                        + operation.path("operationId").asText(),
                                "")
                        .body())
                .isEqualTo(operation);
    }

    @Test
    void aCallHasItsSecretsAndWhoeverPrintsItDoesNotShowThem() {
        var given = "'parameters':{'secret':{'value':'canary-1'}},";
        arm.call(
                "PUT",
                path("d") + VERSION,
                body("'parameters':{'secret':{'type':'securestring'}},'resources':[]", given),
                "Authorization",
                "Bearer canary-2");

        var call = azure.calls().of("Microsoft.Resources/deployments/write").get(0);

        assertThat(call.request().body()).contains("canary-1");
        assertThat(azure.calls().wire()).contains("canary-1", "canary-2");
        assertThat(call.request())
                .hasToString("PUT " + path("d") + ", " + call.request().body().length() + " characters");
        assertThat(call.response().orElseThrow().toString()).matches("201, \\d+ characters");
        assertThat(azure.calls().all().toString())
                .contains("Microsoft.Resources/deployments/write")
                .doesNotContain("canary");
    }

    @Test
    void callsAreNamedAsInRoleDefinitionsAndThePageNamesThem() throws Exception {
        var status = call("PUT", path("d"), body("'resources':[]"))
                .header("Azure-AsyncOperation")
                .orElseThrow();
        arm.get(status);
        call("GET", path("d") + "/operations", "");
        call("GET", arm.group("rg") + "/deployments/d/operations", "");
        call("POST", path("d") + "/validate", body("'resources':[]"));
        call("POST", path("d") + "/exportTemplate", "");
        call("POST", path("d") + "/cancel", "");
        call("HEAD", path("d"), "");
        call("DELETE", path("d"), "");

        var made = azure.calls().where(call -> call.target().contains("/deployments/"));
        assertThat(made).allSatisfy(call -> assertThat(call.status()).isLessThan(300));
        assertThat(made.stream().map(Call::action).distinct())
                .containsExactlyInAnyOrderElementsOf(Pattern.compile("^\\| `(Microsoft[^`]+)` \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("../docs/sim-azure-templates.md")))
                        .results()
                        .map(row -> row.group(1))
                        .toList());
    }

    @Test
    void aDeploymentInsideADeploymentRunsInItsTurnAndItsOutputsCanBeReferredTo() {
        var inner =
                "{'type':'Microsoft.Resources/deployments','apiVersion':'2025-04-01','name':'inner','properties':{'mode':"
                        + "'Incremental','expressionEvaluationOptions':{'scope':'inner'},'parameters':{'n':{'value':'table'}},'template':{"
                        + HEAD + "'parameters':{'n':{'type':'string'}},'resources':["
                        + TABLE.replace("'table'", "'[parameters(~n~)]'")
                        + "],'outputs':{'name':{'type':'string','value':'[toUpper(parameters(~n~))]'}}}}}";
        call(
                "PUT",
                path("d"),
                body("'resources':[" + inner
                        + "],'outputs':{'o':{'type':'string','value':'[reference(~inner~).outputs.name.value]'}}"));

        clock.advance(OPERATION.multipliedBy(2));

        var outer = call("GET", path("d"), "").body().path("properties");
        assertThat(outer.path("provisioningState").asText()).isEqualTo("Succeeded");
        assertThat(outer.at("/outputs/o/value").asText()).isEqualTo("TABLE");
        assertThat(call("GET", path("inner"), "").state()).isEqualTo("Succeeded");
        assertThat(arm.get(arm.network("routeTables/table")).state()).isEqualTo("Succeeded");
    }

    @Test
    void aFailureDeepInsideIsTextInTextInTheDetails() throws Exception {
        azure.failNextOperation("Microsoft.Network/routeTables/write", "InternalServerError", "the disk was full");
        var inner =
                "{'type':'Microsoft.Resources/deployments','apiVersion':'2025-04-01','name':'inner','properties':{'mode':"
                        + "'Incremental','template':{" + HEAD + "'resources':[" + TABLE + "]}}}";
        call("PUT", path("d"), body("'resources':[" + inner + "]"));

        clock.advance(OPERATION.multipliedBy(2));

        var error = call("GET", path("d"), "").body().at("/properties/error");
        assertThat(error.at("/details/0/code").asText()).isEqualTo("Conflict");
        var once = new ObjectMapper().readTree(error.at("/details/0/message").asText());
        assertThat(once.at("/error/details/0/code").asText()).isEqualTo("DeploymentFailed");
        var twice = new ObjectMapper()
                .readTree(once.at("/error/details/0/details/0/message").asText());
        assertThat(twice.at("/error/details/0/message").asText()).isEqualTo("the disk was full");
    }

    @Test
    void anOutputThatCannotBeEvaluatedFailsTheDeploymentAfterItsResourcesWereMade() {
        call(
                "PUT",
                path("d"),
                body("'resources':[" + TABLE
                        + "],'outputs':{'o':{'type':'string','value':'[reference(~table~).nothing]'}}"));
        clock.advance(OPERATION);

        var failed = call("GET", path("d"), "");
        assertThat(failed.state()).isEqualTo("Failed");
        assertThat(failed.body().at("/properties/error/code").asText()).isEqualTo("DeploymentOutputEvaluationFailed");
        assertThat(failed.body().at("/properties/error/details/0/message").asText())
                .startsWith(
                        "The template output 'o' is not valid: The language expression property 'nothing' doesn't exist");
        assertThat(arm.get(arm.network("routeTables/table")).state()).isEqualTo("Succeeded");
    }

    @Test
    void whatIsNotADeploymentIsRefused() {
        var resources = "'resources':[" + TABLE + "]";
        assertThat(call("PUT", path("x".repeat(65)), body(resources)).code()).isEqualTo("InvalidDeploymentName");
        assertThat(call("PUT", path("a!b"), body(resources)).code()).isEqualTo("InvalidDeploymentName");
        assertThat(call("PUT", path("d"), body(resources).replace("{'tags'", "{'location':'eastus','tags'"))
                        .code())
                .isEqualTo("InvalidDeployment");
        assertThat(call("PUT", path("d"), body(resources).replace("Incremental", "Sometimes"))
                        .code())
                .isEqualTo("InvalidRequestContent");
        assertThat(call("PUT", path("d"), body(resources).replace("Incremental", "Complete"))
                        .message())
                .contains("'Complete' is not supported by this stand-in");
        assertThat(call("PUT", path("d"), "{'properties':{'mode':'Incremental'}}")
                        .message())
                .contains("'properties.template' must be an object");
        assertThat(call("PUT", path("d"), "nonsense").code()).isEqualTo("InvalidRequestContent");
        assertThat(call("PUT", path("d"), body(resources.replace(",'location':'eastus'", "")))
                        .code())
                .isEqualTo("LocationRequired");
        assertThat(call("PUT", path("d"), body(resources.replace("eastus", "moon")))
                        .code())
                .isEqualTo("LocationNotAvailableForResourceType");
        assertThat(call("PUT", path("d").replace("/rg/", "/none/"), body(resources))
                        .code())
                .isEqualTo("ResourceGroupNotFound");
        assertThat(call("PATCH", path("d"), "{}").status()).isEqualTo(405);
        assertThat(call("POST", path("d") + "/something", "{}").status()).isEqualTo(404);
        assertThat(call("POST", path("d") + "/cancel", "").code()).isEqualTo("DeploymentNotFound");
        assertThat(azure.inventory(azure.subscription())).hasSize(1);
    }

    @Test
    void aGroupGoesWithTheRecordsOfItsDeploymentsAndStopsThoseThatRun() {
        call("PUT", path("d"), body("'resources':[" + TABLE + "]"));
        clock.advance(OPERATION);
        assertThat(azure.inventory(azure.subscription())).containsKey(path("d"));
        call("PUT", path("e"), body("'resources':[" + TABLE + "]"));

        arm.delete(arm.group("rg"));
        assertThat(call("PUT", path("f"), body("'resources':[]")).code()).isEqualTo("ResourceGroupBeingDeleted");
        clock.advance(OPERATION.multipliedBy(4));

        assertThat(azure.inventory(azure.subscription())).isEmpty();
        assertThat(call("GET", path("d"), "").code()).isEqualTo("ResourceGroupNotFound");
    }

    @Test
    void aDeploymentActsForTheCallerWhoWasAdmitted() {
        try (var guarded = SimAzure.builder()
                .clock(clock)
                .operationTime(OPERATION)
                .requireToken("token-1")
                .start()) {
            var client = new ArmClient(guarded);
            String[] bearer = {"Authorization", "Bearer token-1"};
            client.call("PUT", client.group("rg"), "{'location':'eastus'}", bearer);
            var deployment = client.group("rg") + "/providers/Microsoft.Resources/deployments/d" + VERSION;

            assertThat(client.call("PUT", deployment, body("'resources':[" + TABLE + "]"))
                            .status())
                    .isEqualTo(401);
            client.call("PUT", deployment, body("'resources':[" + TABLE + "]"), bearer);
            clock.advance(OPERATION);

            assertThat(client.call("GET", deployment, "", bearer).state()).isEqualTo("Succeeded");
        }
    }
}
