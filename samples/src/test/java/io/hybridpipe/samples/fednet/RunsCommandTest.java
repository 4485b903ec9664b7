// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.samples.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code samples/run runs} over the journal of a run that is done and was on stand-ins of its own process. */
class RunsCommandTest {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final List<String> ELSEWHERE =
            List.of("--aws-endpoint", "http://127.0.0.1:1", "--azure-endpoint", "http://127.0.0.1:1");

    @TempDir
    private static Path directory;

    private record Told(int exitCode, String out, String err) {}

    @BeforeAll
    static void runOnce() {
        FednetRun run = FednetRun.of("--journal", directory.toString(), "--run-id", "orders-1")
                .environment("HYBRIDPIPE_SECRETS_KEY", KEY)
                .go();
        assertThat(run.exitCode()).as(run.told()).isZero();
    }

    private static Told runs(String verb, String... more) {
        return runs(Map.of("HYBRIDPIPE_SECRETS_KEY", KEY), verb, more);
    }

    private static Told runs(Map<String, String> environment, String verb, String... more) {
        return runs(environment, directory, verb, more);
    }

    private static Told runsIn(Path journal, String verb, String... more) {
        return runs(Map.of("HYBRIDPIPE_SECRETS_KEY", KEY), journal, verb, more);
    }

    private static Told runs(Map<String, String> environment, Path journal, String verb, String... more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream toErr = new PrintStream(err, true, StandardCharsets.UTF_8);
        CommandLine line = Main.commandLine(
                new RunsCommand(new PrintStream(out, true, StandardCharsets.UTF_8), toErr, environment));
        line.setErr(new PrintWriter(toErr, true));
        List<String> arguments = new ArrayList<>(List.of(verb, "--journal", journal.toString()));
        arguments.addAll(Arrays.asList(more));
        int exitCode = line.execute(arguments.toArray(String[]::new));
        return new Told(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String[] elsewhere(String... more) {
        List<String> all = new ArrayList<>(ELSEWHERE);
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private static void assertThatItIsRefused(Told told, String... words) {
        assertThat(told.exitCode()).as(told.err()).isEqualTo(3);
        assertThat(told.err()).hasLineCount(1).contains(words).doesNotContain("Exception");
        assertThat(told.out()).isEmpty();
    }

    @Test
    void aLineTellsEachRunItsPipeHowItIsAndWhen() {
        Told told = runs("list");

        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.out())
                .hasLineCount(1)
                .matches("orders-1 +fednet +done +started \\d{4}-.*Z, last record \\d{4}-.*Z\\R");
    }

    @Test
    void itShowsWhatEachElementDidAndMadeAndThatEveryScopeIsClosed() {
        Told told = runs("show", "--run-id", "orders-1");

        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.out())
                .contains("target orders at the stand-ins of process "
                        + ProcessHandle.current().pid())
                .containsPattern("fednet/create-new-vpc +done\\R +AWS::CloudFormation::Stack arn:aws:")
                .containsPattern("fednet/vpc-api-access/fednet-api-access +closed")
                .containsPattern("ipsec-peer\\[fed-2]/tunnel +done")
                .doesNotContain("OPEN");
    }

    @Test
    void aRunOnStandInsThatAreGoneCannotGoOn() {
        for (String verb : List.of("resume", "undo")) {
            assertThatItIsRefused(
                    runs(verb, elsewhere("--run-id", "orders-1")),
                    "runs " + verb + ": run orders-1 was on the stand-ins of process "
                            + ProcessHandle.current().pid() + ", and they ended with it");
        }
    }

    @Test
    void withoutEndpointsNothingGoesOn() {
        assertThatItIsRefused(runs("sweep"), "runs sweep: give the --aws-endpoint and --azure-endpoint");
    }

    @Test
    void aRunThatNobodyKnowsIsNamed() {
        assertThatItIsRefused(runs("show", "--run-id", "orders-2"), "runs show: ", "orders-2");
        assertThatItIsRefused(runs("resume", elsewhere("--run-id", "orders-2")), "runs resume: ", "orders-2");
        assertThatItIsRefused(runs("undo", elsewhere("--run-id", "../x")), "runs undo: --run-id: run id '../x'");
    }

    @Test
    void theJournalIsNotReadWithoutItsKey() {
        assertThatItIsRefused(runs(Map.of(), "list"), "--journal needs a key", "HYBRIDPIPE_SECRETS_KEY");
        assertThatItIsRefused(
                runs(Map.of("HYBRIDPIPE_SECRETS_KEY", "c2hvcnQ="), "list"), "the key has 5 bytes, 32 are needed");
        assertThatItIsRefused(runs(Map.of("HYBRIDPIPE_SECRETS_KEY", "!"), "list"), "the key is not Base64");
        byte[] other = new byte[32];
        other[0] = 1;
        assertThatItIsRefused(
                runs(Map.of("HYBRIDPIPE_SECRETS_KEY", Base64.getEncoder().encodeToString(other)), "list"), "orders-1");
    }

    @Test
    void aDirectoryThatIsNotThereIsNotMade() {
        Path nowhere = directory.resolve("nowhere");

        for (String verb : List.of("list", "sweep")) {
            String[] more = verb.equals("list") ? new String[0] : elsewhere();
            assertThatItIsRefused(
                    runsIn(nowhere, verb, more), "runs " + verb + ": --journal: there is no directory " + nowhere);
        }
        assertThat(nowhere).doesNotExist();
        assertThatItIsRefused(runsIn(Path.of(""), "list"), "runs list: --journal: the directory's name is empty");
    }

    @Test
    void eachDamagedRunHasItsLineAndTheOthersAreListed(@TempDir Path copy) throws Exception {
        for (String file : List.of("orders-1.jsonl", "orders-1.head")) {
            Files.copy(directory.resolve(file), copy.resolve(file));
        }
        Files.writeString(copy.resolve("a.jsonl"), "a");
        Files.writeString(copy.resolve("b.jsonl"), "b");

        Told told = runsIn(copy, "list");

        assertThat(told.exitCode()).isEqualTo(3);
        assertThat(told.out()).hasLineCount(1).startsWith("orders-1");
        assertThat(told.err()).hasLineCount(2).contains("a.jsonl line 1: ", "b.jsonl line 1: ");
    }

    @Test
    void theKeyMayStandInAFile() throws Exception {
        Path file = Files.writeString(directory.resolve("key"), KEY + "\n");

        assertThat(runs(Map.of(), "list", "--secrets-key-file", file.toString()).exitCode())
                .isZero();
        assertThatItIsRefused(
                runs(
                        Map.of(),
                        "list",
                        "--secrets-key-file",
                        directory.resolve("none").toString()),
                "none: cannot be read");
    }

    @Test
    void aSecondRunOfTheSameIdIsRefused() {
        FednetRun again = FednetRun.of("--journal", directory.toString(), "--run-id", "orders-1")
                .environment("HYBRIDPIPE_SECRETS_KEY", KEY)
                .go();

        assertThat(again.exitCode()).as(again.told()).isEqualTo(3);
        assertThat(again.err()).contains("refused before anything was changed", "orders-1");
        assertThat(again.after()).containsExactlyElementsOf(again.before());
    }
}
