// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Function.ANY;
import static io.hybridpipe.sim.azure.template.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;

/** Functions on what the template stands in: its parameters and variables, where it is deployed to, other resources. */
final class ScopeFunctions {

    static final List<Function> ALL = List.of(
            new Function("parameters", 1, 1, (in, args) -> in.parameter(args.text(0))),
            new Function("variables", 1, 1, (in, args) -> in.variable(args.text(0))),
            new Function("copyIndex", 0, 2, ScopeFunctions::copyIndex),
            new Function("deployment", 0, 0, (in, args) -> in.deployment()),
            new Function("resourceGroup", 0, 0, (in, args) -> in.scope().resourceGroup()),
            new Function("subscription", 0, 0, (in, args) -> in.scope().subscription()),
            new Function("resourceId", 2, ANY, ScopeFunctions::resourceId),
            new Function("subscriptionResourceId", 2, ANY, ScopeFunctions::subscriptionResourceId),
            new Function("tenantResourceId", 2, ANY, (in, args) -> text(typed(args, 0))),
            new Function("extensionResourceId", 3, ANY, (in, args) -> text(args.text(0) + typed(args, 1))),
            new Function("reference", 1, 3, ScopeFunctions::reference));

    private ScopeFunctions() {}

    private static JsonNode copyIndex(Evaluation in, Arguments args) {
        var named = args.size() > 0 && args.get(0).isTextual();
        var offset = named ? args.size() > 1 ? args.number(1) : 0 : args.size() > 0 ? args.number(0) : 0;
        return Values.number(in.copyIndex(named ? args.text(0) : "") + offset);
    }

    private static JsonNode resourceId(Evaluation in, Arguments args) {
        var type = typeAt(args);
        var subscription = type > 1 ? args.text(0) : in.scope().subscriptionId();
        var group = type > 0 ? args.text(type - 1) : in.scope().groupName();
        return text("/subscriptions/" + subscription + "/resourceGroups/" + group + typed(args, type));
    }

    private static JsonNode subscriptionResourceId(Evaluation in, Arguments args) {
        var type = typeAt(args);
        var subscription = type > 0 ? args.text(0) : in.scope().subscriptionId();
        return text("/subscriptions/" + subscription + typed(args, type));
    }

    /** Which argument is the type: the first that has a slash. */
    private static int typeAt(Arguments args) {
        return IntStream.range(0, Math.min(3, args.size()))
                .filter(i -> args.text(i).contains("/"))
                .findFirst()
                .orElseThrow(
                        () -> args.refused("a fully qualified resource type is expected among the first parameters"));
    }

    private static String typed(Arguments args, int at) {
        var type = args.text(at).replaceAll("/+$", "");
        var segments = type.split("/");
        var names = args.size() - at - 1;
        if (segments.length - 1 != names || segments.length < 2) {
            throw args.refused(
                    "the type '%s' requires '%d' resource name argument(s)", type, Math.max(1, segments.length - 1));
        }
        var id = new StringBuilder("/providers/" + segments[0]);
        for (var i = 1; i < segments.length; i++) {
            id.append('/').append(segments[i]).append('/').append(args.text(at + i));
        }
        return id.toString();
    }

    private static JsonNode reference(Evaluation in, Arguments args) {
        var full = args.size() > 2;
        if (full && !args.text(2).equalsIgnoreCase("Full")) {
            throw args.refused("the third parameter must be 'Full'");
        }
        return in.reference(args.text(0), args.text(1, ""), full);
    }
}
