// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A kind of resource that stacks can have: its properties and attributes, and how it is made, changed and deleted. */
final class ResourceType {

    /** Makes a resource and gives its physical id; {@code name} is for resources that need one and were given none. */
    @FunctionalInterface
    interface Create {
        String make(Region region, Props props, String name);
    }

    /** Deletes a resource. */
    @FunctionalInterface
    interface Delete {
        void take(Region region, String id, Props props);
    }

    /** The attributes of a resource now. */
    @FunctionalInterface
    interface Attributes {
        Map<String, Object> of(Region region, String id, Props props);
    }

    /** Changes those properties of a resource that can be changed in place. */
    @FunctionalInterface
    interface Change {
        void apply(Region region, String id, Props old, Props wanted);
    }

    /** The same for resources whose physical id changes with it: gives the new one. */
    @FunctionalInterface
    interface Move {
        String apply(Region region, String id, Props old, Props wanted);
    }

    private final String name;
    private final Set<String> properties = new TreeSet<>();
    private final Set<String> required = new TreeSet<>();
    private final Set<String> changeable = new TreeSet<>();
    private final Map<String, Set<String>> nested = new TreeMap<>();
    private Optional<String> nameProperty = Optional.empty();
    private Set<String> attributeNames = Set.of();
    Create create = (region, props, unused) -> "";
    Delete delete = (region, id, props) -> {};
    Attributes attributes = (region, id, props) -> Map.of();
    Move update = (region, id, old, wanted) -> id;
    BiPredicate<Region, String> stable = (region, id) -> true;
    BiPredicate<Region, String> gone = (region, id) -> true;
    /** The EC2 id under which its tags are kept; by default the physical id. */
    BiFunction<Region, String, String> tagId = (region, id) -> id;

    ResourceType(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Properties that must be there; changing one means replacement, unless {@link #changes} says otherwise. */
    ResourceType requires(String... names) {
        required.addAll(Set.of(names));
        properties.addAll(required);
        return this;
    }

    /** Properties that may be there and that change by replacement. */
    ResourceType allows(String... names) {
        properties.addAll(Set.of(names));
        return this;
    }

    /** Properties that may be there and can be changed in place. */
    ResourceType changes(String... names) {
        changeable.addAll(Set.of(names));
        return allows(names);
    }

    /** The type has tags; they can be changed in place. */
    ResourceType tagged() {
        return changes("Tags").nested("Tags", "Key", "Value");
    }

    /** The properties that the items of a list may have. */
    ResourceType nested(String property, String... names) {
        nested.put(property, Set.of(names));
        return this;
    }

    /** A property that is the physical id, if it is given. */
    ResourceType named(String property) {
        nameProperty = Optional.of(property);
        return allows(property);
    }

    ResourceType attributes(Set<String> names, Attributes values) {
        attributeNames = names;
        attributes = values;
        return this;
    }

    ResourceType made(Create how) {
        create = how;
        return this;
    }

    ResourceType deleted(Delete how) {
        delete = how;
        return this;
    }

    ResourceType updated(Change how) {
        return moved((region, id, old, wanted) -> {
            how.apply(region, id, old, wanted);
            return id;
        });
    }

    ResourceType moved(Move how) {
        update = how;
        return this;
    }

    ResourceType settled(BiPredicate<Region, String> whenStable, BiPredicate<Region, String> whenGone) {
        stable = whenStable;
        gone = whenGone;
        return this;
    }

    /** All properties by name; true for those that can be changed in place. */
    Map<String, Boolean> properties() {
        var all = new TreeMap<String, Boolean>();
        properties.forEach(property -> all.put(property, changeable.contains(property)));
        return all;
    }

    Set<String> required() {
        return required;
    }

    /** Whether a change from one set of properties to another needs a new resource. */
    boolean replacedBy(Props old, Props wanted) {
        return !changeable.containsAll(old.differences(wanted));
    }

    Set<String> attributes() {
        return attributeNames;
    }

    boolean taggable() {
        return properties.contains("Tags");
    }

    ResourceType taggedAt(BiFunction<Region, String, String> where) {
        tagId = where;
        return this;
    }

    /** Refuses to replace a resource by another one with the same name. */
    void checkName(Props old, Props wanted) {
        nameProperty
                .filter(property -> old.find(property).equals(wanted.find(property)))
                .flatMap(wanted::find)
                .ifPresent(same -> {
                    throw AwsError.of(
                            "ValidationError",
                            "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename"
                                    + " %s and update the stack again.",
                            same);
                });
    }

    /** Refuses properties that the type does not have and misses those that it needs. */
    void check(String logicalId, Props props) {
        var wrong = new ArrayList<String>();
        var given = props.values().keySet();
        given.stream()
                .filter(property -> !properties.contains(property))
                .forEach(property -> wrong.add("#: extraneous key [" + property + "] is not permitted"));
        required.stream()
                .filter(property -> !given.contains(property))
                .forEach(property -> wrong.add("#: required key [" + property + "] not found"));
        nested.forEach(
                (property, known) -> checkItems(property, known, props.values().get(property), wrong));
        if (!wrong.isEmpty()) {
            throw AwsError.of(
                    "InvalidRequest",
                    "Properties validation failed for resource %s with message:\n%s",
                    logicalId,
                    String.join("\n", wrong));
        }
    }

    private static void checkItems(String property, Set<String> known, @Nullable Object items, List<String> wrong) {
        if (items instanceof List<?> list) {
            for (var index = 0; index < list.size(); index++) {
                if (list.get(index) instanceof Map<?, ?> item) {
                    for (var key : item.keySet()) {
                        if (!known.contains(String.valueOf(key))) {
                            wrong.add("#/%s/%d: extraneous key [%s] is not permitted".formatted(property, index, key));
                        }
                    }
                }
            }
        }
    }
}
