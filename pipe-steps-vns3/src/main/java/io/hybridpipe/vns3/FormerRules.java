// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.Secret;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules that stood on a controller before a step changed them, as the step says them to be its making: they are written
 * down before the first change is sent, so an undo in another process still knows them, and a leftover names what to restore.
 */
final class FormerRules {
    static final String KIND = "VNS3::FirewallRules";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "formerly ";

    /** What the engine writes down in place of a secret. */
    private static final String BLOTTED = "***";

    private FormerRules() {}

    /**
     * What earlier calls of this step wrote down, if one did.
     *
     * @throws StepFailure if a secret was taken out of it: rules without it must not be set
     */
    static Optional<List<Rule>> in(StepContext context) {
        return resource(context).map(resource -> {
            if (resource.id().contains(BLOTTED)) {
                throw StepFailure.permanent("the former firewall rules of " + resource.where()
                        + " held a secret of this run and were written down without it, so they can only be restored by"
                        + " hand");
            }
            return read(resource.id().substring(PREFIX.length()));
        });
    }

    /** Why these rules cannot be written down as they are, as far as that can be told from the controller's own secrets. */
    static Optional<String> problem(List<Rule> rules, Controller on) {
        List<String> blots = Stream.concat(
                        Stream.of(BLOTTED),
                        Stream.of(Optional.of(on.password()), on.token(), on.formerPassword())
                                .flatMap(Optional::stream)
                                .map(Secret::reveal)
                                // shorter ones are not looked for by the engine either
                                .filter(secret -> secret.length() >= 4))
                .toList();
        return rules.stream()
                .filter(rule -> blots.stream().anyMatch(toJson(rule).toString()::contains))
                .findFirst()
                .map(rule ->
                        "firewall rule " + rule + " of " + on + " or its comment holds a secret of that controller,"
                                + " or " + BLOTTED + ": it could not be restored, since secrets are not written down");
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
