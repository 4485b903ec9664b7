// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.ArmClient.Answer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peerings of virtual networks over the wire, in two subscriptions: a hub in one, spokes in the other. */
class PeeringsTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String HERE = "00000000-0000-4000-8000-00000000aaaa";
    private static final String THERE = "00000000-0000-4000-8000-00000000bbbb";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure = SimAzure.builder()
            .clock(clock)
            .operationTime(OPERATION)
            .subscription(HERE)
            .subscription(THERE)
            .start();
    private final ArmClient arm = new ArmClient(azure);
    private final String hub = network(HERE, "hub");
    private final String spoke = network(THERE, "spoke");

    @BeforeEach
    void buildTheNetworks() {
        put("/subscriptions/" + HERE + "/resourceGroups/rg", "{'location':'eastus'}");
        put("/subscriptions/" + THERE + "/resourceGroups/rg", "{'location':'westeurope'}");
        put(hub, space("eastus", "10.2.0.0/16"));
        put(spoke, space("westeurope", "10.3.0.0/16"));
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void aPeeringIsAnOperationOfItsNetworkAndInitiatedUntilTheOtherSideIsThere() {
        var created = arm.put(hub + "/virtualNetworkPeerings/down", to(spoke));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Azure-AsyncOperation").orElseThrow()).contains("/locations/eastus/operations/");
        assertThat(created.header("Location")).isEmpty();
        assertThat(created.state()).isEqualTo("Updating");
        assertThat(arm.get(hub).state()).isEqualTo("Updating");
        clock.advance(OPERATION);
        var alone = arm.get(hub + "/virtualNetworkPeerings/down").body();
        assertThat(alone.at("/properties/peeringState").asText()).isEqualTo("Initiated");
        assertThat(alone.at("/properties/peeringSyncLevel").asText()).isEqualTo("RemoteNotInSync");
        assertThat(alone.at("/properties/remoteAddressSpace/addressPrefixes/0").asText())
                .isEqualTo("10.3.0.0/16");
        assertThat(alone.at("/type").asText()).isEqualTo("Microsoft.Network/virtualNetworks/virtualNetworkPeerings");
        assertThat(state(spoke, "up")).isEmpty();

        assertThat(arm.put(spoke + "/virtualNetworkPeerings/up", to(hub)).status())
                .isEqualTo(201);
        assertThat(state(hub, "down")).isEqualTo("Initiated");
        clock.advance(OPERATION);

        assertThat(state(hub, "down")).isEqualTo("Connected");
        assertThat(state(spoke, "up")).isEqualTo("Connected");
        assertThat(syncLevel(hub, "down")).isEqualTo("FullyInSync");
        assertThat(arm.get(hub)
                        .body()
                        .at("/properties/virtualNetworkPeerings/0/properties/peeringState")
                        .asText())
                .isEqualTo("Connected");
        assertThat(arm.get(hub + "/virtualNetworkPeerings").body().at("/value")).hasSize(1);
    }

    @Test
    void settingsHaveDefaultsAndAreKept() {
        connect();
        assertThat(properties(hub, "down").path("allowVirtualNetworkAccess").asBoolean())
                .isTrue();
        assertThat(properties(hub, "down").path("allowForwardedTraffic").asBoolean())
                .isFalse();

        var updated = arm.put(
                hub + "/virtualNetworkPeerings/down",
                "{'properties':{'remoteVirtualNetwork':{'id':'" + spoke
                        + "'},'allowVirtualNetworkAccess':false,'allowForwardedTraffic':true,"
                        + "'allowGatewayTransit':true,'useRemoteGateways':true}}");
        clock.advance(OPERATION);

        assertThat(updated.status()).isEqualTo(200);
        var properties = properties(hub, "down");
        assertThat(properties.path("allowVirtualNetworkAccess").asBoolean()).isFalse();
        assertThat(properties.path("allowForwardedTraffic").asBoolean()).isTrue();
        assertThat(properties.path("allowGatewayTransit").asBoolean()).isTrue();
        assertThat(properties.path("useRemoteGateways").asBoolean()).isTrue();
        assertThat(properties.path("peeringState").asText()).isEqualTo("Connected");
    }

    @Test
    void theSideThatStaysIsDisconnectedUntilItIsPutAgain() {
        connect();

        assertThat(arm.delete(spoke + "/virtualNetworkPeerings/up").status()).isEqualTo(202);
        assertThat(state(hub, "down")).isEqualTo("Connected");
        clock.advance(OPERATION);
        assertThat(state(hub, "down")).isEqualTo("Disconnected");

        var refused = arm.put(spoke + "/virtualNetworkPeerings/up", to(hub));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("RemotePeeringIsDisconnected");
        assertThat(refused.message()).contains(hub + "/virtualNetworkPeerings/down");

        put(hub + "/virtualNetworkPeerings/down", to(spoke));
        assertThat(state(hub, "down")).isEqualTo("Initiated");
        put(spoke + "/virtualNetworkPeerings/up", to(hub));
        assertThat(state(hub, "down")).isEqualTo("Connected");
    }

    @Test
    void aPeeredNetworkCanBeDeletedAndLeavesTheOtherSideDisconnected() {
        connect();

        delete(spoke);
        assertThat(state(hub, "down")).isEqualTo("Disconnected");

        // what points to nothing does not keep its own network from being changed
        put(hub + "/subnets/apps", "{'properties':{'addressPrefix':'10.2.1.0/24'}}");
        put(spoke, space("westeurope", "10.3.0.0/16"));
        assertThat(state(hub, "down")).isEqualTo("Disconnected");
        delete(hub + "/virtualNetworkPeerings/down");
        connect();
        assertThat(state(hub, "down")).isEqualTo("Connected");
    }

    @Test
    void aResourceGroupWithAPeeredNetworkCanBeDeleted() {
        connect();

        var location = arm.delete("/subscriptions/" + THERE + "/resourceGroups/rg")
                .header("Location")
                .orElseThrow();
        clock.advance(OPERATION);

        assertThat(arm.get(location).status()).isEqualTo(200);
        assertThat(state(hub, "down")).isEqualTo("Disconnected");
    }

    @Test
    void aNetworkThatIsWrittenWithoutItsPeeringsKeepsThemAndWithAnEmptyListLosesThem() {
        connect();

        put(hub, space("eastus", "10.2.0.0/16"));
        assertThat(state(hub, "down")).isEqualTo("Connected");

        put(
                hub,
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},"
                        + "'virtualNetworkPeerings':[]}}");
        assertThat(state(hub, "down")).isEmpty();
        assertThat(state(spoke, "up")).isEqualTo("Disconnected");
    }

    @Test
    void aLargerSpaceIsKnownToTheOtherSideOnceItIsSynced() {
        connect();

        put(
                spoke,
                "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.3.0.0/16','10.4.0.0/16']}}}");
        assertThat(syncLevel(spoke, "up")).isEqualTo("LocalNotInSync");
        assertThat(syncLevel(hub, "down")).isEqualTo("RemoteNotInSync");
        assertThat(properties(hub, "down").at("/remoteAddressSpace/addressPrefixes"))
                .hasSize(1);
        assertThat(properties(hub, "down").at("/remoteVirtualNetworkAddressSpace/addressPrefixes"))
                .hasSize(2);

        put(hub + "/virtualNetworkPeerings/down", to(spoke));
        assertThat(syncLevel(hub, "down")).isEqualTo("RemoteNotInSync");
        put(hub + "/virtualNetworkPeerings/down?" + ArmClient.VERSION + "&syncRemoteAddressSpace=true", to(spoke));
        assertThat(syncLevel(hub, "down")).isEqualTo("FullyInSync");
        assertThat(syncLevel(spoke, "up")).isEqualTo("FullyInSync");
    }

    @Test
    void spacesThatOverlapAreRefused() {
        var same = network(HERE, "same");
        put(same, space("eastus", "10.3.128.0/17"));

        var refused = arm.put(same + "/virtualNetworkPeerings/p", to(spoke));
        assertThat(refused.code()).isEqualTo("VnetAddressSpacesOverlap");
        assertThat(refused.message()).endsWith("Overlapping address prefixes: 10.3.128.0/17.");

        connect();
        assertThat(arm.put(same + "/virtualNetworkPeerings/p", to(hub)).code())
                .isEqualTo("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet");
        assertThat(arm.put(hub, space("eastus", "10.2.0.0/15")).code()).isEqualTo("VnetAddressSpacesOverlap");
    }

    @Test
    void aSecondPeeringWithTheSameNetworkIsRefusedAndSoIsATurnToAnother() {
        connect();
        put(network(HERE, "other"), space("eastus", "10.9.0.0/16"));

        assertThat(arm.put(hub + "/virtualNetworkPeerings/second", to(spoke)).code())
                .isEqualTo("AnotherPeeringAlreadyReferencesRemoteVnet");
        assertThat(arm.put(hub + "/virtualNetworkPeerings/down", to(network(HERE, "other")))
                        .status())
                .isEqualTo(400);
        assertThat(properties(hub, "down").at("/remoteVirtualNetwork/id").asText())
                .isEqualTo(spoke);
    }

    @Test
    void whatAPeeringPointsToMustBeThereAndSettled() {
        assertThat(refused("{'properties':{}}").code()).isEqualTo("InvalidRequestFormat");
        assertThat(refused(to("spoke")).code()).isEqualTo("LinkedInvalidPropertyId");
        var missing = refused(to(network(THERE, "other")));
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.code()).isEqualTo("InvalidGlobalResourceReference");
        var foreign = refused(to(network("00000000-0000-4000-8000-00000000cccc", "v")));
        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign.code()).isEqualTo("LinkedAuthorizationFailed");

        arm.put(spoke + "/subnets/apps", "{'properties':{'addressPrefix':'10.3.1.0/24'}}");
        var early = refused(to(spoke));
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.code()).isEqualTo("ReferencedResourceNotProvisioned");
        clock.advance(OPERATION);
        assertThat(arm.put(hub + "/virtualNetworkPeerings/down", to(spoke)).status())
                .isEqualTo(201);
    }

    @Test
    void aPeeringThatFailsConnectsNothing() {
        azure.failNextOperation(
                "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write", "InternalServerError", "no");
        put(hub + "/virtualNetworkPeerings/down", to(spoke));
        assertThat(arm.get(hub + "/virtualNetworkPeerings/down").state()).isEqualTo("Failed");

        put(spoke + "/virtualNetworkPeerings/up", to(hub));
        assertThat(state(spoke, "up")).isEqualTo("Initiated");
        put(hub + "/virtualNetworkPeerings/down", to(spoke));
        assertThat(state(spoke, "up")).isEqualTo("Connected");
    }

    private void connect() {
        put(hub + "/virtualNetworkPeerings/down", to(spoke));
        put(spoke + "/virtualNetworkPeerings/up", to(hub));
    }

    private Answer refused(String body) {
        return arm.put(hub + "/virtualNetworkPeerings/down", body);
    }

    private static String network(String subscription, String name) {
        return "/subscriptions/" + subscription + "/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/"
                + name;
    }

    private static String space(String location, String prefix) {
        return "{'location':'" + location + "','properties':{'addressSpace':{'addressPrefixes':['" + prefix + "']}}}";
    }

    private static String to(String network) {
        return "{'properties':{'remoteVirtualNetwork':{'id':'" + network + "'}}}";
    }

    private JsonNode properties(String network, String name) {
        return arm.get(network + "/virtualNetworkPeerings/" + name).body().at("/properties");
    }

    private String state(String network, String name) {
        return properties(network, name).path("peeringState").asText();
    }

    private String syncLevel(String network, String name) {
        return properties(network, name).path("peeringSyncLevel").asText();
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
