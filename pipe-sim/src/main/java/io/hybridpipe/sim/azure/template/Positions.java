// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;

/** Where a part of a template stands in its text without white space, which is the text that the service counts in. */
final class Positions {

    private final String text;

    Positions(JsonNode template) {
        this.text = template.toString();
    }

    /** The position in the words of the service's messages. */
    String of(JsonNode part) {
        return "line '1' and column '%d'".formatted(Math.max(0, text.indexOf(part.toString())) + 1);
    }
}
