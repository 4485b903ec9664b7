// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/** Network security groups with their rules. */
final class SecurityGroups implements Kind {

    static final int LOWEST_PRIORITY = 100;
    static final int HIGHEST_PRIORITY = 4096;

    private static final List<String> PROTOCOLS = List.of("*", "Tcp", "Udp", "Icmp", "Esp", "Ah");
    private static final List<String> DIRECTIONS = List.of("Inbound", "Outbound");
    private static final List<String> ACCESS = List.of("Allow", "Deny");

    /** The tags that a rule may name; the first three have a meaning in the stand-in, the others cover no address of it. */
    private static final List<String> TAGS = List.of(
            "VirtualNetwork",
            "Internet",
            "AzureLoadBalancer",
            "AzureCloud",
            "AzureTrafficManager",
            "AzureActiveDirectory",
            "AzureKeyVault",
            "AzureMonitor",
            "AzureBackup",
            "AzureDevOps",
            "AzureFrontDoor",
            "ApiManagement",
            "AppService",
            "EventHub",
            "GatewayManager",
            "ServiceBus",
            "Sql",
            "Storage");

    @Override
    public String namespace() {
        return "Microsoft.Network";
    }

    @Override
    public String type() {
        return "networkSecurityGroups";
    }

    @Override
    public List<Child> children() {
        return List.of(new Child("securityRules", List.of()));
    }

    @Override
    public List<String> derived() {
        return List.of("defaultSecurityRules", "networkInterfaces", "subnets", "flowLogs", "resourceGuid");
    }

    @Override
    public void settle(Change change) {
        var byPlace = new HashMap<String, String>();
        for (var rule : Json.objects(Json.arrayIn(change.properties(), "securityRules"))) {
            var name = rule.path("name").asText();
            var properties = Json.objectIn(rule, "properties");
            var direction = Words.canonical(properties, "direction", DIRECTIONS);
            Words.canonical(properties, "access", ACCESS);
            Words.canonical(properties, "protocol", PROTOCOLS);
            checkPriority(properties);
            checkPorts(properties, rule, "sourcePortRange");
            checkPorts(properties, rule, "destinationPortRange");
            checkAddresses(properties, rule, "sourceAddressPrefix");
            checkAddresses(properties, rule, "destinationAddressPrefix");
            var other = byPlace.putIfAbsent(direction + properties.path("priority"), name);
            if (other != null) {
                throw ArmError.badRequest(
                        "SecurityRuleConflict",
                        "Security rule %s conflicts with rule %s. Rules cannot have the same Priority and Direction. To"
                                + " learn more, see aka.ms/nsgrules.",
                        other,
                        name);
            }
        }
    }

    private static void checkPriority(ObjectNode properties) {
        var priority = properties.path("priority");
        if (!priority.isIntegralNumber()
                || priority.asLong() < LOWEST_PRIORITY
                || priority.asLong() > HIGHEST_PRIORITY) {
            throw ArmError.badRequest(
                    "SecurityRuleInvalidPriority",
                    "Security rule has invalid Priority. Value provided: %s Allowed range %d-%d.",
                    priority.asText(),
                    LOWEST_PRIORITY,
                    HIGHEST_PRIORITY);
        }
    }

    private static void checkPorts(ObjectNode properties, ObjectNode rule, String name) {
        var ranges = Json.oneOrMany(properties, name, name + "s");
        checkPresent(ranges, rule, name, name + "s");
        for (var range : ranges) {
            if (Ports.parse(range).isEmpty()) {
                throw ArmError.badRequest(
                        "SecurityRuleInvalidPortRange",
                        "Security rule has invalid Port range. Value provided: %s. Value should be an integer OR integer"
                                + " range with '-' delimiter. Valid range 0-65535.",
                        range);
            }
        }
        Json.arrayIn(properties, name + "s");
    }

    private static void checkAddresses(ObjectNode properties, ObjectNode rule, String name) {
        var groups = name.replace("AddressPrefix", "ApplicationSecurityGroups");
        var prefixes = Json.oneOrMany(properties, name, name + "es");
        if (properties.path(groups).isEmpty()) {
            checkPresent(prefixes, rule, name, name + "es");
        }
        for (var prefix : prefixes) {
            if (!prefix.equals("*") && !isTag(prefix) && Addresses.block(prefix).isEmpty()) {
                throw ArmError.badRequest(
                        "SecurityRuleInvalidAddressPrefix",
                        "Security rule has invalid Address prefix. Value provided: %s.",
                        prefix);
            }
        }
        Json.arrayIn(properties, name + "es");
    }

    private static boolean isTag(String prefix) {
        var region = prefix.indexOf('.');
        var word = region < 0 ? prefix : prefix.substring(0, region);
        return word.equalsIgnoreCase("Any") || TAGS.stream().anyMatch(word::equalsIgnoreCase);
    }

    private static void checkPresent(List<String> values, ObjectNode rule, String one, String many) {
        if (values.isEmpty()) {
            throw ArmError.badRequest(
                    "SecurityRuleParameterContainsUnsupportedValue",
                    "Required security rule parameters are missing for security rule with Id: %s. Security rule must"
                            + " specify either %s or %s.",
                    rule.path("id").asText(),
                    many,
                    one);
        }
    }

    @Override
    public void release(Change change) {
        var users = change.estate().referrers(change.id().toString());
        if (!users.isEmpty()) {
            throw ArmError.badRequest(
                    "InUseNetworkSecurityGroupCannotBeDeleted",
                    "Network security group %s cannot be deleted because it is in use by the following resources: %s. In"
                            + " order to delete the Network security group, remove the association with the resource(s).",
                    change.id(),
                    String.join(", ", users));
        }
    }

    @Override
    public void show(ObjectNode body, Estate estate) {
        var properties = Json.objectIn(body, "properties");
        var defaults = Json.arrayIn(properties, "defaultSecurityRules");
        for (var rule : DefaultRules.ALL) {
            var shown = defaults.addObject();
            shown.put("name", rule.name());
            shown.put("id", body.path("id").asText() + "/defaultSecurityRules/" + rule.name());
            shown.set("etag", body.path("etag"));
            shown.put("type", "Microsoft.Network/networkSecurityGroups/defaultSecurityRules");
            shown.set(
                    "properties",
                    rule.properties(properties.path("provisioningState").asText()));
        }
        for (var user : estate.referrers(body.path("id").asText())) {
            var list = user.toLowerCase(Locale.ROOT).contains("/networkinterfaces/") ? "networkInterfaces" : "subnets";
            Json.arrayIn(properties, list).addObject().put("id", user);
        }
    }
}
