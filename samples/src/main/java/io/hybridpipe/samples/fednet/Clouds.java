// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.samples.fednet.Federation.Member;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.TlsTrust;
import io.hybridpipe.vns3.api.Vns3Access;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** The options that say which network is built and where its clouds and controllers are reached. */
final class Clouds {
    private static final Duration CONNECTED_IN_A_HURRY = Duration.ofSeconds(15);

    /** How the place is called that ends with its process. */
    static final String STAND_INS = "the stand-ins of process ";

    @Option(names = "--aws-endpoint", paramLabel = "URL", description = "AWS, or what speaks its protocols")
    @Nullable
    URI awsEndpoint;

    @Option(names = "--aws-region", paramLabel = "REGION", description = "default ${DEFAULT-VALUE}")
    String awsRegion = StandIns.REGION;

    @Option(names = "--aws-role", paramLabel = "ARN", description = "the role to assume in account A")
    @Nullable
    String awsRole;

    @Option(
            names = "--aws-requests-per-second",
            paramLabel = "NUMBER",
            description = "at most so many; default no limit before AWS refuses one")
    @Nullable
    Double awsRequestsPerSecond;

    @Option(names = "--aws-image", paramLabel = "AMI", description = "the controller's image")
    String awsImage = StandIns.IMAGE;

    @Option(
            names = "--azure-endpoint",
            paramLabel = "URL",
            description = "Azure Resource Manager, or what speaks its protocol")
    @Nullable
    URI azureEndpoint;

    @Option(
            names = "--vns3-endpoint",
            paramLabel = "NAME=URL",
            description = "where a controller's API is reached: the network's name for the new one, fed-1 and so on")
    Map<String, URI> vns3Endpoints = new LinkedHashMap<>();

    @Option(
            names = "--vns3-fingerprint",
            paramLabel = "NAME=SHA256",
            description = "the only certificate that this controller of the federation may show")
    Map<String, String> vns3Fingerprints = new LinkedHashMap<>();

    @Option(names = "--config", paramLabel = "FILE", description = "the network config: a file or URL, JSON or YAML")
    String config = "classpath:fednet/networks.yaml";

    @Option(names = "--network", paramLabel = "NAME", description = "which network of it; default ${DEFAULT-VALUE}")
    String network = "orders";

    @Option(names = "--federation", paramLabel = "FILE", description = "the federation network, YAML")
    @Nullable
    Path federationFile;

    @Option(names = "--my-ip", paramLabel = "ADDRESS", description = "from where the controllers' API is called")
    String myIp = StandIns.CALLER;

    @Option(
            names = "--poll",
            paramLabel = "DURATION",
            description = "how often the steps look, such as PT0.5S; default 2 seconds")
    @Nullable
    Duration poll;

    @Option(
            names = "--cancel-grace",
            paramLabel = "DURATION",
            description = "how long a call that nobody answers may still take effect; default 10 seconds")
    Duration cancelGrace = Duration.ofSeconds(10);

    /** Refuses what can be seen to be wrong before anything is called. */
    void check() {
        checkUrl("--aws-endpoint", awsEndpoint);
        checkUrl("--azure-endpoint", azureEndpoint);
        vns3Endpoints.forEach((name, url) -> checkUrl("--vns3-endpoint " + name, url));
        if (awsRequestsPerSecond != null && !(awsRequestsPerSecond > 0 && awsRequestsPerSecond < 10_000)) {
            throw new BadInput("--aws-requests-per-second: " + awsRequestsPerSecond + " is not between 0 and 10000");
        }
        checkDuration("--poll", poll);
        checkDuration("--cancel-grace", cancelGrace);
    }

