// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.sim.aws.SimAws;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.CreateVpcRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/** The snippets of docs/sim-aws.md, which run here with public API only; the last test compares them with the page. */
class SimAwsGuideTest {

    private static final String MIDNIGHT = "2026-01-01T00:00:00Z";
    private static final Region REGION = Region.EU_WEST_1;

    private static AwsCredentials key(SimAws aws) {
        SimAws.Account account = aws.accounts().get(0);
        return AwsBasicCredentials.create(account.accessKey(), account.secretKey());
    }

    private static Ec2AsyncClient ec2(SimAws aws, AwsCredentials credentials) {
        return Ec2AsyncClient.builder()
                .endpointOverride(aws.endpoint())
                .region(REGION)
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    private static StsAsyncClient sts(SimAws aws) {
        return StsAsyncClient.builder()
                .endpointOverride(aws.endpoint())
                .region(REGION)
                .credentialsProvider(StaticCredentialsProvider.create(key(aws)))
                .build();
    }

    private static String state(Ec2AsyncClient ec2) {
        return ec2.describeInstances()
                .join()
                .reservations()
                .get(0)
                .instances()
                .get(0)
                .state()
                .nameAsString();
    }

    // snippet: time
    @Test
    void aMachineRunsAfterTenSecondsAndHasBootedAMinuteLater() {
        try (SimClock clock = SimClock.manual(Instant.parse(MIDNIGHT));
                SimAws aws = SimAws.builder()
                        .clock(clock)
                        .image("ami-0123456789abcdef0", "router", Duration.ofSeconds(60))
                        .start();
                Ec2AsyncClient ec2 = ec2(aws, key(aws))) {
            String vpc =
                    ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();
            String subnet = ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24"))
                    .join()
                    .subnet()
                    .subnetId();
            ec2.runInstances(r -> r.imageId("ami-0123456789abcdef0")
                            .minCount(1)
                            .maxCount(1)
                            .subnetId(subnet))
                    .join();
            assertThat(state(ec2)).isEqualTo("pending");

            clock.advance(Duration.ofSeconds(10));
            assertThat(state(ec2)).isEqualTo("running");

            clock.advance(Duration.ofSeconds(60));
            assertThat(ec2.describeInstanceStatus().join().instanceStatuses())
                    .extracting(status -> status.instanceStatus().statusAsString())
                    .containsExactly("ok");
        }
    }
    // end

    // snippet: faults
    @Test
    void anAnswerIsLostAndWhatWasMadeIsFoundByItsTag() {
        try (SimAws aws = SimAws.start();
                Ec2AsyncClient ec2 = ec2(aws, key(aws))) {
            Tag mark = Tag.builder().key("token").value("t-1").build();
            CreateVpcRequest request = CreateVpcRequest.builder()
                    .cidrBlock("10.1.0.0/16")
                    .tagSpecifications(TagSpecification.builder()
                            .resourceType(ResourceType.VPC)
                            .tags(mark)
                            .build())
                    .build();
            aws.faults().on("CreateVpc").dropAfter();

            assertThatThrownBy(() -> ec2.createVpc(request).join()).hasCauseInstanceOf(SdkClientException.class);

            Filter marked = Filter.builder().name("tag:token").values("t-1").build();
            assertThat(ec2.describeVpcs(r -> r.filters(marked)).join().vpcs()).hasSize(1);
            assertThat(aws.calls().changing()).extracting(Call::action).containsExactly("CreateVpc");
        }
    }
    // end

    // snippet: limit
    @Test
    void callsBeyondTheLimitAreRefusedAndWhatIsNewIsNotYetSeen() {
        try (SimClock clock = SimClock.manual(Instant.parse(MIDNIGHT));
                SimAws aws = SimAws.builder()
                        .clock(clock)
                        .requestLimit(2)
                        .visibleAfter(Duration.ofSeconds(4))
                        .start();
                Ec2AsyncClient ec2 = ec2(aws, key(aws))) {
            String vpc =
                    ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();

            assertThat(ec2.describeVpcs().join().vpcs()).isEmpty();
            assertThatThrownBy(() -> ec2.describeVpcs().join()).hasMessageContaining("Request limit exceeded");

            clock.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> ec2.deleteVpc(r -> r.vpcId(vpc)).join()).hasMessageContaining("does not exist");

            clock.advance(Duration.ofSeconds(3));
            assertThat(ec2.describeVpcs().join().vpcs()).hasSize(1);
        }
    }
    // end

