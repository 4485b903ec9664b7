// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.SimRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The versions in which each resource type can be asked for, oldest first, from 2019 on, as the providers list them. The
 * stand-in speaks one dialect for all: what a version added is there in older ones too.
 */
final class ApiVersions {

    private static final List<String> NETWORK = versions("""
            2019-02-01 2019-04-01 2019-06-01 2019-07-01 2019-08-01 2019-09-01 2019-11-01 2019-12-01
            2020-01-01 2020-03-01 2020-04-01 2020-05-01 2020-06-01 2020-07-01 2020-08-01 2020-11-01
            2021-01-01 2021-02-01 2021-03-01 2021-04-01 2021-05-01 2021-06-01 2021-08-01 2021-12-01
            2022-01-01 2022-05-01 2022-07-01 2022-09-01 2022-11-01
            2023-02-01 2023-04-01 2023-05-01 2023-06-01 2023-09-01 2023-11-01
            2024-01-01 2024-03-01 2024-05-01 2024-07-01 2024-10-01 2025-01-01 2025-03-01 2025-05-01""");

    private static final List<String> MACHINES = versions("""
            2019-03-01 2019-07-01 2019-12-01 2020-06-01 2020-12-01 2021-03-01 2021-04-01 2021-07-01 2021-11-01
            2022-03-01 2022-08-01 2022-11-01 2023-03-01 2023-07-01 2023-09-01 2024-03-01 2024-07-01 2024-11-01 2025-04-01""");

    private static final List<String> DISKS = versions("""
            2019-03-01 2019-07-01 2019-11-01 2020-05-01 2020-06-30 2020-09-30 2020-12-01 2021-04-01 2021-08-01 2021-12-01
            2022-03-02 2022-07-02 2023-01-02 2023-04-02 2023-10-02 2024-03-02 2025-01-02""");

    /** Of Resource Manager itself: subscriptions, groups, deployments, lists of all resources. */
    private static final List<String> RESOURCES = versions("""
            2019-03-01 2019-05-01 2019-05-10 2019-06-01 2019-07-01 2019-08-01 2019-09-01 2019-10-01 2019-11-01
            2020-01-01 2020-05-01 2020-06-01 2020-07-01 2020-08-01 2020-09-01 2020-10-01 2021-01-01 2021-04-01
            2022-01-01 2022-05-01 2022-06-01 2022-09-01 2022-12-01 2023-07-01
            2024-03-01 2024-07-01 2024-11-01 2025-03-01 2025-04-01""");

    private static final Map<String, List<String>> BY_NAMESPACE =
            Map.of("Microsoft.Network", NETWORK, "Microsoft.Compute", MACHINES);

    private ApiVersions() {}

    private static List<String> versions(String list) {
        return Arrays.asList(list.split("\\s+"));
    }

    /** The versions of a type and of its children, newest first. */
    static List<String> of(Kind kind) {
        var versions = kind.type().equals("disks") ? DISKS : BY_NAMESPACE.get(kind.namespace());
        if (versions == null) {
            throw new IllegalStateException("no versions are known of " + kind.namespace());
        }
        return newestFirst(versions);
    }

    /** The versions of Resource Manager itself, newest first. */
    static List<String> ofResourceManager() {
        return newestFirst(RESOURCES);
    }

    private static List<String> newestFirst(List<String> versions) {
        return versions.stream().sorted((a, b) -> b.compareTo(a)).toList();
    }

    /** Refuses a version that a type does not have. */
    static void check(Kind kind, List<String> types, Optional<String> location, SimRequest request) {
        var asked = request.query("api-version").orElse("");
        var versions = of(kind);
        if (!versions.contains(asked)) {
            throw ArmError.badRequest(
                    "NoRegisteredProviderFound",
                    "No registered resource provider found for location '%s' and API version '%s' for type '%s'. The supported"
                            + " api-versions are '%s'. The supported locations are '%s'.",
                    location.orElse(""),
                    asked,
                    String.join("/", types),
                    String.join(", ", versions),
                    String.join(", ", Kinds.LOCATIONS));
        }
    }

    /** Refuses a version that Resource Manager itself does not have. */
    static void checkResourceManager(SimRequest request) {
        var asked = request.query("api-version").orElse("");
        if (!RESOURCES.contains(asked)) {
            throw ArmError.badRequest(
                    "InvalidApiVersionParameter",
                    "The api-version '%s' is invalid. The supported versions are '%s'.",
                    asked,
                    String.join(",", ofResourceManager()));
        }
    }
}
