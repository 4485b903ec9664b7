// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The functions that templates can use, by name. */
final class Functions {

    /** What the service knows beside {@link #all()}; it is refused in other words than what nobody knows. */
    static final List<String> OTHERS = List.of(
            "base64ToJson",
            "dataUri",
            "dataUriToString",
            "dateTimeAdd",
            "dateTimeFromEpoch",
            "dateTimeToEpoch",
            "environment",
            "filter",
            "groupBy",
            "lambda",
            "lambdaVariables",
            "list",
            "listAccountSas",
            "listKeys",
            "listSecrets",
            "listServiceSas",
            "managementGroup",
            "managementGroupResourceId",
            "map",
            "mapValues",
            "newGuid",
            "pickZones",
            "providers",
            "reduce",
            "references",
            "shallowMerge",
            "sort",
            "tenant",
            "toObject",
            "tryGet",
            "tryIndexFromEnd",
            "uri",
            "uriComponent",
            "uriComponentToString",
            "utcNow");

    private static final Map<String, Function> ALL = new TreeMap<>();

    static {
        for (var group : List.of(
                TextFunctions.ALL, ListFunctions.ALL, NumberFunctions.ALL, CidrFunctions.ALL, ScopeFunctions.ALL)) {
            group.forEach(function -> ALL.put(key(function.name()), function));
        }
    }

    private Functions() {}

    static String key(String name) {
        return Values.key(name);
    }

    static Collection<Function> all() {
        return Collections.unmodifiableCollection(ALL.values());
    }

    static Function named(String name) {
        var function = ALL.get(key(name));
        if (OTHERS.stream().anyMatch(name::equalsIgnoreCase)) {
            throw new ExpressionException("The template function '%s' is not supported by this stand-in", name);
        }
        if (function == null) {
            throw new ExpressionException(
                    "The template function '%s' is not valid. Please see https://aka.ms/arm-functions for usage details",
                    name);
        }
        return function;
    }
}