    // snippet: accounts
    @Test
    void aRoleIsAssumedAndItsSessionExpires() {
        try (SimClock clock = SimClock.manual(Instant.parse(MIDNIGHT));
                SimAws aws = SimAws.builder()
                        .clock(clock)
                        .account("111111111111", "AKIAONE0000000000001", "secret-one")
                        .account("222222222222", "AKIATWO0000000000002", "secret-two")
                        .role("222222222222", "builder", "111111111111")
                        .deny("222222222222", "DeleteVpc")
                        .start();
                StsAsyncClient sts = sts(aws)) {
            Credentials given = sts.assumeRole(r -> r.roleArn("arn:aws:iam::222222222222:role/builder")
                            .roleSessionName("example")
                            .durationSeconds(900))
                    .join()
                    .credentials();
            AwsCredentials session =
                    AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
            try (Ec2AsyncClient there = ec2(aws, session)) {
                String vpc = there.createVpc(r -> r.cidrBlock("10.1.0.0/16"))
                        .join()
                        .vpc()
                        .vpcId();
                assertThat(aws.inventory("222222222222", "eu-west-1").ids("vpc"))
                        .containsExactly(vpc);
                assertThat(aws.inventory("111111111111", "eu-west-1").isEmpty()).isTrue();
                assertThatThrownBy(() ->
                                there.deleteVpc(r -> r.vpcId(vpc).dryRun(true)).join())
                        .hasMessageContaining("not authorized to perform: ec2:DeleteVpc");

                clock.advance(Duration.ofMinutes(15));
                assertThatThrownBy(() -> there.describeVpcs().join()).hasMessageContaining("Request has expired");
            }
        }
    }
    // end

    // snippet: packets
    @Test
    void aRuleLetsPacketsIn() {
        try (SimAws aws = SimAws.start();
                Ec2AsyncClient ec2 = ec2(aws, key(aws))) {
            String vpc =
                    ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")).join().vpc().vpcId();
            String subnet = ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24"))
                    .join()
                    .subnet()
                    .subnetId();
            String group = ec2.createSecurityGroup(
                            r -> r.groupName("web").description("web").vpcId(vpc))
                    .join()
                    .groupId();
            for (String address : new String[] {"10.1.0.10", "10.1.0.20"}) {
                ec2.createNetworkInterface(r ->
                                r.subnetId(subnet).privateIpAddress(address).groups(group))
                        .join();
            }
            CloudNetwork network = aws.network("111122223333", "eu-west-1");
            World world = World.on(SimClock.manual(Instant.parse(MIDNIGHT)));
            world.add(network);
            assertThat(https(world)).isFalse();

            ec2.authorizeSecurityGroupIngress(r -> r.groupId(group)
                            .ipProtocol("tcp")
                            .fromPort(443)
                            .toPort(443)
                            .cidrIp("10.1.0.10/32"))
                    .join();
            assertThat(https(world)).isTrue();
        }
    }

    private static boolean https(World world) {
        return world.admits(
                new IPAddressString("10.1.0.10").getAddress(),
                new IPAddressString("10.1.0.20").getAddress(),
                Protocol.TCP,
                443);
    }
    // end

    // snippet: undone
    @Test
    void whatIsTakenBackLeavesTheInventoryAsItWas() {
        try (SimAws aws = SimAws.start();
                Ec2AsyncClient ec2 = ec2(aws, key(aws))) {
            Inventory before = aws.inventory("111122223333", "eu-west-1");
            String gateway =
                    ec2.createInternetGateway().join().internetGateway().internetGatewayId();
            assertThat(aws.inventory("111122223333", "eu-west-1")).isNotEqualTo(before);
            ec2.deleteInternetGateway(r -> r.internetGatewayId(gateway)).join();
            assertThat(aws.inventory("111122223333", "eu-west-1")).isEqualTo(before);
        }
    }
    // end

    @Test
    void everySnippetOnThePageIsTheOneThatRunsHere() throws IOException {
        Path tests = Path.of("src/test/java/io/hybridpipe/sim");
        String source = Files.readString(tests.resolve("SimAwsGuideTest.java"));
        String page = Files.readString(Path.of("../docs/sim-aws.md"));
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        int compared = 0;
        while (onPage.find()) {
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' from the tests to docs/sim-aws.md")
                    .isEqualTo(
                            onPage.group(1).equals("example")
                                    ? example(Files.readString(tests.resolve("SimAwsExampleTest.java")))
                                    : snippet(source, onPage.group(1)));
            compared++;
        }
        assertThat(compared)
                .isEqualTo(Pattern.compile("```java").matcher(page).results().count())
                .isEqualTo(7);
    }

    private static String snippet(String source, String name) {
        Matcher here = Pattern.compile("// snippet: " + name + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                .matcher(source);
        assertThat(here.find()).as("snippet " + name + " of docs/sim-aws.md").isTrue();
        return here.group(1).stripIndent().strip();
    }

    /** A whole file but for its license and package. */
    private static String example(String file) {
        return file.substring(file.indexOf("import static")).strip();
    }
}
