// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.Outline;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.json.Json;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.samples.fednet.Federation.Member;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.vns3.Controller;
import io.hybridpipe.vns3.TlsTrust;
import io.hybridpipe.vns3.Vns3Access;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** {@code samples/run fednet}: the main job, on stand-ins unless an endpoint says otherwise. */
@Command(
        name = "fednet",
        description = "Builds a VPC with a VNS3 controller in AWS and peers it with a federation network in Azure.",
        footer = {
            "",
            "Exit codes: 0 done; 1 failed and everything undone; 2 something left over;",
            "3 refused before anything was changed; 130, 143 interrupted and undone.",
            "",
            "Secrets come from the environment: FEDNET_PSK, FEDNET_LICENSE_FILE,",
            "FEDNET_KEYSET_TOKEN, FEDNET_PASSWORD_FED_1 and so on; AWS credentials as usual;",
            "AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID and AZURE_ACCESS_TOKEN.",
            "On stand-ins, what is not given is made up."
        },
        mixinStandardHelpOptions = true)
public final class FednetCommand implements Callable<Integer> {
    private static final Duration SHUTDOWN_GRACE = Duration.ofMinutes(5);
    private static final double FAST = 40;

    @Option(names = "--report", paramLabel = "FILE", description = "write the run report there, as JSON")
    @Nullable
    Path report;

    @Option(names = "--aws-endpoint", paramLabel = "URL", description = "AWS, or what speaks its protocols")
    @Nullable
    URI awsEndpoint;

    @Option(names = "--aws-region", paramLabel = "REGION", description = "default ${DEFAULT-VALUE}")
    String awsRegion = StandIns.REGION;

    @Option(names = "--aws-role", paramLabel = "ARN", description = "the role to assume in account A")
    @Nullable
    String awsRole;

    @Option(names = "--aws-image", paramLabel = "AMI", description = "the controller's image")
    String awsImage = StandIns.IMAGE;

    @Option(names = "--aws-half", description = "do only what needs neither Azure nor VNS3; with --aws-endpoint")
    boolean awsHalf;

    @Option(names = "--aws-key", paramLabel = "NAME", description = "a key pair that exists; with --aws-half")
    String awsKey = "fednet";

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

    @Option(names = "--describe", paramLabel = "tree|mermaid|dot", description = "draw the pipe and do not run it")
    @Nullable
    String describe;

    @Option(names = "--fail", paramLabel = "PATH[:before|:lost|:close|:undo]", description = "make one element fail")
    @Nullable
    String fail;

    @Option(names = "--slow", description = "let the stand-ins take the time that real clouds take")
    boolean slow;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Consumer<StandIns> onStandIns;
    private final List<RunListener> listeners = new ArrayList<>();
    private Consumer<Run> onRun = run -> {};
    private double speed = FAST;
    private Fednet.Pace pace = Fednet.Pace.FAST;
    private Duration cancelGrace = Duration.ofSeconds(10);

    /** The command as the command line uses it. */
    public FednetCommand() {
        this(System.out, System.err, System.getenv(), standIns -> {});
    }

    FednetCommand(PrintStream out, PrintStream err, Map<String, String> environment, Consumer<StandIns> onStandIns) {
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.onStandIns = onStandIns;
    }

    FednetCommand listener(RunListener listener) {
        listeners.add(listener);
        return this;
    }

    FednetCommand onRun(Consumer<Run> consumer) {
        onRun = consumer;
        return this;
    }

    /** Stand-ins that live faster than usual, steps that look more often, and a shorter wait for calls that nobody answers. */
    FednetCommand hurried(double speed, Duration poll, Duration cancelGrace) {
        this.speed = speed;
        this.pace = new Fednet.Pace(poll);
        this.cancelGrace = cancelGrace;
        return this;
    }

    @Override
    public Integer call() {
        try {
            return perform();
        } catch (BadInput e) {
            err.println("fednet: " + e.getMessage());
            return 3;
        }
    }

