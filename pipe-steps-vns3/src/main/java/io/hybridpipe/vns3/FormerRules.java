// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.vns3.api.Controller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules that stood on a controller before a step changed them, as the step says them to be its making: they are written
 * down before the first change is sent, so an undo in another process still knows them, and a leftover names what to restore.
 */
final class FormerRules {
    static final String KIND = "VNS3::FirewallRules";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "formerly ";

    private FormerRules() {}

    /** What earlier calls of this step wrote down, if one did. */
    static Optional<List<Rule>> in(StepContext context) {
        return resource(context).map(resource -> read(resource.id().substring(PREFIX.length())));
    }

    /** What stands for the rules in reports. */
    static Resource resource(List<Rule> rules, Controller on) {
        ArrayNode all = JSON.createArrayNode();
        rules.forEach(rule -> all.add(toJson(rule)));
        return Resource.of(KIND, PREFIX + all, on.toString()).withShow(Show.of(on, "/firewall/rules"));
    }

    static Optional<Resource> resource(StepContext context) {
        return context.madeBefore().stream()
                .filter(resource -> resource.kind().equals(KIND))
                .findFirst();
    }

    private static JsonNode toJson(Rule rule) {
        if (rule.extras().isEmpty()) {
            return JSON.getNodeFactory().textNode(rule.text());
        }
        Rule.Extras extras = rule.extras().get();
        ObjectNode object = JSON.createObjectNode()
                .put("rule", rule.text())
                .put("comment", extras.comment())
                .put("disabled", extras.disabled());
        ArrayNode groups = object.putArray("groups");
        extras.groups().forEach(groups::add);
        return object;
    }

    private static List<Rule> read(String json) {
        try {
            List<Rule> rules = new ArrayList<>();
            JSON.readTree(json).forEach(node -> rules.add(toRule(node)));
            return List.copyOf(rules);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the former firewall rules cannot be read from the run's records", e);
        }
    }

    private static Rule toRule(JsonNode node) {
        if (node.isTextual()) {
            return Rule.of(node.asText());
        }
        List<String> groups = new ArrayList<>();
        node.path("groups").forEach(group -> groups.add(group.asText()));
        return new Rule(
                node.path("rule").asText(),
                Optional.empty(),
                Optional.of(new Rule.Extras(
                        node.path("comment").asText(),
                        groups,
                        node.path("disabled").asBoolean())));
    }
}
