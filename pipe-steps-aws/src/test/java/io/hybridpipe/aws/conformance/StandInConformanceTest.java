// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list on the stand-in alone: every outcome is as AWS documents it. */
class StandInConformanceTest {

    @Test
    void theStandInAnswersEachScenarioAsAwsDocumentsIt() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Scenario scenario : Scenarios.all()) {
            try (Ground ground = Ground.onStandIn(scenario.setting())) {
                Answer answer = Answer.of(scenario, ground);
                if (!answer.outcome().equals(scenario.outcome())) {
                    wrong.add(scenario + ": " + answer.outcome() + " " + answer.status());
                }
                scenario.shows().forEach((path, value) -> {
                    if (!value.equals(answer.fields().get(path))) {
                        wrong.add(scenario + ": " + path + " is "
                                + answer.fields().get(path) + ", not " + value);
                    }
                });
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theListHasEveryErrorCodeThatCallersOfThisLibraryMayMeet() {
        assertThat(Scenarios.all().stream().map(Scenario::outcome))
                .contains(
                        "InvalidVpc.Range",
                        "InvalidSubnet.Conflict",
                        "InvalidSubnet.Range",
                        "Resource.AlreadyAssociated",
                        "RouteAlreadyExists",
                        "InvalidRoute.NotFound",
                        "InvalidRouteTableID.NotFound",
                        "InvalidVpcID.NotFound",
                        "InvalidPermission.Duplicate",
                        "InvalidPermission.NotFound",
                        "InvalidGroup.Duplicate",
                        "InvalidGroup.NotFound",
                        "DependencyViolation",
                        "InvalidIPAddress.InUse",
                        "IdempotentParameterMismatch",
                        "DryRunOperation",
                        "UnauthorizedOperation",
                        "AuthFailure",
                        "ExpiredToken",
                        "RequestLimitExceeded",
                        "Throttling",
                        "InvalidParameterValue",
                        "MissingParameter",
                        "VpcLimitExceeded",
                        "ValidationError",
                        "AlreadyExistsException");
    }

    @Test
    void theListHasTwoHundredPairsOfActionAndOutcome() {
        assertThat(Scenarios.all().stream().map(Scenario::pair).distinct().count())
                .isGreaterThanOrEqualTo(200);
    }

    @Test
    void noTwoScenariosHaveTheSameName() {
        assertThat(Scenarios.all().stream().map(Scenario::toString)).doesNotHaveDuplicates();
    }
}
