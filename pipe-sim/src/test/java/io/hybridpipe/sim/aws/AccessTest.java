// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;

class AccessTest {

    private static final String ROLE = "arn:aws:iam::222222222222:role/builder";

    private final Aws aws = new Aws(SimAws.builder()
            .account("111111111111", "AKIAONE0000000000001", "secret-one")
            .account("222222222222", "AKIATWO0000000000002", "secret-two")
            .account("333333333333", "AKIATHREE00000000003", "secret-three")
            .role("222222222222", "builder", "111111111111"));

    @AfterEach
    void close() {
        aws.close();
    }

    private static AwsSessionCredentials credentials(AssumeRoleResponse session) {
        var given = session.credentials();
        return AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
    }

    @Test
    void accountsAndRegionsDoNotSeeEachOther() {
        var elsewhere = aws.ec2(aws.sim.accounts().get(0), "us-east-1");
        var other = aws.ec2(aws.sim.accounts().get(1), Aws.REGION);
        var vpc = of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        assertThat(of(elsewhere.describeVpcs()).vpcs()).isEmpty();
        assertThat(of(other.describeVpcs()).vpcs()).isEmpty();
        assertThat(refusal(other.deleteVpc(r -> r.vpcId(vpc)))).isEqualTo("InvalidVpcID.NotFound");
        assertThat(aws.sim.inventory("111111111111", Aws.REGION).ids("vpc")).containsExactly(vpc);
        assertThat(aws.sim.inventory("111111111111", "us-east-1").isEmpty()).isTrue();
        elsewhere.close();
        other.close();
    }

    @Test
    void aTrustedAccountAssumesARoleAndActsInTheOtherAccountUntilTheSessionExpires() {
        var session = of(
                aws.sts.assumeRole(r -> r.roleArn(ROLE).roleSessionName("run-1").durationSeconds(900)));
        assertThat(session.credentials().expiration())
                .isEqualTo(aws.clock.instant().plusSeconds(900));
        var sts = aws.sts(credentials(session));
        assertThat(of(sts.getCallerIdentity()).arn()).isEqualTo("arn:aws:sts::222222222222:assumed-role/builder/run-1");
        var ec2 = aws.ec2(credentials(session), Aws.REGION);
        of(ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")));
        assertThat(aws.sim.inventory("222222222222", Aws.REGION).ids("vpc")).hasSize(1);
        assertThat(aws.sim.calls().of("CreateVpc").get(0).caller()).isEqualTo("222222222222");

        aws.clock.advance(Duration.ofSeconds(899));
        assertThat(of(ec2.describeVpcs()).vpcs()).hasSize(1);
        aws.clock.advance(Duration.ofSeconds(1));
        assertThat(refusal(ec2.describeVpcs())).isEqualTo("RequestExpired");
        assertThat(refusal(sts.getCallerIdentity())).isEqualTo("ExpiredToken");
        sts.close();
        ec2.close();
    }

    @Test
    void anAccountThatIsNotTrustedIsDenied() {
        var sts = aws.sts(Aws.credentials(aws.sim.accounts().get(2)));
        assertThat(refusal(sts.assumeRole(r -> r.roleArn(ROLE).roleSessionName("run"))))
                .isEqualTo("AccessDenied");
        sts.close();
    }

    @Test
    void unknownKeysAndWrongSecretsAreRefusedInTheWordsOfEachService() {
        var unknown = AwsBasicCredentials.create("AKIANOBODY0000000000", "x");
        var wrong = AwsBasicCredentials.create("AKIAONE0000000000001", "not-the-secret");
        try (var sts = aws.sts(unknown);
                var ec2 = aws.ec2(unknown, Aws.REGION);
                var wrongSts = aws.sts(wrong);
                var wrongEc2 = aws.ec2(wrong, Aws.REGION)) {
            assertThat(refusal(sts.getCallerIdentity())).isEqualTo("InvalidClientTokenId");
            assertThat(refusal(ec2.describeVpcs())).isEqualTo("AuthFailure");
            assertThat(refusal(wrongSts.getCallerIdentity())).isEqualTo("SignatureDoesNotMatch");
            assertThat(refusal(wrongEc2.describeVpcs())).isEqualTo("SignatureDoesNotMatch");
        }
    }

    @Test
    void aSignatureIsGoodForAQuarterOfAnHourByTheWallAndOnlyForItsOwnRequest() throws Exception {
        var now = Instant.now();
        assertThat(signedAt(now, "ec2", "DescribeVpcs")).contains("<vpcSet>");
        assertThat(signedAt(now.minus(Duration.ofMinutes(14)), "ec2", "DescribeVpcs"))
                .contains("<vpcSet>");
        assertThat(signedAt(now.minus(Duration.ofMinutes(16)), "ec2", "DescribeVpcs"))
                .contains("<Code>RequestExpired</Code>");
        assertThat(signedAt(now.plus(Duration.ofMinutes(16)), "sts", "GetCallerIdentity"))
                .contains("<Code>SignatureDoesNotMatch</Code>");
        assertThat(signedAt(now, "ec2", "DescribeVpcs", "DescribeSubnets"))
                .contains("<Code>SignatureDoesNotMatch</Code>");
    }

    private String signedAt(Instant date, String service, String action) throws Exception {
        return signedAt(date, service, action, action);
    }

    private String signedAt(Instant date, String service, String signed, String sent) throws Exception {
        return aws.post(date, service, "Action=" + signed, "Action=" + sent);
    }
}
