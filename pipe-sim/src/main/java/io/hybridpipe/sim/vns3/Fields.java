// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields of a request body, read as leniently as real controllers do: old clients send booleans and numbers as
 * strings, and {@code _notset} for what they leave out.
 */
record Fields(JsonNode body) {
    static final String NOT_SET = "_notset";

    static Fields none() {
        return new Fields(MissingNode.getInstance());
    }

    boolean has(String name) {
        return text(name).isPresent();
    }

    /** The field as text; absent, null and {@code _notset} are all empty, the empty string is not. */
    Optional<String> text(String name) {
        JsonNode node = body.path(name);
        return node.isValueNode() && !node.isNull() && !NOT_SET.equals(node.asText())
                ? Optional.of(node.asText())
                : Optional.empty();
    }

    String required(String name) {
        return text(name).filter(text -> !text.isBlank()).orElseThrow(() -> ApiError.argument(name + " is missing"));
    }

    Optional<Boolean> flag(String name) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiError.argument(name + " is invalid");
        });
    }

    Optional<Integer> number(String name) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> {
            try {
                return Integer.valueOf(text.trim());
            } catch (NumberFormatException notNumeric) {
                throw ApiError.argument(name + " is invalid");
            }
        });
    }
}