    private int perform() {
        checkUrl("--aws-endpoint", awsEndpoint);
        checkUrl("--azure-endpoint", azureEndpoint);
        vns3Endpoints.forEach((name, url) -> checkUrl("--vns3-endpoint " + name, url));
        checkReport();
        boolean standIns = awsEndpoint == null && azureEndpoint == null && vns3Endpoints.isEmpty();
        if (awsHalf) {
            if (awsEndpoint == null) {
                throw new BadInput("--aws-half needs --aws-endpoint");
            }
            try (AwsAccount accountA = awsAccount()) {
                return run(
                        Fednet.awsHalf(config, accountA, Fednet.Pace.FAST),
                        State.of(Fednet.NETWORK_NAME, network)
                                .with(Fednet.MY_IP, myIp())
                                .with(Fednet.IMAGE, awsImage)
                                .with(Fednet.KEY_NAME, awsKey),
                        null);
            }
        }
        if (!standIns && (awsEndpoint == null || azureEndpoint == null)) {
            throw new BadInput("give --aws-endpoint and --azure-endpoint together, or neither to run on stand-ins");
        }
        Federation federation = federationFile == null ? Federation.ofDefaults() : Federation.read(federationFile);
        SecretValues secrets = new SecretValues(environment, standIns);
        if (describe != null) {
            return describe(federation);
        }
        if (!standIns) {
            try (AwsAccount accountA = awsAccount()) {
                return run(
                        Fednet.pipe(config, federation, accountA, azureAccount(), access(), Fednet.Pace.USUAL),
                        input(federation, secrets),
                        null);
            }
        }
        try (StandIns world = new StandIns(federation, slow ? 1 : speed, secrets);
                AwsAccount hub = AwsAccount.of("hub", StandIns.REGION)
                        .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                                secrets.awsAccessKey(), secrets.awsSecretKey().reveal())))
                        .endpoint(world.aws.endpoint());
                AwsAccount accountA = hub.assumeRole(
                                "arn:aws:iam::" + StandIns.ACCOUNT_A + ":role/" + StandIns.ROLE, "fednet")
                        .named("account-a")) {
            onStandIns.accept(world);
            Federation built = world.federation();
            Pipe pipe = Fednet.pipe(
                    config,
                    built,
                    accountA,
                    azure(world.azure.endpoint(), StandIns.SUBSCRIPTION, "tenant", null),
                    trusting(
                            Vns3Access.over(CertificatesOf.client(world::certificates))
                                    .withUris(ip -> world.world.uriOf(ip.toString())),
                            built),
                    slow ? Fednet.Pace.USUAL : pace);
            return run(pipe, input(built, secrets), world);
        }
    }

    private int describe(Federation federation) {
        Outline outline = outline(federation);
        switch (Objects.requireNonNull(describe)) {
            case "tree" -> out.print(outline.tree());
            case "mermaid" -> out.print(outline.mermaid());
            case "dot" -> out.print(outline.dot());
            default -> throw new BadInput("--describe: '" + describe + "' is none of tree, mermaid, dot");
        }
        return 0;
    }

    Outline outline(Federation federation) {
        // nothing is called: the accounts are handles that are never used
        try (AwsAccount nobody = AwsAccount.of("account-a", awsRegion)) {
            return Fednet.pipe(
                            config,
                            federation,
                            nobody,
                            azure(URI.create("http://127.0.0.1"), "subscription", "tenant", null),
                            Vns3Access.ofDefaults(),
                            Fednet.Pace.USUAL)
                    .describe();
        }
    }

    private int run(Pipe pipe, State input, @Nullable StandIns world) {
        Progress progress = new Progress(out, System.console() != null && out == System.out);
        AtomicBoolean interrupted = new AtomicBoolean();
        RunOptions options = RunOptions.ofDefaults()
                .closeOnShutdown(SHUTDOWN_GRACE)
                .cancelGrace(cancelGrace)
                .listener(progress)
                .listener(new RunListener() {
                    @Override
                    public void on(PipeEvent event) {
                        if (event instanceof PipeEvent.RunCancelRequested) {
                            interrupted.set(true);
                        }
                    }

                    @Override
                    public void settled(RunReport settled) {
                        // here and not after block(): the JVM may be shutting down, and then main gets no further
                        finish(settled, progress);
                        if (interrupted.get() && settled.outcome() == Outcome.LEFT_OVERS) {
                            Runtime.getRuntime().halt(2);
                        }
                    }
                });
        for (RunListener listener : listeners) {
            options = options.listener(listener);
        }
        FailAt failing = fail == null ? null : FailAt.parse(fail, pipe);
        if (failing != null) {
            options = options.around(failing);
        }
        Run run = pipe.start(input, options);
        onRun.accept(run);
        RunReport settled = Objects.requireNonNull(run.settled().block());
        if (settled.outcome() == Outcome.DONE && failing != null && !failing.struck()) {
            err.println("fednet: --fail: '" + fail + "' never began, so nothing was made to fail");
        }
        if (settled.outcome() == Outcome.DONE && world != null) {
            trace(world);
        }
        return exitCode(settled.outcome());
    }

    private void finish(RunReport settled, Progress progress) {
        if (settled.outcome() == Outcome.REFUSED) {
            settled.failure().ifPresent(it -> {
                err.println("fednet: refused before anything was changed: " + it.path() + ": " + it.message());
                it.others().stream()
                        .filter(other -> !other.equals(it.message()))
                        .distinct()
                        .forEach(other -> err.println("fednet: also: " + other));
            });
        } else {
            progress.tree(settled);
            settled.failure()
                    .ifPresent(it -> err.println("fednet: failed, "
                            + (settled.outcome() == Outcome.LEFT_OVERS
                                    ? "and something is left over"
                                    : "and everything was undone")
                            + ": " + it.path() + ": " + it.message()));
        }
        if (report != null) {
            try {
                Files.writeString(report, Json.compact().indented().write(settled.fields()) + System.lineSeparator());
            } catch (IOException e) {
                err.println("fednet: cannot write the report to " + report + ": " + e.getMessage());
            }
        }
    }

    private static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case DONE -> 0;
            case UNDONE, KEPT -> 1;
            case LEFT_OVERS -> 2;
            case REFUSED -> 3;
        };
    }

    private void trace(StandIns world) {
        PacketTracer tracer = PacketTracer.in(world.world);
        out.println();
        out.print(tracer.traceBothWays(Packet.icmp("10.1.1.10", StandIns.ON_PREMISES_HOST)));
        world.controllers().values().stream()
                .filter(controller -> controller.name().startsWith("i-"))
                .findFirst()
                .flatMap(controller -> world.world.place(controller))
                .flatMap(place -> place.port().publicAddress())
                .ifPresent(address -> {
                    out.println();
                    out.print(tracer.trace(Packet.tcp("192.0.2.66", address.toString(), 8000)));
                });
    }

    private State input(Federation federation, SecretValues secrets) {
        List<Controller> controllers = federation.controllers().stream()
                .map(member -> Controller.of(member.name(), member.address(), secrets.password(member.name()))
                        .withPrivateAddress(member.privateAddress()))
                .toList();
        return State.of(Fednet.NETWORK_NAME, network)
                .with(Fednet.MY_IP, myIp())
                .with(Fednet.IMAGE, awsImage)
                .with(Fednet.PSK, secrets.psk())
                .with(Fednet.LICENSE, secrets.license())
                .with(Fednet.KEYSET_TOKEN, secrets.keysetToken())
                .with(Fednet.FEDERATION_CONTROLLERS, controllers);
    }

    private static void checkUrl(String option, @Nullable URI url) {
        if (url != null
                && (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme())))) {
            throw new BadInput(option + ": '" + url + "' is no URL like https://HOST:PORT");
        }
    }

    /** Asked before the run: a report that cannot be kept would otherwise be lost after all the work. */
    private void checkReport() {
        if (report == null) {
            return;
        }
        Path directory = Objects.requireNonNull(report.toAbsolutePath().getParent());
        if (!Files.isDirectory(directory)) {
            throw new BadInput("--report: there is no directory " + directory);
        }
        if (Files.isDirectory(report)) {
            throw new BadInput("--report: " + report + " is a directory");
        }
        if (!Files.isWritable(Files.exists(report) ? report : directory)) {
            throw new BadInput("--report: " + report + " cannot be written");
        }
    }

    private Cidr myIp() {
        try {
            return Ip.of(myIp).toCidr();
        } catch (IllegalArgumentException e) {
            throw new BadInput("--my-ip: " + e.getMessage());
        }
    }

    private AwsAccount awsAccount() {
        AwsAccount account = AwsAccount.of("account-a", awsRegion)
                .credentials(DefaultCredentialsProvider.builder().build())
                .endpoint(Objects.requireNonNull(awsEndpoint));
        return awsRole == null ? account : account.assumeRole(awsRole, "fednet");
    }

    private AzureAccount azureAccount() {
        return azure(
                Objects.requireNonNull(azureEndpoint),
                environment.getOrDefault("AZURE_SUBSCRIPTION_ID", StandIns.SUBSCRIPTION),
                environment.getOrDefault("AZURE_TENANT_ID", "tenant"),
                environment.get("AZURE_ACCESS_TOKEN"));
    }

    private static AzureAccount azure(URI endpoint, String subscription, String tenant, @Nullable String token) {
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

    private Vns3Access access() {
        Federation federation = federationFile == null ? Federation.ofDefaults() : Federation.read(federationFile);
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

    private Vns3Access trusting(Vns3Access access, Federation federation) {
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
