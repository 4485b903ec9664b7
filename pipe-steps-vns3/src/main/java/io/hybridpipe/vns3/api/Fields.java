// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields of one JSON object of an answer, read the way controllers of all ages write them.
 *
 * <p>Fields may be missing, null or empty; booleans and numbers may be strings; unknown fields are passed over.
 */
record Fields(JsonNode node) {
    /** What a controller stores for an interface or gateway that was not given. */
    private static final String NOT_SET = "_notset";

    static Fields none() {
        return new Fields(MissingNode.getInstance());
    }

    Optional<String> text(String name) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !value.isNull()
                ? Optional.of(value.asText()).filter(text -> !text.isEmpty() && !text.equals(NOT_SET))
                : Optional.empty();
    }

    Optional<Integer> number(String name) {
        return longNumber(name)
                .filter(value -> value >= Integer.MIN_VALUE && value <= Integer.MAX_VALUE)
                .map(Long::intValue);
    }

    Optional<Long> longNumber(String name) {
        try {
            return text(name).map(text -> text.strip()).map(Long::valueOf);
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    boolean flag(String name) {
        return text(name)
                .map(text -> text.strip().toLowerCase(Locale.ROOT))
                .filter(text -> text.equals("true") || text.equals("1") || text.equals("yes"))
                .isPresent();
    }

    /** The field's value as an object; without any field if it is missing. */
    Fields object(String name) {
        return new Fields(node.path(name));
    }

    /** The objects in a list, or in a map of ids: the ids are not to be relied on, each object has its own. */
    List<Fields> objects() {
        List<Fields> all = new ArrayList<>();
        if (node.isArray() || node.isObject()) {
            node.forEach(each -> {
                if (each.isObject()) {
                    all.add(new Fields(each));
                }
            });
        }
        return all;
    }

    List<String> texts(String name) {
        List<String> all = new ArrayList<>();
        JsonNode value = node.path(name);
        if (value.isArray()) {
            value.forEach(each -> all.add(each.asText()));
        } else {
            text(name).ifPresent(all::add);
        }
        return all;
    }

    boolean isEmpty() {
        return node.isEmpty();
    }
}
