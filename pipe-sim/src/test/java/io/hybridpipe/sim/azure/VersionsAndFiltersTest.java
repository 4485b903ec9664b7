// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of every call: a version that the type has, a filter that can be read, conditions, and patience. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VersionsAndFiltersTest {

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure = SimAzure.builder().clock(clock).start();
    private final ArmClient arm = new ArmClient(azure);

    @BeforeAll
    void buildSomethingToFind() {
        put(arm.group("rg"), "{'location':'eastus','tags':{'run':'r-1'}}");
        put(arm.group("other"), "{'location':'westeurope'}");
        put(arm.network("routeTables/one"), "{'location':'eastus','tags':{'run':'r-1','step':'a'}}");
        put(arm.network("routeTables/two"), "{'location':'eastus','tags':{'Run':'r-2'}}");
        put(arm.network("networkSecurityGroups/g"), "{'location':'eastus','tags':{'run':'r-1'}}");
        put(
                arm.group("other") + "/providers/Microsoft.Network/routeTables/three",
                "{'location':'westeurope','tags':{'run':'r-1'}}");
    }

    @AfterAll
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void aVersionThatATypeDoesNotHaveIsRefusedWithThoseItHas() {
        var refused = arm.get(arm.network("routeTables/one") + "?api-version=2018-01-02");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("NoRegisteredProviderFound");
        assertThat(refused.message())
                .startsWith(
                        "No registered resource provider found for location 'eastus' and API version '2018-01-02' for type"
                                + " 'routeTables'. The supported api-versions are '2025-05-01, ")
                .contains("2024-07-01", "northeurope");
        assertThat(arm.put(arm.network("virtualNetworks/v/subnets/s") + "?api-version=2024-11-01", "{'properties':{}}")
                        .message())
                .contains("for type 'virtualNetworks/subnets'");
        assertThat(arm.get(arm.compute("virtualMachines") + "?api-version=2024-11-01")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void resourceManagerHasVersionsOfItsOwn() {
        var refused = arm.get(arm.group("rg") + "?api-version=2024-05-01");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("InvalidApiVersionParameter");
        assertThat(refused.message()).contains("The supported versions are '2025-04-01,");
    }

    @Test
    void aProviderListsItsTypesWithTheirVersions() {
        var types = arm.get("/subscriptions/" + azure.subscription() + "/providers/Microsoft.Compute")
                .body()
                .path("resourceTypes");

        assertThat(types.findValuesAsText("resourceType")).containsExactly("virtualMachines", "disks");
        assertThat(types.at("/0/apiVersions/0").asText()).isEqualTo("2025-04-01");
        assertThat(types.at("/1/apiVersions/0").asText()).isEqualTo("2025-01-02");
        assertThat(arm.get("/subscriptions/" + azure.subscription() + "/providers")
                        .body()
                        .path("value")
                        .findValuesAsText("namespace"))
                .containsExactly("Microsoft.Resources", "Microsoft.Network", "Microsoft.Compute");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            tagName eq 'run' and tagValue eq 'r-1'                | g one three
            tagName eq 'RUN'                                      | g one three two
            tagName eq 'run' and tagValue eq 'R-1'                |
            tagName eq 'step' and tagValue eq 'a'                 | one
            resourceType eq 'Microsoft.Network/routeTables'       | one three two
            resourceType eq 'microsoft.network/NETWORKSECURITYGROUPS' | g
            resourceGroup eq 'OTHER'                              | three
            name eq 'two' and location eq 'eastus'                | two
            """)
    void resourcesAreFoundByTagTypeAndPlace(String filter, @Nullable String names) {
        assertThat(names(filtered("resources", filter)))
                .containsExactlyInAnyOrderElementsOf(names == null ? List.of() : List.of(names.split(" ")));
    }

    @Test
    void groupsAreFoundByTagAndResourcesWithinAGroup() {
        assertThat(names(filtered("resourcegroups", "tagName eq 'run' and tagValue eq 'r-1'")))
                .containsExactly("rg");
        var inGroup = arm.get(arm.group("rg") + "/resources?" + ArmClient.VERSION + "&$filter="
                + encoded("tagName eq 'run' and tagValue eq 'r-1'"));
        assertThat(names(inGroup)).containsExactlyInAnyOrder("one", "g");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"tagName", "tagValue eq 'x'", "colour eq 'red'", "name eq 'a' or name eq 'b'"})
    void aFilterThatCannotBeReadIsRefused(String filter) {
        assertThat(filtered("resources", filter).code()).isEqualTo("InvalidFilterInQueryString");
    }

    @Test
    void aResourceIsAskedForAndDeletedByItsIdAlone() {
        var id = arm.network("routeTables/brief");
        put(id, "{'location':'eastus'}");

        assertThat(arm.call("HEAD", id, "").status()).isEqualTo(204);
        assertThat(arm.delete(id.toUpperCase(Locale.ROOT)).status()).isEqualTo(202);
        clock.advance(Duration.ofMinutes(1));
        assertThat(arm.call("HEAD", id, "").status()).isEqualTo(404);
    }

    @Test
    void conditionsOnETagsHoldForChildrenAndDeletionsToo() {
        var rule = arm.network("routeTables/one/routes/r");
        var body = "{'properties':{'addressPrefix':'10.1.0.0/16','nextHopType':'None'}}";
        assertThat(arm.call("PUT", rule, body, "If-Match", "*").code()).isEqualTo("PreconditionFailed");
        assertThat(arm.call("PUT", rule, body, "If-None-Match", "*").status()).isEqualTo(201);
        clock.advance(Duration.ofMinutes(1));
        var etag = arm.get(rule).header("ETag").orElseThrow();

        assertThat(arm.call("PUT", rule, body, "If-None-Match", "*").status()).isEqualTo(412);
        assertThat(arm.call("DELETE", rule, "", "If-Match", "W/\"old\"").status())
                .isEqualTo(412);
        assertThat(arm.call("DELETE", rule, "", "If-Match", etag).status()).isEqualTo(202);
        clock.advance(Duration.ofMinutes(1));
    }

    @Test
    void callsBeyondTheLimitOfASubscriptionAreRefusedUntilTheSecondIsOver() {
        var other = "00000000-0000-4000-8000-00000000bbbb";
        try (var strict = SimAzure.builder()
                .clock(clock)
                .requestLimit(2)
                .subscription("00000000-0000-4000-8000-00000000aaaa")
                .subscription(other)
                .start()) {
            var client = new ArmClient(strict);
            assertThat(client.put(client.group("rg"), "{'location':'eastus'}").status())
                    .isEqualTo(201);
            assertThat(client.get(client.group("rg")).status()).isEqualTo(200);

            var refused = client.put(client.group("second"), "{'location':'eastus'}");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("SubscriptionRequestsThrottled");
            assertThat(refused.header("Retry-After")).hasValue("1");
            assertThat(client.get("/subscriptions/" + other + "/resourcegroups").status())
                    .isEqualTo(200);
            clock.advance(Duration.ofSeconds(1));
            assertThat(client.get(client.group("second")).code()).isEqualTo("ResourceGroupNotFound");
        }
        assertThatThrownBy(() -> SimAzure.builder().requestLimit(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private Answer filtered(String list, String filter) {
        return arm.get("/subscriptions/" + azure.subscription() + "/" + list + "?" + ArmClient.VERSION + "&$filter="
                + encoded(filter));
    }

    private static String encoded(String filter) {
        return URLEncoder.encode(filter, StandardCharsets.UTF_8);
    }

    private static List<String> names(Answer list) {
        var names = new ArrayList<String>();
        list.body().path("value").forEach(item -> names.add(item.path("name").asText()));
        return names;
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(Duration.ofMinutes(1));
    }
}
