// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.aws.SimAws;
import io.hybridpipe.sim.azure.SimAzure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Whatever is wrong with what the user gave: the exit code, one line that says what and where, and nothing left. */
class BadInputTest {
    private static final List<String> CREDENTIALS =
            List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.sessionToken");

    @TempDir
    private Path directory;

    /** Bound, and never used. */
    private final Socket claim = new Socket();

    @AfterEach
    void giveThePortBack() throws IOException {
        claim.close();
    }

    @AfterEach
    void forgetCredentials() {
        CREDENTIALS.forEach(System::clearProperty);
    }

    private static void assertThatItIsRefused(FednetRun run, String... words) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.err()).as(run.told()).hasLineCount(1).contains(words).doesNotContain("Exception");
        assertThat(run.after()).containsExactlyElementsOf(run.before());
    }

    /** Each cloud is asked before the run, so each that is wrong has its line; the first is about AWS. */
    private static void assertThatAwsIsRefused(FednetRun run, String... words) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        List<String> lines = run.err().lines().toList();
        assertThat(lines.get(0))
                .as(run.told())
                .contains("fednet: refused before anything was changed")
                .contains(words);
        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line ->
                        assertThat(line).startsWith("fednet: also: look at").contains("federation-"));
        assertThat(run.err()).doesNotContain("Exception");
    }

    private static void assertThatItIsUndone(FednetRun run, String... words) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.err()).as(run.told()).hasLineCount(1).contains(words).doesNotContain("Exception");
        assertThat(run.before()).isNotEmpty();
        assertThat(run.after()).containsExactlyElementsOf(run.before());
    }

    private String config(String text) throws IOException {
        return Files.writeString(directory.resolve("networks.yaml"), text).toString();
    }

    @Test
    void aLabIsForStandInsOnly() {
        assertThatItIsRefused(
                FednetRun.of("--lab", "--aws-endpoint", "http://127.0.0.1:9", "--azure-endpoint", "http://127.0.0.1:9")
                        .go(),
                "--lab",
                "give no endpoints");
    }

    @Test
    void aMissingConfig() {
        String file = directory.resolve("none.yaml").toString();

        assertThatItIsRefused(FednetRun.of("--config", file).go(), "fetch-network-config", file);
    }

    @Test
    void aConfigThatIsNeitherJsonNorYaml() throws IOException {
        String file = config("networks: [}\n");

        assertThatItIsRefused(FednetRun.of("--config", file).go(), file, "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ten-one        | 10.0.0.0/16 | 10.1.1.0/24    | ten-one",
                "10.1.0.0/33    | 10.0.0.0/16 | 10.1.1.0/24    | 10.1.0.0/33",
                "10.1.0.0/16    | 10.0.0.0/16 | 10.9.1.0/24    | 10.9.1.0/24",
                "10.1.0.0/16    | 10.1.128.0/17 | 10.1.1.0/24  | 10.1.128.0/17",
            })
    void aConfigWhoseAddressesCannotBe(String cidr, String onPremises, String app, String shown) throws IOException {
        String file = config("""
                networks:
                  - name: orders
                    cidr: %s
                    onPremises: [%s]
                    subnets: [{name: controller, prefix: 24}, {name: app, cidr: %s}]
                """.formatted(cidr, onPremises, app));

        assertThatItIsRefused(FednetRun.of("--config", file).go(), file, "/networks/0", shown);
    }

    @Test
    void aNetworkThatOverlapsTheFederation() throws IOException {
        String file = config("""
                networks:
                  - name: orders
                    cidr: 10.2.0.0/17
                    onPremises: [10.0.0.0/16]
                    subnets: [{name: controller, prefix: 24}, {name: app, cidr: 10.2.1.0/24}]
                """);

        assertThatItIsUndone(FednetRun.of("--config", file).go(), "refuse-overlaps", "10.2.0.0/17", "10.2.0.0/16");
    }

    @Test
    void aStackWithASubnetThatAwsDoesNotTakeIsGoneWithAllElse() throws IOException {
        String file = config("""
                networks:
                  - name: orders
                    cidr: 10.1.0.0/16
                    onPremises: [10.0.0.0/16]
                    subnets: [{name: controller, prefix: 29}, {name: app, cidr: 10.1.1.0/24}]
                """);

        FednetRun run = FednetRun.of("--config", file).go();

        assertThatItIsUndone(run, "create-new-vpc", "orders-vpc", "ControllerSubnet (AWS::EC2::Subnet): ");
        assertThat(run.report().outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(run.report().failure().orElseThrow().path()).hasToString("fednet/create-new-vpc");
        assertThat(run.report().made()).isEmpty();
        assertThat(run.report().leftovers()).isEmpty();
        assertThat(run.report().notUndone()).isEmpty();
    }

    @Test
    void anUnknownFlag() {
        assertThatItIsRefused(FednetRun.of("--fial", "x").go(), "--fial", "--help");
    }

    @Test
    void anUnknownPathToFailAt() {
        assertThatItIsRefused(
                FednetRun.of("--fail", "fednet/routes/vpc-route").go(),
                "--fail",
                "did you mean 'fednet/routes/vpc-routes'");
    }

    @Test
    void aNetworkThatTheConfigHasNot() {
        assertThatItIsRefused(FednetRun.of("--network", "odrers").go(), "odrers", "orders");
    }

    @Test
    void endpointsThatRefuse() throws IOException {
        URI nobody = nobody();
        credentials("AKIANOBODY", "secret", null);

        assertThatAwsIsRefused(elsewhere(nobody, nobody).go(), "GetCallerIdentity", "refused");
    }

    @Test
    void anAzureEndpointThatRefuses() throws IOException {
        try (SimAws aws = SimAws.start()) {
            credentials(aws.accounts().get(0).accessKey(), aws.accounts().get(0).secretKey(), null);

            FednetRun run = elsewhere(aws.endpoint(), nobody()).go();

            // the route table and the security group are looked at, and neither can be
            assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
            assertThat(run.err().lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                    .contains("refused", "federation-"));
            assertThat(aws.calls().changing()).isEmpty();
        }
    }

    @Test
    void awsCredentialsThatHaveExpired() {
        try (SimClock clock = SimClock.manual(Instant.now());
                SimAws aws = SimAws.builder()
                        .clock(clock)
                        .account("999900001111", "AKIAHUB", "hub-secret-key")
                        .role("111122223333", "builder", "999900001111")
                        .start();
                SimAzure azure = SimAzure.start()) {
            Credentials session = session(aws);
            credentials(session.accessKeyId(), session.secretAccessKey(), session.sessionToken());
            clock.advance(Duration.ofHours(2));

            assertThatAwsIsRefused(
                    elsewhere(aws.endpoint(), azure.endpoint()).go(), "account-a", "expired", "GetCallerIdentity");
            assertThat(aws.calls().changing()).isEmpty();
            assertThat(azure.calls().changing()).isEmpty();
        }
    }

    @Test
    void awsCredentialsThatAreUnknown() {
        try (SimAws aws = SimAws.start();
                SimAzure azure = SimAzure.start()) {
            credentials("AKIANOBODY", "secret", null);

            assertThatAwsIsRefused(elsewhere(aws.endpoint(), azure.endpoint()).go(), "account-a", "GetCallerIdentity");
            assertThat(aws.calls().changing()).isEmpty();
        }
    }

    @Test
    void aCertificateThatIsNotTheOneThatWasPinned() {
        FednetRun run =
                FednetRun.of("--vns3-fingerprint", "fed-1=" + "ab".repeat(32)).go();

        assertThatItFailsAndNothingIsLeft(run, "TLS certificate does not match", "AB:AB:AB");
    }

    @Test
    void aWrongPasswordOfAController() {
        FednetRun run = FednetRun.of()
                .environment("FEDNET_PASSWORD_FED_1", "wrong-password")
                .go();

        assertThatItFailsAndNothingIsLeft(run, "401", "20.0.0.1");
    }

    /** The controller refuses even to be looked at; but since nothing was sent to it, there is nothing to be found. */
    private static void assertThatItFailsAndNothingIsLeft(FednetRun run, String... words) {
        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.err())
                .as(run.told())
                .hasLineCount(1)
                .contains("ipsec-peer[fed-1]/tunnel")
                .contains(words);
        assertThat(run.report().leftovers()).isEmpty();
        assertThat(run.after()).containsExactlyElementsOf(run.before());
    }

    @Test
    void aMissingSecret() throws IOException {
        credentials("AKIANOBODY", "secret", null);
        URI nobody = nobody();

        assertThatItIsRefused(
                FednetRun.of("--aws-endpoint", nobody.toString(), "--azure-endpoint", nobody.toString())
                        .go(),
                "FEDNET_");
    }

    private static FednetRun elsewhere(URI aws, URI azure) {
        FednetRun run = FednetRun.of("--aws-endpoint", aws.toString(), "--azure-endpoint", azure.toString());
        Map.of("PSK", "psk-psk-psk", "KEYSET_TOKEN", "token-token", "PASSWORD_FED_1", "one", "PASSWORD_FED_2", "two")
                .forEach((name, value) -> run.environment("FEDNET_" + name, value));
        return run.environment("FEDNET_LICENSE_FILE", Path.of("pom.xml").toString());
    }

    private static void credentials(String key, String secret, @Nullable String token) {
        System.setProperty("aws.accessKeyId", key);
        System.setProperty("aws.secretAccessKey", secret);
        if (token != null) {
            System.setProperty("aws.sessionToken", token);
        }
    }

    /** Where nobody listens, nor begins to while the test runs. */
    private URI nobody() throws IOException {
        claim.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return URI.create("http://127.0.0.1:" + claim.getLocalPort());
    }

    private static Credentials session(SimAws aws) {
        try (StsAsyncClient sts = StsAsyncClient.builder()
                .region(Region.of(StandIns.REGION))
                .endpointOverride(aws.endpoint())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAHUB", "hub-secret-key")))
                .build()) {
            return sts.assumeRole(request -> request.roleArn("arn:aws:iam::111122223333:role/builder")
                            .roleSessionName("test"))
                    .join()
                    .credentials();
        }
    }
}
