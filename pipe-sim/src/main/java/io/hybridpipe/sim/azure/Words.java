// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Values that must be one of a few words, taken in any case and stored in the service's own. */
final class Words {

    private Words() {}

    /** Replaces the word by its canonical spelling and returns it; a missing or unknown one is refused. */
    static String canonical(ObjectNode properties, String name, List<String> allowed) {
        var given = Json.text(properties, name);
        var word = allowed.stream().filter(one -> one.equalsIgnoreCase(given)).findFirst();
        if (word.isEmpty()) {
            throw unparsable("properties." + name, String.valueOf(given), allowed);
        }
        properties.put(name, word.get());
        return word.get();
    }

    private static ArmError unparsable(String path, String given, List<String> allowed) {
        var reason = "Error converting value \"%s\" to one of %s. Path '%s'.".formatted(given, allowed, path);
        return new ArmError(
                400,
                "InvalidRequestFormat",
                "Cannot parse the request.",
                List.of(new ArmError(400, "InvalidJson", reason)));
    }

    /** The refusal of a body that lacks something or has it in a form that cannot be read. */
    static ArmError unreadable(String reason, Object... arguments) {
        return new ArmError(
                400,
                "InvalidRequestFormat",
                "Cannot parse the request.",
                List.of(new ArmError(400, "InvalidJson", reason.formatted(arguments))));
    }
}