    private static void checkUrl(String option, @Nullable URI url) {
        if (url != null
                && (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme())))) {
            throw new BadInput(option + ": '" + url + "' is no URL like https://HOST:PORT");
        }
    }

    private static void checkDuration(String option, @Nullable Duration duration) {
        if (duration != null && (duration.isNegative() || duration.isZero())) {
            throw new BadInput(option + ": " + duration + " is not positive");
        }
    }

    /** Whether no cloud is given at all. */
    boolean areAbsent() {
        return awsEndpoint == null && azureEndpoint == null && vns3Endpoints.isEmpty();
    }

    /** Whether some clouds are given and others not. */
    boolean areIncomplete() {
        return !areAbsent() && (awsEndpoint == null || azureEndpoint == null);
    }

    /** What no two runs may work on at once: one network in one place. */
    String target() {
        return network + " at "
                + (areAbsent()
                        ? STAND_INS + ProcessHandle.current().pid()
                        : awsEndpoint + (awsRole == null ? "" : " as " + awsRole));
    }

    Federation federation() {
        return federationFile == null ? Federation.ofDefaults() : Federation.read(federationFile);
    }

    Fednet.Pace pace(Fednet.Pace usual) {
        return poll == null ? usual : new Fednet.Pace(poll, CONNECTED_IN_A_HURRY);
    }

    /** The main job on these clouds, which are all given. */
    Pipe pipe(AwsAccount accountA, Map<String, String> environment) {
        Federation federation = federation();
        return Fednet.pipe(
                config, federation, accountA, azureAccount(environment), access(federation), pace(Fednet.Pace.USUAL));
    }

    State input(Federation federation, SecretValues secrets) {
        return State.of(Fednet.NETWORK_NAME, network)
                .with(Fednet.MY_IP, callerAddress())
                .with(Fednet.IMAGE, awsImage)
                .with(Fednet.PSK, secrets.psk())
                .with(Fednet.LICENSE, secrets.license())
                .with(Fednet.KEYSET_TOKEN, secrets.keysetToken())
                .with(Fednet.FEDERATION_CONTROLLERS, controllers(federation, secrets));
    }

    private static List<Controller> controllers(Federation federation, SecretValues secrets) {
        return federation.controllers().stream()
                .map(member -> Controller.of(member.name(), member.address(), secrets.password(member.name()))
                        .withPrivateAddress(member.privateAddress()))
                .toList();
    }

    Cidr callerAddress() {
        try {
            return Ip.of(myIp).toCidr();
        } catch (IllegalArgumentException e) {
            throw new BadInput("--my-ip: " + e.getMessage());
        }
    }

    AwsAccount awsAccount() {
        AwsAccount account = AwsAccount.of("account-a", awsRegion)
                .credentials(DefaultCredentialsProvider.builder().build())
                .endpoint(Objects.requireNonNull(awsEndpoint));
        if (awsRequestsPerSecond != null) {
            account = account.requestsPerSecond(awsRequestsPerSecond);
        }
        return awsRole == null ? account : account.assumeRole(awsRole, "fednet");
    }

    private AzureAccount azureAccount(Map<String, String> environment) {
        return azure(
                Objects.requireNonNull(azureEndpoint),
                environment.getOrDefault("AZURE_SUBSCRIPTION_ID", StandIns.SUBSCRIPTION),
                environment.getOrDefault("AZURE_TENANT_ID", "tenant"),
                environment.get("AZURE_ACCESS_TOKEN"));
    }

    static AzureAccount azure(URI endpoint, String subscription, String tenant, @Nullable String token) {
        AzureEnvironment environment = new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", endpoint + "/",
                "managementEndpointUrl", endpoint + "/",
                "activeDirectoryEndpointUrl", endpoint + "/"));
        AzureProfile profile = new AzureProfile(tenant, subscription, environment);
        if (token != null) {
            TokenCredential credential = request -> Mono.just(new AccessToken(
                    token, Instant.now().plus(Duration.ofHours(1)).atOffset(ZoneOffset.UTC)));
            return AzureAccount.of("account-b", profile, credential);
        }
        HttpPipeline pipeline = new HttpPipelineBuilder()
                .httpClient(new NettyAsyncHttpClientBuilder().build())
                .build();
        return AzureAccount.of("account-b", profile, pipeline);
    }

    private Vns3Access access(Federation federation) {
        Map<Ip, URI> known = new LinkedHashMap<>();
        for (Member member : federation.controllers()) {
            if (vns3Endpoints.containsKey(member.name())) {
                known.put(member.address(), vns3Endpoints.get(member.name()));
            }
        }
        URI created = vns3Endpoints.get(network);
        Vns3Access access = Vns3Access.trusting(TlsTrust.trustAnything())
                .withUris(ip -> known.containsKey(ip)
                        ? known.get(ip)
                        : created != null ? created : URI.create("https://" + ip + ":8000"));
        return trusting(access, federation);
    }

    Vns3Access trusting(Vns3Access access, Federation federation) {
        Vns3Access trusting = access;
        for (Map.Entry<String, String> pin : vns3Fingerprints.entrySet()) {
            Member member = federation.controllers().stream()
                    .filter(each -> each.name().equals(pin.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new BadInput(
                            "--vns3-fingerprint: the federation has no controller '" + pin.getKey() + "'"));
            try {
                trusting = trusting.withTrust(member.address(), TlsTrust.fingerprint(pin.getValue()));
            } catch (IllegalArgumentException e) {
                throw new BadInput("--vns3-fingerprint " + pin.getKey() + ": " + e.getMessage());
            }
        }
        return trusting;
    }
}
