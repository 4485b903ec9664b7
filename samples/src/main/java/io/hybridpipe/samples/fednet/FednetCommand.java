// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Outline;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Vns3Access;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** {@code samples/run fednet}: the main job, on stand-ins unless an endpoint says otherwise. */
@Command(
        name = "fednet",
        description = "Builds a VPC with a VNS3 controller in AWS and peers it with a federation network in Azure.",
        footer = {
            "",
            "Exit codes: 0 done; 1 failed and everything undone; 2 something left over;",
            "3 refused before anything was changed; 4 another process goes on with the run;",
            "5 done, but with --lab real packets did not come through, or in clear;",
            "130, 143 interrupted and undone.",
            "",
            "Secrets come from the environment: FEDNET_PSK, FEDNET_LICENSE_FILE,",
            "FEDNET_KEYSET_TOKEN, FEDNET_PASSWORD_FED_1 and so on; AWS credentials as usual;",
            "AZURE_SUBSCRIPTION_ID, AZURE_TENANT_ID and AZURE_ACCESS_TOKEN.",
            "On stand-ins, what is not given is made up."
        },
        mixinStandardHelpOptions = true)
public final class FednetCommand implements Callable<Integer> {
    private static final double FAST = 40;
    private static final int NO_PACKETS = 5;

    @Option(names = "--report", paramLabel = "FILE", description = "write the run report there, as JSON")
    @Nullable
    Path report;

    @Mixin
    Clouds clouds = new Clouds();

    @Option(names = "--aws-half", description = "do only what needs neither Azure nor VNS3; with --aws-endpoint")
    boolean awsHalf;

    @Option(names = "--aws-key", paramLabel = "NAME", description = "a key pair that exists; with --aws-half")
    String awsKey = "fednet";

    @Option(names = "--describe", paramLabel = "tree|mermaid|dot", description = "draw the pipe and do not run it")
    @Nullable
    String describe;

    @Option(names = "--fail", paramLabel = "PATH[:before|:lost|:close|:undo]", description = "make one element fail")
    @Nullable
    String fail;

    @Option(names = "--slow", description = "let the stand-ins take the time that real clouds take")
    boolean slow;

    @Option(
            names = "--lab",
            description =
                    "give each controller of the stand-ins a real gateway: strongSwan in a network namespace; needs root")
    boolean lab;

    @Mixin
    JournalOptions journals = new JournalOptions();

