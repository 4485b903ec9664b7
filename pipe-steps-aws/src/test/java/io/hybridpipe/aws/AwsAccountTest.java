// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.retry.FailureClass;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class AwsAccountTest {
    private static final String ROLE = "arn:aws:iam::444455556666:role/network";

    private TestAws aws;

    @BeforeEach
    void start() {
        aws = TestAws.start(b -> b.account("111122223333", "AKIATEST000000000001", "canary-of-111122223333")
                .account("444455556666", "AKIATEST000000000004", "canary-of-444455556666")
                .role("444455556666", "network", "111122223333"));
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void saysWhoseCredentialsItHas() {
        assertThat(aws.account().identity().block(SOON).account()).isEqualTo("111122223333");
        assertThat(aws.account()).hasToString("account-a/eu-central-1");
    }

    @Test
    void actsInARoleOfAnotherAccount() {
        try (AwsAccount network = aws.account().assumeRole(ROLE, "fednet").named("network")) {
            CallerIdentity who = network.identity().block(SOON);
            assertThat(who.account()).isEqualTo("444455556666");
            assertThat(who.arn()).isEqualTo("arn:aws:sts::444455556666:assumed-role/network/fednet");
            assertThat(network).hasToString("network/eu-central-1");
            network.ec2().createVpc(r -> r.cidrBlock("10.1.0.0/16")).join();
        }
        assertThat(aws.sim().inventory("444455556666", TestAws.REGION).ids("vpc"))
                .hasSize(1);
        assertThat(aws.calls("AssumeRole")).hasSize(1);
    }

    @Test
    void credentialsThatAProviderMayReadFromAFileAreReadWhereItMayBlock() {
        Queue<String> readOn = new ConcurrentLinkedQueue<>();
        AwsCredentialsProvider file = () -> {
            readOn.add(Thread.currentThread().getName());
            return AwsBasicCredentials.create("AKIATEST000000000001", "canary-of-111122223333");
        };
        AwsAccount account = aws.account().credentials(file);

        assertThat(account.identity()
                        .subscribeOn(Schedulers.parallel())
                        .block(SOON)
                        .account())
                .isEqualTo("111122223333");
        assertThat(readOn.peek()).startsWith("boundedElastic-");
    }

    @Test
    void theSdkRetriesNeitherReadsNorChanges() {
        aws.faults().on("DescribeVpcs").status(503);
        CompletableFuture<?> read = aws.account().ec2().describeVpcs();
        assertThatThrownBy(read::join).isInstanceOf(CompletionException.class);
        assertThat(aws.calls("DescribeVpcs")).hasSize(1);
        aws.faults().on("CreateVpc").dropAfter();
        CompletableFuture<?> lost = aws.account().ec2().createVpc(r -> r.cidrBlock("10.1.0.0/16"));
        assertThatThrownBy(lost::join).isInstanceOf(CompletionException.class);
        assertThat(aws.calls("CreateVpc")).hasSize(1);
    }

    @Test
    void anEndpointThatRefusesIsOneClearLine() {
        URI endpoint = aws.endpoint();
        aws.sim().server().refuse();
        assertThatThrownBy(() -> aws.account().identity().block(SOON))
                .hasMessageStartingWith(
                        "GetCallerIdentity in account-a/eu-central-1: cannot connect to " + endpoint + ": ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void closeEndsItsOwnClientsAndLeavesTheCallersHttpClientOpen() {
        AwsAccount closed = aws.account("AKIATEST000000000001", "canary-of-111122223333");
        closed.identity().block(SOON);
        closed.close();
        assertThatThrownBy(() -> closed.identity().block(SOON)).hasMessageContaining("the account handle is closed");
        assertThat(aws.account().identity().block(SOON).account()).isEqualTo("111122223333");
    }

    @Test
    void withoutAnHttpClientOfTheCallersItMakesAndClosesItsOwn() {
        try (AwsAccount own = AwsAccount.of("own", TestAws.REGION)
                .endpoint(aws.endpoint())
                .credentials(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("AKIATEST000000000001", "canary-of-111122223333")))) {
            assertThat(own.identity().block(SOON).account()).isEqualTo("111122223333");
        }
    }
}
