// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What README shows is what the sources say and what the programs print. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("<!-- ([^>]+) -->\\n```(?:java)?\\n(.*?)```", Pattern.DOTALL);
    private static final Map<Pattern, String> VARIES = new LinkedHashMap<>();

    static {
        VARIES.put(Pattern.compile("\\d+\\.\\d\\ds"), "#s");
        VARIES.put(Pattern.compile("\\b(eni|sg|rtb|igw|i)-[0-9a-f]{17}"), "$1-#");
        // before the twelve characters that stacks give names: a UUID may end in twelve digits
        VARIES.put(Pattern.compile("/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "/#");
        VARIES.put(Pattern.compile("-[A-Z0-9]{12}\\b"), "-#");
        VARIES.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"), "#");
        VARIES.put(Pattern.compile("process \\d+"), "process #");
        VARIES.put(Pattern.compile(" +"), " ");
    }

    @TempDir
    Path directory;

    private final Map<String, String> printed = new ConcurrentHashMap<>();

    @TestFactory
    Stream<DynamicTest> everyMarkedBlockIsTrue() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<DynamicTest> tests = BLOCK.matcher(readme)
                .results()
                // SoakTest has that one, as it takes its time
                .filter(block -> !block.group(1).startsWith("output of samples/soak"))
                .map(block -> DynamicTest.dynamicTest(block.group(1), () -> holds(block.group(1), block.group(2))))
                .collect(Collectors.toList());
        assertThat(tests).as("blocks with a mark in README").hasSize(6);
        return tests.stream();
    }

    private void holds(String mark, String block) throws IOException {
        Matcher output = Pattern.compile("output of samples/run (.+)").matcher(mark);
        String source = output.matches() ? printed(output.group(1)) : Files.readString(ROOT.resolve(mark));
        assertThat(normal(source)).contains(normal(block));
    }

    private String printed(String sample) {
        return printed.computeIfAbsent(sample, name -> name.equals("runs show") ? killedAndShown() : run(name));
    }

    private String killedAndShown() {
        try {
            Path key = Files.writeString(
                    directory.resolve("key"), Base64.getEncoder().encodeToString(new byte[32]));
            String[] journal = {
                "--journal", directory.resolve("runs").toString(),
                "--run-id", "orders-1",
                "--secrets-key-file", key.toString()
            };
            killInMidStep(journal);
            return run(
                    Stream.concat(Stream.of("runs", "show"), Stream.of(journal)).toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void killInMidStep(String... journal) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "fednet",
                "--stop-at",
                "fednet/vpc-api-access/fednet-api-access/set-up-controller:run:before"));
        command.addAll(List.of(journal));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said = child.inputReader()) {
            CompletableFuture<Boolean> stopped =
                    CompletableFuture.supplyAsync(() -> said.lines().anyMatch(line -> line.startsWith("stopped at ")));
            assertThat(stopped.orTimeout(90, TimeUnit.SECONDS).join()).isTrue();
        } finally {
            child.destroyForcibly().onExit().orTimeout(90, TimeUnit.SECONDS).join();
        }
    }

    private static String run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Main.commandLine(new Main()).execute(arguments);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Without what differs from run to run, and without indentation. */
    private static String normal(String text) {
        String normal = text;
        for (Map.Entry<Pattern, String> each : VARIES.entrySet()) {
            normal = each.getKey().matcher(normal).replaceAll(each.getValue());
        }
        return normal.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
