// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.management.exception.ManagementException;
import com.azure.resourcemanager.resources.fluent.DeploymentsManagementClient;
import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import com.azure.resourcemanager.resources.fluent.models.DeploymentInner;
import com.azure.resourcemanager.resources.fluent.models.DeploymentOperationInner;
import com.azure.resourcemanager.resources.implementation.DeploymentsManagementClientBuilder;
import com.azure.resourcemanager.resources.models.DeploymentMode;
import com.azure.resourcemanager.resources.models.DeploymentParameter;
import com.azure.resourcemanager.resources.models.DeploymentProperties;
import com.azure.resourcemanager.resources.models.ProvisioningState;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The real Azure SDK deploys templates to the stand-in. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeploymentsSdkTest {

    private final SimClock clock = SimClock.scaled(1000);
    // without Retry-After the client's own poll interval counts, which the test sets to milliseconds
    private final SimAzure azure = SimAzure.builder().clock(clock).retryAfter(0).start();
    private final DeploymentsManagementClient client = new DeploymentsManagementClientBuilder()
            .pipeline(new HttpPipelineBuilder().build())
            .endpoint(azure.endpoint().toString())
            .subscriptionId(azure.subscription())
            .defaultPollInterval(Duration.ofMillis(5))
            .buildClient();

    @BeforeAll
    void createGroup() {
        var arm = new ArmClient(azure);
        arm.put(arm.group("rg"), "{'location':'eastus'}");
    }

    @AfterAll
    void close() {
        azure.close();
        clock.close();
    }

    private static DeploymentInner table(String name) {
        var template = Map.of(
                "$schema", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                "contentVersion", "1.0.0.0",
                "parameters", Map.of("name", Map.of("type", "string")),
                "resources",
                        List.of(Map.of(
                                "type", "Microsoft.Network/routeTables",
                                "apiVersion", "2024-07-01",
                                "name", "[parameters('name')]",
                                "location", "[resourceGroup().location]")),
                "outputs",
                        Map.of(
                                "id",
                                Map.of(
                                        "type",
                                        "string",
                                        "value",
                                        "[resourceId('Microsoft.Network/routeTables', parameters('name'))]")));
        return new DeploymentInner()
                .withProperties(new DeploymentProperties()
                        .withMode(DeploymentMode.INCREMENTAL)
                        .withTemplate(template)
                        .withParameters(Map.of("name", new DeploymentParameter().withValue(name))));
    }

    @Test
    void aTemplateIsValidatedDeployedLookedAtAndItsRecordDeleted() {
        var deployments = client.getDeployments();
        assertThat(deployments.checkExistence("rg", "first")).isFalse();
        var validated = deployments.validate("rg", "first", table("t1"));
        assertThat(validated.error()).isNull();
        assertThat(validated.properties().validatedResources()).hasSize(1);

        var done = deployments.createOrUpdate("rg", "first", table("t1"));

        assertThat(done.properties().provisioningState()).isEqualTo(ProvisioningState.SUCCEEDED);
        assertThat(done.properties().outputs().toString()).contains("/routeTables/t1");
        assertThat(done.properties().outputResources()).singleElement().satisfies(one -> assertThat(one.id())
                .endsWith("/routeTables/t1"));
        assertThat(client.getDeploymentOperations().listByResourceGroup("rg", "first").stream()
                        .map(DeploymentOperationInner::properties)
                        .map(properties -> properties.provisioningOperation() + " " + properties.provisioningState()))
                .containsExactly("Create Succeeded", "EvaluateDeploymentOutput Succeeded");
        assertThat(deployments.listByResourceGroup("rg").stream().map(DeploymentExtendedInner::name))
                .contains("first");
        deployments.delete("rg", "first");
        assertThat(deployments.checkExistence("rg", "first")).isFalse();
    }

    @Test
    void aFailureInsideComesOutAsAnExceptionWithDetails() {
        azure.failNextOperation("Microsoft.Network/routeTables/write", "InternalServerError", "the disk was full");

        var failed = catchThrowableOfType(
                ManagementException.class, () -> client.getDeployments().createOrUpdate("rg", "second", table("t2")));

        assertThat(failed.getValue().getCode()).isEqualTo("DeploymentFailed");
        assertThat(failed.getValue().getDetails()).singleElement().satisfies(detail -> {
            assertThat(detail.getCode()).isEqualTo("Conflict");
            assertThat(detail.getMessage()).contains("the disk was full");
        });
        var operation = client.getDeploymentOperations().listByResourceGroup("rg", "second").stream()
                .findFirst()
                .orElseThrow()
                .properties();
        assertThat(operation.statusMessage().error().getDetails().get(0).getMessage())
                .isEqualTo("the disk was full");
        assertThat(operation.targetResource().resourceName()).isEqualTo("t2");
    }

    @Test
    void aTemplateThatCannotBeReadIsRefusedWithItsCode() {
        var refused = catchThrowableOfType(
                ManagementException.class, () -> client.getDeployments().createOrUpdate("rg", "third", table("")));

        assertThat(refused.getValue().getCode()).isEqualTo("InvalidTemplate");
        // with 400 the SDK's own poller reports a failed operation without its reason, so the first answer is looked at
        var validated = client.getDeployments()
                .validateWithResponseAsync("rg", "third", table(""))
                .block(Duration.ofSeconds(60));
        assertThat(validated).isNotNull();
        assertThat(validated.getStatusCode()).isEqualTo(400);
    }
}
