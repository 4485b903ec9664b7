// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.aws.SimAws;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;

class SimAwsExampleTest {

    private static Ec2AsyncClient ec2(SimAws aws) {
        SimAws.Account account = aws.accounts().get(0);
        return Ec2AsyncClient.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(account.accessKey(), account.secretKey())))
                .build();
    }

    @Test
    void subnetsOfAVpcDoNotOverlap() {
        try (SimAws aws = SimAws.start();
                Ec2AsyncClient ec2 = ec2(aws)) {
            String vpc =
                    ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();
            ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")).join();

            assertThatThrownBy(() -> ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.128/25"))
                            .join())
                    .hasMessageContaining("conflicts with another subnet");

            assertThat(aws.inventory("111122223333", "eu-west-1").ids("subnet")).hasSize(1);
            assertThat(aws.calls().of("CreateSubnet"))
                    .extracting(call -> SimAws.errorCode(call).orElse("served"))
                    .containsExactly("served", "InvalidSubnet.Conflict");
        }
    }
}
