// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** The Parameter Store of Systems Manager. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class ParameterScenarios {
    private static final String NAME = "/networks/orders";

    private ParameterScenarios() {}

    static List<Scenario> all() {
        return List.of(
                ok("PutParameter", "a new one, with tags", g -> g.ssm().putParameter(r -> r.name(NAME)
                        .value("10.1.0.0/16")
                        .type(ParameterType.STRING)
                        .tags(tag -> tag.key("pipe").value("fednet")))),
                ok("PutParameter", "over another", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().putParameter(r -> r.name(NAME)
                            .value("10.2.0.0/16")
                            .type(ParameterType.STRING)
                            .overwrite(true));
                }),
                refused("PutParameter", "ParameterAlreadyExists", "not over another", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().putParameter(r -> r.name(NAME).value("x").type(ParameterType.STRING));
                }),
                refused("PutParameter", "ValidationException", "without a type", g -> g.ssm()
                        .putParameter(r -> r.name(NAME).value("x"))),
                ok("GetParameter", "the newest", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    put(g, NAME, "10.2.0.0/16");
                    return g.ssm().getParameter(r -> r.name(NAME));
                }),
                ok("GetParameter", "an older version", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    put(g, NAME, "10.2.0.0/16");
                    return g.ssm().getParameter(r -> r.name(NAME + ":1"));
                }),
                ok("GetParameter", "a secret one, decrypted", g -> {
                    g.ssm()
                            .putParameter(r -> r.name(NAME).value("hidden").type(ParameterType.SECURE_STRING))
                            .join();
                    return g.ssm().getParameter(r -> r.name(NAME).withDecryption(true));
                }),
                refused("GetParameter", "ParameterNotFound", "unknown", g -> g.ssm()
                        .getParameter(r -> r.name(NAME))),
                refused("GetParameter", "ParameterVersionNotFound", "an unknown version", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().getParameter(r -> r.name(NAME + ":7"));
                }),
                ok("GetParameters", "one that is there and one that is not", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().getParameters(r -> r.names(NAME, "/networks/none"));
                }),
                ok("GetParametersByPath", "below it at any depth", g -> {
                    put(g, "/networks/a/cidr", "10.1.0.0/16");
                    put(g, "/networks/b", "10.2.0.0/16");
                    put(g, "/other", "10.3.0.0/16");
                    return g.ssm().getParametersByPath(r -> r.path("/networks").recursive(true));
                }),
                ok("GetParametersByPath", "right below it", g -> {
                    put(g, "/networks/a/cidr", "10.1.0.0/16");
                    put(g, "/networks/b", "10.2.0.0/16");
                    return g.ssm().getParametersByPath(r -> r.path("/networks"));
                }),
                refused("GetParametersByPath", "ValidationException", "no path", g -> g.ssm()
                        .getParametersByPath(r -> r.path("networks"))),
                ok("DeleteParameter", "that is there", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().deleteParameter(r -> r.name(NAME));
                }),
                refused("DeleteParameter", "ParameterNotFound", "unknown", g -> g.ssm()
                        .deleteParameter(r -> r.name(NAME))),
                ok("DeleteParameters", "one that is there and one that is not", g -> {
                    put(g, NAME, "10.1.0.0/16");
                    return g.ssm().deleteParameters(r -> r.names(NAME, "/networks/none"));
                }));
    }

    private static void put(Ground g, String name, String value) {
        g.ssm()
                .putParameter(r ->
                        r.name(name).value(value).type(ParameterType.STRING).overwrite(true))
                .join();
    }
}
