// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import io.hybridpipe.samples.fednet.FednetCommand;
import io.hybridpipe.samples.soak.TrialRun.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code samples/soak}: kills the main job with SIGKILL, resumes or undoes it, and looks at what is there afterwards. */
@Command(
        name = "soak",
        description = "Kills the main job with SIGKILL at chosen moments, resumes or undoes it in another process,"
                + " and compares what is there afterwards with what an undisturbed run leaves, or with nothing.",
        footer = {"", "Exit codes: 0 all as it should be; 1 not; 3 bad input."},
        mixinStandardHelpOptions = true)
public final class SoakCommand implements Callable<Integer> {
    /** Federation controllers of the stand-ins: the items of the fan-out. */
    private static final List<String> ITEMS = List.of("fed-1", "fed-2");

    private static final double SPEED = 60;

    @Parameters(arity = "0..1", paramLabel = "N", description = "how many cases; default every moment once")
    @Nullable
    Integer cases;

    @Option(names = "--seed", paramLabel = "SEED", description = "which cases, in which order; default 1")
    long seed = 1;

    @Option(names = "--only", paramLabel = "CASE", description = "only the case of this number, with all that it says")
    @Nullable
    Integer only;

    @Option(names = "--parallel", paramLabel = "N", description = "how many cases at once; default ${DEFAULT-VALUE}")
    int parallel = 2;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final PrintStream out;

    /** The command as the command line uses it. */
    public SoakCommand() {
        this(System.out);
    }

    SoakCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkPositive("N", cases);
        checkPositive("--only", only);
        checkPositive("--parallel", parallel);
        Path directory = Files.createTempDirectory("soak");
        try {
            return soak(directory);
        } finally {
            delete(directory);
        }
    }

    private void checkPositive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new ParameterException(spec.commandLine(), name + ": " + value + " is not positive");
        }
    }

    private int soak(Path directory) throws IOException, InterruptedException {
        List<Stratum> strata = Stratum.of(FednetCommand.outline(), ITEMS);
        int last = cases == null ? strata.size() : cases;
        out.printf("seed %d, %d cases, %d places and moments%n", seed, only == null ? last : 1, strata.size());
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String key = Base64.getEncoder().encodeToString(random);
        Jvms jvms = new Jvms(directory);
        List<Verdict> verdicts = new ArrayList<>();
        ExecutorService workers = Executors.newFixedThreadPool(Math.max(1, parallel));
        try (Worlds worlds = new Worlds(jvms, SPEED)) {
            List<String> complete = TrialRun.undisturbed(jvms, worlds, directory, key);
            List<Future<Verdict>> running = IntStream.rangeClosed(only == null ? 1 : only, only == null ? last : only)
                    .mapToObj(number -> Trial.of(number, seed, strata))
                    .map(trial -> new TrialRun(jvms, worlds, directory, key, complete, trial))
                    .map(trial -> workers.submit(trial::perform))
                    .toList();
            for (Future<Verdict> each : running) {
                Verdict verdict = each.get();
                verdicts.add(verdict);
                tell(verdict);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a case broke off: " + e.getCause(), e.getCause());
        } finally {
            workers.shutdownNow();
        }
        out.print(new Table(strata, verdicts));
        return verdicts.stream().allMatch(each -> each.problems().isEmpty()) ? 0 : 1;
    }

    private void tell(Verdict verdict) {
        boolean good = verdict.problems().isEmpty();
        out.printf(
                Locale.ROOT,
                "%4d %5.1f s  %s  %s%n",
                verdict.trial().number(),
                verdict.took().toMillis() / 1000.0,
                good ? "ok  " : "BAD ",
                verdict.trial());
        if (!good) {
            verdict.told().forEach(line -> out.println("      | " + line));
            verdict.problems().forEach(problem -> out.println("      " + problem));
            out.printf(
                    "      once more: samples/soak --seed %d --only %d%n",
                    seed, verdict.trial().number());
        } else if (only != null) {
            verdict.told().forEach(line -> out.println("      | " + line));
        }
        out.flush();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
