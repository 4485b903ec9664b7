// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.RunOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.RunReport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The AWS half of the main job on the stand-in: by a template and step by step it comes to the same. */
class AwsHalfTest {

    @Test
    void theTemplateAndTheStepsMakeTheSame() {
        assertThat(made(AwsHalf.STEP_BY_STEP))
                .isEqualTo(made(AwsHalf.BY_TEMPLATE))
                .hasSize(15);
    }

    @ParameterizedTest
    @EnumSource
    void undoLeavesWhatWasThereBefore(AwsHalf half) {
        try (TestAws aws = started()) {
            AwsAccount account = aws.account();
            List<String> before = inventory(account);
            assertThat(half.run(account, true, RunOptions.ofDefaults()).outcome())
                    .isEqualTo(RunReport.Outcome.UNDONE);
            assertThat(inventory(account)).isEqualTo(before);
        }
    }

    private static List<String> made(AwsHalf half) {
        try (TestAws aws = started()) {
            assertThat(half.run(aws.account(), false, RunOptions.ofDefaults()).outcome())
                    .isEqualTo(RunReport.Outcome.DONE);
            return AwsHalf.withoutOwners(inventory(aws.account()));
        }
    }

    private static TestAws started() {
        TestAws aws = AwsHalf.standIn();
        aws.account().ec2().createKeyPair(r -> r.keyName(AwsHalf.KEY_NAME)).join();
        return aws;
    }

    private static List<String> inventory(AwsAccount account) {
        return Inventory.of(account.ec2(), account.cloudFormation());
    }
}
