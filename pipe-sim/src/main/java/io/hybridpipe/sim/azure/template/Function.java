// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A function of the template language.
 *
 * @param name in the documentation's spelling; templates may use any case
 * @param least how many arguments it needs
 * @param most how many it takes
 */
record Function(String name, int least, int most, Body body) {

    static final int ANY = Integer.MAX_VALUE;

    /** What a function does. */
    @FunctionalInterface
    interface Body {
        JsonNode apply(Evaluation in, Arguments arguments);
    }

    void check(int given) {
        if (given < least || given > most) {
            var wanted = least == most
                    ? "exactly '" + least + "'"
                    : given < least ? "at least '" + least + "'" : "at most '" + most + "'";
            throw new ExpressionException(
                    "Unable to evaluate template language function '%s': function requires %s argument(s) while '%d' were"
                            + " provided. Please see https://aka.ms/arm-functions#%s for usage details",
                    name, wanted, given, name);
        }
    }
}
