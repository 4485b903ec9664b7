// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.util.List;
import java.util.stream.Stream;

/** The list. */
final class Scenarios {
    private Scenarios() {}

    static List<Scenario> all() {
        return Stream.of(
                        VpcScenarios.all(),
                        RoutingScenarios.all(),
                        SecurityGroupScenarios.all(),
                        InterfaceScenarios.all(),
                        InstanceScenarios.all(),
                        PeeringScenarios.all(),
                        DryRunScenarios.all(),
                        StackScenarios.all(),
                        ParameterScenarios.all(),
                        AccessScenarios.all())
                .flatMap(List::stream)
                .toList();
    }
}
