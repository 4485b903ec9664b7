// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * One place in a document, with its JSON pointer, so that every complaint says where it is.
 *
 * @param node what is there
 * @param pointer the way to it from the document's root, empty for the root itself
 */
record ConfigNode(JsonNode node, String pointer) {
    /** This place, which must be an object with no other fields than these. */
    ConfigNode object(List<String> fields) {
        require(node.isObject(), "an object");
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!fields.contains(name)) {
                throw new Misfit(pointer, "unknown field " + Quoted.of(name) + DidYouMean.among(fields, name));
            }
        }
        return this;
    }

    boolean has(String field) {
        return node.has(field);
    }

    ConfigNode field(String name) {
        return find(name).orElseThrow(() -> new Misfit(pointer, "field '" + name + "' is missing"));
    }

    Optional<ConfigNode> find(String name) {
        return node.has(name) ? Optional.of(new ConfigNode(node.get(name), pointer + "/" + name)) : Optional.empty();
    }

    List<ConfigNode> items() {
        require(node.isArray(), "a list");
        List<ConfigNode> items = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            items.add(new ConfigNode(node.get(i), pointer + "/" + i));
        }
        return items;
    }

    String text() {
        require(node.isTextual(), "a text");
        return node.textValue();
    }

    long number() {
        require(node.isIntegralNumber() && node.canConvertToLong(), "a whole number");
        return node.longValue();
    }

    Cidr cidr() {
        String text = text();
        try {
            return Cidr.of(text);
        } catch (IllegalArgumentException notOne) {
            throw misfit(notOne);
        }
    }

    Misfit misfit(IllegalArgumentException why) {
        return new Misfit(pointer, String.valueOf(why.getMessage()));
    }

    private void require(boolean fits, String wanted) {
        if (!fits) {
            throw new Misfit(pointer, "must be " + wanted + ", is " + kind());
        }
    }

    private String kind() {
        // a document that is one word may be a file with a token, named by mistake
        if (pointer.isEmpty() && node.isValueNode()) {
            return "a single value";
        }
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "the text " + Quoted.of(node.textValue());
            case NUMBER -> "the number " + node.asText();
            case BOOLEAN -> node.asText();
            case NULL -> "null";
            default -> "nothing";
        };
    }
}
