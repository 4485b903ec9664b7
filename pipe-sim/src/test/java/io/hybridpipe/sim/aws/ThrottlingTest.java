// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.Call;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Three calls a second for each account and region. */
class ThrottlingTest {

    private final Aws aws = new Aws(SimAws.builder()
            .requestLimit(3)
            .account("111111111111", "AKIAONE0000000000001", "secret-one")
            .account("222222222222", "AKIATWO0000000000002", "secret-two"));

    @AfterEach
    void close() {
        aws.close();
    }

    private long served(int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> refusal(aws.ec2.describeVpcs()))
                .filter("no error"::equals)
                .count();
    }

    @Test
    void oneSecondsWorthIsServedAtOnceAndTheRestAsTimeGoesBy() {
        assertThat(served(5)).isEqualTo(3);
        aws.clock.advance(Duration.ofMillis(330));
        assertThat(served(1)).isZero();
        aws.clock.advance(Duration.ofMillis(10));
        assertThat(served(2)).isOne();
        aws.clock.advance(Duration.ofMinutes(1));
        assertThat(served(5)).as("nothing is saved up beyond a second's worth").isEqualTo(3);
    }

    @Test
    void aRefusedCallHasNoEffectAndTheLogTellsItFromAServedOne() {
        served(3);
        assertThatThrownBy(() -> of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))))
                .isInstanceOfSatisfying(AwsServiceException.class, e -> {
                    assertThat(e.awsErrorDetails().errorCode()).isEqualTo("RequestLimitExceeded");
                    assertThat(e.statusCode()).isEqualTo(503);
                    assertThat(e.isThrottlingException()).isTrue();
                });
        aws.clock.advance(Duration.ofSeconds(1));
        assertThat(refusal(aws.ec2.createVpc(r -> r.cidrBlock("ten")))).isEqualTo("InvalidParameterValue");
        of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")));
        assertThat(aws.sim.inventory("111111111111", Aws.REGION).ids("vpc")).hasSize(1);
        assertThat(aws.sim.calls().of("CreateVpc"))
                .extracting(call -> SimAws.errorCode(call).orElse("served"))
                .containsExactly("RequestLimitExceeded", "InvalidParameterValue", "served");
        assertThat(aws.sim.calls().where(Call::changing)).hasSize(3);
    }

    @Test
    void accountsAndRegionsHaveTheirOwnLimitAndEachServiceItsWordForIt() {
        served(3);
        try (var other = aws.ec2(aws.sim.accounts().get(1), Aws.REGION);
                var elsewhere = aws.ec2(aws.sim.accounts().get(0), "us-east-1");
                var ssm = aws.ssm(Aws.credentials(aws.sim.accounts().get(0)))) {
            of(other.describeVpcs());
            of(elsewhere.describeVpcs());
            assertThat(refusal(aws.cloudFormation.describeStacks())).isEqualTo("Throttling");
            assertThat(refusal(aws.sts.getCallerIdentity())).isEqualTo("Throttling");
            assertThat(refusal(ssm.getParameter(r -> r.name("x")))).isEqualTo("ThrottlingException");
            assertThat(SimAws.errorCode(aws.sim.calls().of("GetParameter").get(0)))
                    .contains("ThrottlingException");
        }
    }
}
