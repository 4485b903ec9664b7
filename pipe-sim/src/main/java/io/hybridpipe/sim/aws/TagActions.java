// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tags over the API: in create calls, by themselves, and in answers. */
final class TagActions {

    private TagActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateTags", TagActions::create);
        actions.put("DeleteTags", TagActions::delete);
        actions.put("DescribeTags", TagActions::describe);
    }

    /** The tags that a create call gives to a kind of resource; other kinds than those allowed are refused. */
    static Map<String, String> given(Params params, String kind, String... others) {
        var tags = new LinkedHashMap<String, String>();
        for (var specification : params.structs("TagSpecification")) {
            var type = specification.get("ResourceType");
            if (!type.equals(kind) && !List.of(others).contains(type)) {
                throw AwsError.invalid("'%s' is not a valid taggable resource type for this operation.", type);
            }
            if (type.equals(kind)) {
                tags.putAll(read(specification));
            }
        }
        return tags;
    }

    static void write(Region region, Xml xml, String id) {
        xml.each("tagSet", region.shownTags(id).entrySet(), (one, tag) -> one.put("key", tag.getKey())
                .put("value", tag.getValue()));
    }

    private static Map<String, String> read(Params params) {
        var tags = new LinkedHashMap<String, String>();
        for (var tag : params.structs("Tag")) {
            var key = tag.get("Key");
            if (key.startsWith("aws:")) {
                throw AwsError.invalid("Tag keys starting with 'aws:' are reserved for internal use");
            }
            tags.put(key, tag.find("Value").orElse(""));
        }
        return tags;
    }

    private static void create(Region region, Params params, Xml answer) {
        var tags = read(params);
        var ids = params.list("ResourceId");
        ids.forEach(id -> kindOf(region, id));
        for (var id : ids) {
            var before = region.tags.of(id).keySet();
            tags.keySet().stream()
                    .filter(key -> !before.contains(key))
                    .forEach(key -> region.visibility.hide(Tags.key(id, key)));
            region.tags.put(id, tags);
        }
        answer.put("return", true);
    }

    private static void delete(Region region, Params params, Xml answer) {
        for (var id : params.list("ResourceId")) {
            for (var tag : params.structs("Tag")) {
                var value = tag.find("Value");
                var has = Optional.ofNullable(region.tags.of(id).get(tag.get("Key")));
                if (value.isEmpty() || value.equals(has)) {
                    region.tags.remove(id, tag.get("Key"));
                }
            }
        }
        answer.put("return", true);
    }

    private static void describe(Region region, Params params, Xml answer) {
        record Tagged(String id, String kind, String key, String value) {}
        var all = region.tags.all().entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("parameter:"))
                // the tags of a peering outlive it in a region that did not see its end
                .filter(entry -> !region.peeringStore.owns(entry.getKey()) || region.peeringStore.has(entry.getKey()))
                .flatMap(entry -> region.shownTags(entry.getKey()).entrySet().stream()
                        .map(tag -> new Tagged(
                                entry.getKey(), kindOf(region, entry.getKey()), tag.getKey(), tag.getValue())))
                .filter(tag -> params.structs("Filter").stream().allMatch(filter -> {
                    var values = filter.list("Value");
                    return switch (filter.get("Name")) {
                        case "resource-id" -> values.contains(tag.id());
                        case "resource-type" -> values.contains(tag.kind());
                        case "key" -> values.contains(tag.key());
                        case "value" -> values.contains(tag.value());
                        default -> throw AwsError.invalid("The filter '%s' is invalid", filter.get("Name"));
                    };
                }))
                .toList();
        answer.each("tagSet", all, (xml, tag) -> xml.put("resourceId", tag.id())
                .put("resourceType", tag.kind())
                .put("key", tag.key())
                .put("value", tag.value()));
    }

    private static String kindOf(Region region, String id) {
        if (id.startsWith("sgr-")) {
            if (region.groupStore.any(
                    group -> group.rules().stream().anyMatch(rule -> rule.id().equals(id)))) {
                return "security-group-rule";
            }
            throw AwsError.of(
                    "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id);
        }
        return region.stores().stream()
                .filter(store -> store.has(id))
                .findFirst()
                .map(Store::kind)
                .orElseThrow(() -> region.stores().stream()
                        .filter(store -> store.owns(id))
                        .findFirst()
                        .map(store -> store.notFound(id))
                        .orElseGet(() -> AwsError.of("InvalidID", "The ID '%s' is not valid", id)));
    }
}
