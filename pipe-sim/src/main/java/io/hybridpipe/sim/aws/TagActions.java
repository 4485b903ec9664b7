// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tags over the API: in create calls, by themselves, and in answers. */
final class TagActions {

    /** "Tag restrictions" in the EC2 user guide; the tags that AWS itself gives do not count. */
    static final int MOST = 50;

    private static final int KEY = 128;
    private static final int VALUE = 256;

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
            checkKey(key);
            var value = tag.find("Value").orElse("");
            if (key.length() > KEY || value.length() > VALUE) {
                throw AwsError.invalid("Tag %s exceeds the maximum length", key);
            }
            if (tags.put(key, value) != null) {
                throw AwsError.invalid("Duplicate tag key '%s' specified.", key);
            }
        }
        if (tags.size() > MOST) {
            throw tooMany();
        }
        return tags;
    }

    private static void checkKey(String key) {
        if (key.startsWith("aws:")) {
            throw AwsError.invalid("Tag keys starting with 'aws:' are reserved for internal use");
        }
    }

    private static AwsError tooMany() {
        return AwsError.of("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
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
            if (region.tags.of(id).keySet().stream()
                            .filter(key -> !key.startsWith("aws:"))
                            .count()
                    > MOST) {
                throw tooMany();
            }
        }
        answer.put("return", true);
    }

    /** Without tags all go, but those that AWS gave. */
    private static void delete(Region region, Params params, Xml answer) {
        for (var tag : params.structs("Tag")) {
            checkKey(tag.get("Key"));
        }
        for (var id : params.list("ResourceId")) {
            kindOf(region, id);
            var now = region.tags.of(id);
            if (params.structs("Tag").isEmpty()) {
                List.copyOf(now.keySet()).stream()
                        .filter(key -> !key.startsWith("aws:"))
                        .forEach(key -> region.tags.remove(id, key));
            }
            for (var tag : params.structs("Tag")) {
                var value = tag.find("Value");
                if (value.isEmpty() || value.equals(Optional.ofNullable(now.get(tag.get("Key"))))) {
                    region.tags.remove(id, tag.get("Key"));
                }
            }
        }
        answer.put("return", true);
    }

    private record Tagged(String id, String kind, String key, String value) {
        boolean fits(Params filter) {
            var name = filter.get("Name");
            var mine =
                    switch (name) {
                        case "resource-id" -> id;
                        case "resource-type" -> kind;
                        case "key" -> key;
                        case "value" -> value;
                        default -> {
                            if (name.startsWith("tag:")) {
                                yield name.equals("tag:" + key) ? value : "";
                            }
                            throw AwsError.invalid("The filter '%s' is invalid", name);
                        }
                    };
            return Describe.matches(filter, List.of(mine));
        }
    }

    private static void describe(Region region, Params params, Xml answer) {
        // the tags of a peering outlive it in a region that did not see its end
        var all = region.tags.all().keySet().stream()
                .flatMap(id -> findKind(region, id).stream().flatMap(kind -> region.shownTags(id).entrySet().stream()
                        .map(tag -> new Tagged(id, kind, tag.getKey(), tag.getValue()))))
                .filter(tag -> params.structs("Filter").stream().allMatch(tag::fits))
                .toList();
        var page = Describe.page(region, params, "tagSet", all, tag -> Tags.key(tag.id(), tag.key()), 5, 1000);
        answer.each("tagSet", page.items(), (xml, tag) -> xml.put("resourceId", tag.id())
                .put("resourceType", tag.kind())
                .put("key", tag.key())
                .put("value", tag.value()));
        page.next().ifPresent(token -> answer.put("nextToken", token));
    }

    private static String kindOf(Region region, String id) {
        return findKind(region, id).orElseThrow(() -> {
            if (id.startsWith("sgr-")) {
                return SecurityGroups.noRule(id);
            }
            return region.stores().stream()
                    .filter(store -> store.owns(id))
                    .findFirst()
                    .map(store -> store.notFound(id))
                    .orElseGet(() -> AwsError.of("InvalidID", "The ID '%s' is not valid", id));
        });
    }

    /** The kind of a resource of EC2 that exists. */
    private static Optional<String> findKind(Region region, String id) {
        if (id.startsWith("sgr-")) {
            return region.groupStore.any(group ->
                            group.rules().stream().anyMatch(rule -> rule.id().equals(id)))
                    ? Optional.of("security-group-rule")
                    : Optional.empty();
        }
        return region.stores().stream()
                .filter(store -> store.has(id))
                .findFirst()
                .map(Store::kind);
    }
}
