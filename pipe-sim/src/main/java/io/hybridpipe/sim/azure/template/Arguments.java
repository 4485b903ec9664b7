// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The arguments of one function call; each getter refuses a value of another type. */
record Arguments(String function, List<JsonNode> all) {

    int size() {
        return all.size();
    }

    JsonNode get(int index) {
        return all.get(index);
    }

    String text(int index) {
        return get(index).isTextual() ? get(index).textValue() : wrong(index, "String");
    }

    String text(int index, String other) {
        return index < size() ? text(index) : other;
    }

    long number(int index) {
        return get(index).canConvertToLong() && get(index).isIntegralNumber()
                ? get(index).longValue()
                : wrong(index, "Integer");
    }

    /** A number that is used as a position or a count. */
    int small(int index) {
        var number = number(index);
        return number == (int) number ? (int) number : wrong(index, "Integer");
    }

    boolean bool(int index) {
        return get(index).isBoolean() ? get(index).booleanValue() : wrong(index, "Boolean");
    }

    ArrayNode array(int index) {
        return get(index) instanceof ArrayNode array ? array : wrong(index, "Array");
    }

    ObjectNode object(int index) {
        return get(index) instanceof ObjectNode object ? object : wrong(index, "Object");
    }

    boolean all(Class<? extends JsonNode> type) {
        return all.stream().allMatch(type::isInstance);
    }

    <T> T wrong(int index, String wanted) {
        throw new ExpressionException(
                "The template language function '%s' expects its parameter at position '%d' to be of type '%s'. The provided"
                        + " value is of type '%s'. Please see https://aka.ms/arm-functions#%s for usage details",
                function, index + 1, wanted, Values.type(get(index)), function);
    }

    /** A value of the right type that the function cannot take all the same. */
    ExpressionException refused(String why, Object... arguments) {
        return new ExpressionException(
                "Unable to evaluate template language function '%s': %s. Please see https://aka.ms/arm-functions#%s for usage"
                        + " details",
                function, why.formatted(arguments), function);
    }
}
