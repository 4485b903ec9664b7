// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.SimClock;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults strike by the service's own action names, and the call log and the inventory tell what came of it. */
class FaultsAndCallsTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String RULES = "Microsoft.Network/networkSecurityGroups/securityRules/write";
    private static final String RULE =
            "{'properties':{'priority':200,'access':'Allow','direction':'Inbound','protocol':'Tcp','sourceAddressPrefix':'*',"
                    + "'destinationPortRange':'8000','sourcePortRange':'*','destinationAddressPrefix':'*'}}";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);

    @BeforeEach
    void createGroups() {
        arm.put(arm.group("rg"), "{'location':'eastus'}");
        arm.put(arm.network("networkSecurityGroups/g"), "{'location':'eastus'}");
        clock.advance(OPERATION);
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private String rule() {
        return arm.network("networkSecurityGroups/g/securityRules/api");
    }

    @Test
    void throttlingSaysWhenToComeBackAndChangesNothing() {
        var before = azure.inventory(azure.subscription());
        azure.faults().on(RULES).error("TooManyRequests", "Number of requests exceeded the limit.");

        var throttled = arm.put(rule(), RULE);

        assertThat(throttled.status()).isEqualTo(429);
        assertThat(throttled.header("Retry-After")).hasValue("1");
        assertThat(throttled.code()).isEqualTo("TooManyRequests");
        assertThat(azure.inventory(azure.subscription())).isEqualTo(before);
        assertThat(arm.put(rule(), RULE).status()).isEqualTo(201);
    }

    @Test
    void anAnswerCanBeLostAfterTheRuleWasMade() {
        azure.faults().on(RULES).dropAfter();

        assertThatThrownBy(() -> arm.put(rule(), RULE)).isInstanceOf(UncheckedIOException.class);

        assertThat(arm.get(rule()).state()).isEqualTo("Updating");
        clock.advance(OPERATION);
        assertThat(arm.put(rule(), RULE).status()).isEqualTo(200);
    }

    @Test
    void theQuestionHowAnOperationGoesCanFailToo() {
        var operation = arm.put(rule(), RULE).header("Azure-AsyncOperation").orElseThrow();
        azure.faults().on("Microsoft.Network/locations/operations/read").status(503);

        assertThat(arm.get(operation).status()).isEqualTo(503);
        assertThat(arm.get(operation).body().at("/status").asText()).isEqualTo("InProgress");
    }

    @Test
    void aChangeCanBeHeldBeforeItActs() throws Exception {
        var held = azure.faults().on(Call::changing).holdBefore();
        var answer = CompletableFuture.supplyAsync(() -> arm.put(rule(), RULE));

        assertThat(held.reached().get(60, TimeUnit.SECONDS).action()).isEqualTo(RULES);
        assertThat(arm.get(rule()).status()).isEqualTo(404);
        held.release();
        assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(201);
    }

    @Test
    void callsAreLoggedWithTheirActionTargetAndWire() {
        azure.calls().clear();
        arm.call("PUT", rule(), RULE, "Authorization", "Bearer canary-0815");
        arm.get(arm.network("networkSecurityGroups"));
        arm.delete(arm.group("rg"));

        assertThat(azure.calls().all())
                .extracting(Call::action)
                .containsExactly(
                        RULES,
                        "Microsoft.Network/networkSecurityGroups/read",
                        "Microsoft.Resources/subscriptions/resourceGroups/delete");
        assertThat(azure.calls().changing()).hasSize(2);
        var put = azure.calls().of(RULES).get(0);
        assertThat(put.target()).isEqualTo(rule());
        assertThat(put.caller()).isEqualTo(azure.subscription());
        assertThat(put.status()).isEqualTo(201);
        assertThat(azure.calls().wire()).contains("canary-0815", "'destinationPortRange':'8000'".replace('\'', '"'));
    }

    @Test
    void anInventoryIsTheSameAgainOnceWhatWasAddedIsTakenAway() {
        var before = azure.inventory(azure.subscription());

        arm.put(rule(), RULE);
        clock.advance(OPERATION);
        var with = azure.inventory(azure.subscription());
        assertThat(with).isNotEqualTo(before);
        assertThat(with.get(arm.network("networkSecurityGroups/g")).toString()).contains("securityRules/api");
        arm.delete(rule());
        assertThat(azure.inventory(azure.subscription())).isNotEqualTo(before);
        clock.advance(OPERATION);

        assertThat(azure.inventory(azure.subscription())).isEqualTo(before);
    }

    @Test
    void subscriptionsDoNotSeeEachOther() {
        var first = "11111111-1111-4111-8111-111111111111";
        var second = "22222222-2222-4222-8222-222222222222";
        try (var both = SimAzure.builder()
                .clock(clock)
                .subscription(first)
                .subscription(second)
                .start()) {
            var client = new ArmClient(both);
            client.put("/subscriptions/" + second + "/resourceGroups/rg", "{'location':'eastus'}");

            assertThat(client.get("/subscriptions/" + first + "/resourceGroups")
                            .body()
                            .at("/value"))
                    .isEmpty();
            assertThat(client.get("/subscriptions/" + second + "/resourceGroups")
                            .body()
                            .at("/value"))
                    .hasSize(1);
            assertThat(client.get("/subscriptions").body().at("/value")).hasSize(2);
            assertThat(both.inventory(first)).isEmpty();
            assertThat(both.inventory(second)).hasSize(1);
        }
    }
}
