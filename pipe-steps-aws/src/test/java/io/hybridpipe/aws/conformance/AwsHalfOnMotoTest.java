// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import io.hybridpipe.RunOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.Moto;
import io.hybridpipe.aws.TestAws;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The AWS half of the main job, by a template and step by step, on moto and on the stand-in: the same inventory but for moto's gaps. */
@Tag("moto")
@ResourceLock("moto")
class AwsHalfOnMotoTest {

    @Test
    void motoAndTheStandInHaveTheSameInventoryAfterEachRun() throws Exception {
        Map<String, List<String>> found = new LinkedHashMap<>();
        int lines = 0;
        for (AwsHalf half : AwsHalf.values()) {
            for (boolean failing : new boolean[] {false, true}) {
                Answer there = onMoto(half, failing);
                Answer here = onStandIn(half, failing);
                lines += here.afterwards().size();
                List<String> differences =
                        Comparison.of(List.of(), Set.of(), there, here).differences();
                if (!differences.isEmpty()) {
                    found.put(half + (failing ? ", undone" : ", done"), differences);
                }
            }
        }
        System.out.printf(
                "conformance, the AWS half of the main job: %d runs on moto and the stand-in, %d lines of inventory, %d runs with"
                        + " a known gap%n",
                2 * AwsHalf.values().length, lines, found.size());
        Gaps.in("moto-gaps-aws-half.txt").check(found, run -> true);
    }

    private static Answer onMoto(AwsHalf half, boolean failing) throws Exception {
        try (AwsAccount account = AwsAccount.of("account-a", Ground.REGION)
                .endpoint(Moto.empty())
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))) {
            return run(half, account, failing, RunOptions.ofDefaults().undoDeadline(Duration.ofSeconds(60)));
        }
    }

    private static Answer onStandIn(AwsHalf half, boolean failing) {
        try (TestAws aws = AwsHalf.standIn()) {
            return run(half, aws.account(), failing, RunOptions.ofDefaults());
        }
    }

    private static Answer run(AwsHalf half, AwsAccount account, boolean failing, RunOptions options) {
        account.ec2().createKeyPair(r -> r.keyName(AwsHalf.KEY_NAME)).join();
        String outcome = half.run(account, failing, options).outcome().name();
        List<String> inventory = AwsHalf.withoutOwners(Inventory.of(account.ec2(), account.cloudFormation()));
        return new Answer(outcome, 0, Map.of(), inventory);
    }
}
