// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, with which status and code, and that a refusal changes nothing. */
class RefusalsTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final SimClock CLOCK = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private static final SimAzure AZURE =
            SimAzure.builder().clock(CLOCK).operationTime(OPERATION).start();
    private static final ArmClient ARM = new ArmClient(AZURE);

    @BeforeAll
    static void buildSomethingToOffendAgainst() {
        done(ARM.group("rg"), "{'location':'eastus'}");
        done(
                ARM.network("routeTables/used"),
                "{'location':'eastus','properties':{'routes':[" + route("up", "10.1.0.0/16") + "]}}");
        done(ARM.network("routeTables/far"), "{'location':'westeurope'}");
        done(
                ARM.network("networkSecurityGroups/g"),
                "{'location':'eastus','properties':{'securityRules':[{'name':'first'," + rule(100, "8000", "*")
                        + "}]}}");
        done(
                ARM.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':["
                        + "{'name':'apps','properties':{'addressPrefix':'10.2.1.0/24','routeTable':{'id':'"
                        + ARM.network("routeTables/used") + "'},'networkSecurityGroup':{'id':'"
                        + ARM.network("networkSecurityGroups/g") + "'}}},"
                        + "{'name':'tiny','properties':{'addressPrefix':'10.2.2.0/29'}}]}}");
        done(ARM.network("publicIPAddresses/taken"), "{'location':'eastus','properties':{}}");
        done(
                ARM.network("networkInterfaces/n"),
                nic(
                        "apps",
                        "'privateIPAllocationMethod':'Static','privateIPAddress':'10.2.1.10',"
                                + "'publicIPAddress':{'id':'" + ARM.network("publicIPAddresses/taken") + "'},"));
        for (var i = 0; i < 3; i++) {
            done(ARM.network("networkInterfaces/tiny" + i), nic("tiny", ""));
        }
    }

    private static void done(String path, String body) {
        assertThat(ARM.put(path, body).status()).as(path).isEqualTo(201);
        CLOCK.advance(OPERATION);
    }

    @AfterAll
    static void close() {
        AZURE.close();
        CLOCK.close();
    }

    static Stream<Arguments> refusedPuts() {
        return Stream.of(
                // resource groups
                put(ARM.group("new"), "{}", 400, "LocationRequired"),
                put(ARM.group("new"), "{'location':'atlantis'}", 400, "LocationNotAvailableForResourceGroup"),
                put(ARM.group("rg"), "{'location':'westus'}", 409, "InvalidResourceGroupLocation"),
                put(ARM.group("ends."), "{'location':'eastus'}", 400, "InvalidResourceGroup"),
                put(ARM.group("new"), "{'location'", 400, "InvalidRequestContent"),
                put(ARM.group("new"), "[]", 400, "InvalidRequestContent"),
                // any resource
                put(ARM.network("routeTables/t"), "{}", 400, "LocationRequired"),
                put(ARM.network("routeTables/t"), "{'location':'x'}", 400, "LocationNotAvailableForResourceType"),
                put(ARM.network("routeTables/used"), "{'location':'westus'}", 409, "InvalidResourceLocation"),
                put(ARM.network("routeTables/t"), "{'location':'eastus','properties':1}", 400, "InvalidRequestFormat"),
                put(ARM.network("vpnGateways/t"), "{'location':'eastus'}", 404, "InvalidResourceType"),
                put(ARM.network("routeTables/used/rules/r"), "{}", 404, "InvalidResourceType"),
                put(ARM.network("routeTables/none/routes/r"), "{}", 404, "ParentResourceNotFound"),
                put(
                        ARM.group("none") + "/providers/Microsoft.Network/routeTables/t",
                        "{'location':'eastus'}",
                        404,
                        "ResourceGroupNotFound"),
                put(ARM.group("rg") + "/providers/Contoso.Things/things/t", "{}", 404, "InvalidResourceNamespace"),
                // virtual networks and subnets
                put(
                        ARM.network("virtualNetworks/w"),
                        "{'location':'eastus'}",
                        400,
                        "AddressPrefixStringCannotBeNullOrEmpty"),
                put(ARM.network("virtualNetworks/w"), space("10.9.0.0"), 400, "InvalidAddressPrefixFormat"),
                put(ARM.network("virtualNetworks/w"), space("10.9.0.1/16"), 400, "InvalidCIDRNotation"),
                put(
                        ARM.network("virtualNetworks/w"),
                        space("10.9.0.0/16','10.9.3.0/24"),
                        400,
                        "NetcfgVirtualNetworkAddressPrefixesOverlap"),
                put(ARM.network("virtualNetworks/v"), space("10.2.0.0/16"), 400, "InUseSubnetCannotBeDeleted"),
                subnet("s", "'addressPrefix':'10.3.0.0/24'", "NetcfgSubnetRangeOutsideVnet"),
                subnet("s", "'addressPrefix':'10.2.9.0/30'", "NetcfgInvalidSubnet"),
                subnet("s", "'addressPrefix':'10.2.9.0/32'", "NetcfgInvalidSubnet"),
                put(
                        ARM.network("virtualNetworks/w"),
                        space("10.9.0.0/24").replace("}}}", "},'subnets':[" + named("s", "10.9.0.0/30") + "]}}"),
                        400,
                        "NetcfgInvalidSubnet"),
                subnet("s", "'addressPrefix':'10.2.1.128/25'", "NetcfgSubnetRangesOverlap"),
                subnet("s", "'addressPrefix':''", "AddressPrefixStringCannotBeNullOrEmpty"),
                subnet("s", "'addressPrefix':'10.2.9.0/33'", "InvalidAddressPrefixFormat"),
                subnet("apps", "'addressPrefix':'10.2.7.0/24'", "InUsePrefixCannotBeDeleted"),
                subnet(
                        "s",
                        "'addressPrefix':'10.2.9.0/24','routeTable':{'id':'" + ARM.network("routeTables/none") + "'}",
                        "InvalidResourceReference"),
                subnet(
                        "s",
                        "'addressPrefix':'10.2.9.0/24','routeTable':{'id':'" + ARM.network("routeTables/far") + "'}",
                        "InvalidResourceReference"),
                subnet("s", "'addressPrefix':'10.2.9.0/24','routeTable':{'id':'rt-1'}", "LinkedInvalidPropertyId"),
                // security rules
                securityRule(rule(100, "8001", "*"), "SecurityRuleConflict"),
                securityRule(rule(99, "8000", "*"), "SecurityRuleInvalidPriority"),
                securityRule(rule(4097, "8000", "*"), "SecurityRuleInvalidPriority"),
                securityRule(rule(200, "70000", "*"), "SecurityRuleInvalidPortRange"),
                securityRule(rule(200, "90-80", "*"), "SecurityRuleInvalidPortRange"),
                securityRule(rule(200, "80", "10.0.0"), "SecurityRuleInvalidAddressPrefix"),
                securityRule(rule(200, "80", "Nowhere"), "SecurityRuleInvalidAddressPrefix"),
                securityRule(rule(200, "80", "*").replace("Tcp", "Smtp"), "InvalidRequestFormat"),
                securityRule(rule(200, "80", "*").replace("Inbound", "Sideways"), "InvalidRequestFormat"),
                // routes
                routed(route("other", "10.1.0.0/16"), "RouteConflict"),
                routed(route("other", "10.1.0.1/16"), "InvalidCIDRNotation"),
                routed(route("other", "10.7.0.0/16").replace("10.2.1.10", ""), "MissingNextHopIpAddress"),
                routed(route("other", "10.7.0.0/16").replace("10.2.1.10", "there"), "InvalidIPAddressFormat"),
                routed(
                        route("other", "10.7.0.0/16").replace("VirtualAppliance", "Internet"),
                        "NextHopIpAddressMustBeNullOrEmpty"),
                routed(route("other", "10.7.0.0/16").replace("VirtualAppliance", "Elsewhere"), "InvalidRequestFormat"),
                // interfaces and public addresses
                put(ARM.network("networkInterfaces/m"), "{'location':'eastus'}", 400, "InvalidRequestFormat"),
                put(
                        ARM.network("networkInterfaces/m"),
                        "{'location':'eastus','properties':{'ipConfigurations':[{'name':'one'}]}}",
                        400,
                        "SubnetNotSpecified"),
                put(ARM.network("networkInterfaces/m"), nic("none", ""), 400, "InvalidResourceReference"),
                put(
                        ARM.network("networkInterfaces/m"),
                        nic("apps", at("10.2.2.9")),
                        400,
                        "PrivateIPAddressNotInSubnet"),
                put(
                        ARM.network("networkInterfaces/m"),
                        nic("apps", at("10.2.1.3")),
                        400,
                        "PrivateIPAddressInReservedRange"),
                put(
                        ARM.network("networkInterfaces/m"),
                        nic("apps", at("10.2.1.255")),
                        400,
                        "PrivateIPAddressInReservedRange"),
                put(
                        ARM.network("networkInterfaces/m"),
                        nic("apps", at("10.2.1.10")),
                        400,
                        "PrivateIPAddressIsAllocated"),
                put(ARM.network("networkInterfaces/m"), nic("apps", at("ten")), 400, "InvalidIPAddressFormat"),
                put(ARM.network("networkInterfaces/m"), nic("tiny", ""), 400, "SubnetIsFull"),
                put(
                        ARM.network("networkInterfaces/m"),
                        nic("apps", "'publicIPAddress':{'id':'" + ARM.network("publicIPAddresses/taken") + "'},"),
                        400,
                        "PublicIPAddressInUse"),
                put(
                        ARM.network("publicIPAddresses/p"),
                        "{'location':'eastus','sku':{'name':'Standard'},'properties':{'publicIPAllocationMethod':'Dynamic'}}",
                        400,
                        "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic"),
                put(
                        ARM.group("rg") + "/providers/Microsoft.Compute/virtualMachines/m",
                        "{'location':'eastus','properties':{}}",
                        400,
                        "InvalidParameter"));
    }

    @ParameterizedTest(name = "{1} to {0}: {3}")
    @MethodSource("refusedPuts")
    void aBodyThatTheServiceRefusesIsRefusedWithItsCodeAndChangesNothing(
            String path, String body, int status, String code) {
        var before = AZURE.inventory(AZURE.subscription());

        var answer = ARM.put(path, body);

        assertThat(answer.code()).as(answer.message()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).isNotBlank();
        assertThat(AZURE.inventory(AZURE.subscription())).isEqualTo(before);
    }

    static Stream<Arguments> refusedDeletions() {
        return Stream.of(
                arguments("virtualNetworks/v", "InUseSubnetCannotBeDeleted"),
                arguments("virtualNetworks/v/subnets/apps", "InUseSubnetCannotBeDeleted"),
                arguments("routeTables/used", "InUseRouteTableCannotBeDeleted"),
                arguments("networkSecurityGroups/g", "InUseNetworkSecurityGroupCannotBeDeleted"),
                arguments("publicIPAddresses/taken", "PublicIPAddressCannotBeDeleted"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusedDeletions")
    void whatIsInUseStays(String typesAndNames, String code) {
        var answer = ARM.delete(ARM.network(typesAndNames));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(ARM.get(ARM.network(typesAndNames)).state()).isEqualTo("Succeeded");
    }

    static Stream<Arguments> refusedPaths() {
        var unknown = "/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/rg?" + ArmClient.VERSION;
        return Stream.of(
                arguments("GET", "/resourceGroups/rg?" + ArmClient.VERSION, 404, "MissingSubscription"),
                arguments("GET", unknown, 404, "SubscriptionNotFound"),
                arguments(
                        "GET", "/subscriptions/mine/resourcegroups?" + ArmClient.VERSION, 400, "InvalidSubscriptionId"),
                arguments("GET", ARM.group("rg") + "?a=b", 400, "MissingApiVersionParameter"),
                arguments("GET", ARM.group("rg") + "?api-version=newest", 400, "InvalidApiVersionParameter"),
                arguments("GET", ARM.group("none"), 404, "ResourceGroupNotFound"),
                arguments("GET", ARM.network("virtualNetworks/none"), 404, "ResourceNotFound"),
                arguments("GET", ARM.network("virtualNetworks/none/subnets/s"), 404, "ResourceNotFound"),
                arguments("GET", ARM.network("virtualNetworks/v/subnets/none"), 404, "NotFound"),
                arguments("GET", ARM.network("firewalls"), 404, "InvalidResourceType"),
                arguments("POST", ARM.network("virtualNetworks/v"), 405, "HttpMethodNotAllowed"));
    }

    @ParameterizedTest(name = "{0} {1}: {3}")
    @MethodSource("refusedPaths")
    void aPathThatLeadsNowhereIsAnsweredAsByTheService(String method, String path, int status, String code) {
        var answer = ARM.call(method, path, "");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void messagesNameWhatIsInTheWay() {
        assertThat(ARM.put(
                                ARM.network("networkSecurityGroups/g/securityRules/second"),
                                "{" + rule(100, "22", "*") + "}")
                        .message())
                .startsWith(
                        "Security rule first conflicts with rule second. Rules cannot have the same Priority and Direction.");
        assertThat(ARM.delete(ARM.network("virtualNetworks/v/subnets/apps")).message())
                .contains(ARM.network("networkInterfaces/n/ipConfigurations/one"));
    }

    private static Arguments put(String path, String body, int status, String code) {
        return arguments(path, body, status, code);
    }

    private static Arguments subnet(String name, String properties, String code) {
        return put(ARM.network("virtualNetworks/v/subnets/" + name), "{'properties':{" + properties + "}}", 400, code);
    }

    private static Arguments securityRule(String rule, String code) {
        return put(ARM.network("networkSecurityGroups/g/securityRules/second"), "{" + rule + "}", 400, code);
    }

    private static Arguments routed(String route, String code) {
        return put(ARM.network("routeTables/used/routes/other"), route, 400, code);
    }

    private static String space(String prefix) {
        return "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['" + prefix + "']}}}";
    }

    private static String named(String name, String prefix) {
        return "{'name':'%s','properties':{'addressPrefix':'%s'}}".formatted(name, prefix);
    }

    private static String rule(int priority, String port, String source) {
        return ("'properties':{'protocol':'Tcp','sourcePortRange':'*','destinationPortRange':'%s','sourceAddressPrefix':'%s',"
                        + "'destinationAddressPrefix':'*','access':'Allow','priority':%d,'direction':'Inbound'}")
                .formatted(port, source, priority);
    }

    private static String route(String name, String prefix) {
        return "{'name':'%s','properties':{'addressPrefix':'%s','nextHopType':'VirtualAppliance','nextHopIpAddress':'10.2.1.10'}}"
                .formatted(name, prefix);
    }

    private static String nic(String subnet, String more) {
        return "{'location':'eastus','properties':{'ipConfigurations':[{'name':'one','properties':{" + more
                + "'subnet':{'id':'" + ARM.network("virtualNetworks/v/subnets/" + subnet) + "'}}}]}}";
    }

    private static String at(String address) {
        return "'privateIPAllocationMethod':'Static','privateIPAddress':'" + address + "',";
    }
}