    @Option(names = "--run-id", paramLabel = "ID", description = "the run's id; default a random one")
    @Nullable
    String runId;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Consumer<StandIns> onStandIns;
    private final List<RunListener> listeners = new ArrayList<>();
    private Consumer<Run> onRun = run -> {};
    private double speed = FAST;

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
        clouds.poll = poll;
        clouds.cancelGrace = cancelGrace;
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
        clouds.check();
        console().checkReport();
        if (lab && !clouds.areAbsent()) {
            throw new BadInput("--lab is about the stand-ins' controllers; give no endpoints");
        }
        if (awsHalf) {
            return runAwsHalf();
        }
        if (clouds.areIncomplete()) {
            throw new BadInput("give --aws-endpoint and --azure-endpoint together, or neither to run on stand-ins");
        }
        Federation federation = clouds.federation();
        SecretValues secrets = new SecretValues(environment, clouds.areAbsent());
        if (describe != null) {
            return describe(federation);
        }
        if (clouds.areAbsent()) {
            return lab ? runInLab(federation, secrets) : runOnStandIns(federation, secrets, Optional.empty());
        }
        try (AwsAccount accountA = clouds.awsAccount()) {
            return run(clouds.pipe(accountA, environment), clouds.input(federation, secrets), null);
        }
    }

    private int runAwsHalf() {
        if (clouds.awsEndpoint == null) {
            throw new BadInput("--aws-half needs --aws-endpoint");
        }
        try (AwsAccount accountA = clouds.awsAccount()) {
            return run(
                    Fednet.awsHalf(clouds.config, accountA, clouds.pace(Fednet.Pace.FAST)),
                    State.of(Fednet.NETWORK_NAME, clouds.network)
                            .with(Fednet.MY_IP, clouds.callerAddress())
                            .with(Fednet.IMAGE, clouds.awsImage)
                            .with(Fednet.KEY_NAME, awsKey),
                    null);
        }
    }

    private int runInLab(Federation federation, SecretValues secrets) {
        IpsecLab.missing().ifPresent(missing -> {
            throw new BadInput("--lab needs " + missing);
        });
        try (IpsecLab ipsec = IpsecLab.open();
                Interruption interruption = Interruption.closing(ipsec::close)) {
            onRun = onRun.andThen(interruption::await);
            return runOnStandIns(federation, secrets, Optional.of(ipsec));
        }
    }

    private int runOnStandIns(Federation federation, SecretValues secrets, Optional<IpsecLab> ipsec) {
        try (StandIns world = new StandIns(federation, slow ? 1 : speed, secrets, ipsec);
                AwsAccount hub = AwsAccount.of("hub", StandIns.REGION)
                        .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                                secrets.awsAccessKey(), secrets.awsSecretKey().reveal())))
                        .endpoint(world.aws.endpoint());
                AwsAccount accountA =
                        hub.assumeRole(StandIns.ROLE_ARN, "fednet").named("account-a")) {
            onStandIns.accept(world);
            Federation built = world.federation();
            Pipe pipe = Fednet.pipe(
                    clouds.config,
                    built,
                    accountA,
                    Clouds.azure(world.azure.endpoint(), StandIns.SUBSCRIPTION, "tenant", null),
                    clouds.trusting(
                            Vns3Access.over(CertificatesOf.client(world::certificates))
                                    .withUris(ip -> world.world.uriOf(ip.toString())),
                            built),
                    clouds.pace(slow ? Fednet.Pace.USUAL : Fednet.Pace.FAST));
            return run(pipe, clouds.input(built, secrets), world);
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

    /** The main job's elements. */
    public static Outline outline() {
        return new FednetCommand().outline(Federation.ofDefaults());
    }

    Outline outline(Federation federation) {
        // nothing is called: the accounts are handles that are never used
        try (AwsAccount nobody = AwsAccount.of("account-a", clouds.awsRegion)) {
            return Fednet.pipe(
                            clouds.config,
                            federation,
                            nobody,
                            Clouds.azure(URI.create("http://127.0.0.1"), "subscription", "tenant", null),
                            Vns3Access.ofDefaults(),
                            Fednet.Pace.USUAL)
                    .describe();
        }
    }

    private RunConsole console() {
        return new RunConsole(out, err, "fednet", report, Outcome.DONE);
    }

    private static RunId id(String text) {
        try {
            return RunId.of(text);
        } catch (IllegalArgumentException e) {
            throw new BadInput("--run-id: " + e.getMessage());
        }
    }

    private int run(Pipe pipe, State input, @Nullable StandIns world) {
        RunConsole console = console();
        RunOptions options = journals.write(
                console.attend(RunOptions.ofDefaults().cancelGrace(clouds.cancelGrace)), environment, clouds.target());
        if (runId != null) {
            options = options.runId(id(runId));
        }
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
            if (lab && !realPacketsPass(world)) {
                return NO_PACKETS;
            }
        }
        return console.exitCode();
    }

    private boolean realPacketsPass(StandIns world) {
        try {
            return new RealPackets(world).print(out);
        } catch (IllegalStateException | UncheckedIOException e) {
            err.println("fednet: --lab: " + e.getMessage());
            return false;
        }
    }

    private void trace(StandIns world) {
        PacketTracer tracer = PacketTracer.in(world.world);
        out.println();
        out.print(tracer.traceBothWays(Packet.icmp("10.1.1.10", StandIns.ON_PREMISES_HOST)));
        world.addressOfNewController().ifPresent(address -> {
            out.println();
            out.print(tracer.trace(Packet.tcp("192.0.2.66", address, SimVns3.API_PORT)));
        });
    }
}
