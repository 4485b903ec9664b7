// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What README shows is what the sources say and what the programs print. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("<!-- ([^>]+) -->\\n```(?:java)?\\n(.*?)```", Pattern.DOTALL);
    private static final Map<String, String> VARIES = Map.of(
            "\\d+\\.\\d\\ds", "#s",
            "\\b(eni|sg|rtb|igw|i)-[0-9a-f]{17}", "$1-#",
            "-[A-Z0-9]{12}\\b", "-#",
            " +", " ");

    private final Map<String, String> printed = new ConcurrentHashMap<>();

    @TestFactory
    Stream<DynamicTest> everyMarkedBlockIsTrue() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<DynamicTest> tests = BLOCK.matcher(readme)
                .results()
                .map(block -> DynamicTest.dynamicTest(block.group(1), () -> holds(block.group(1), block.group(2))))
                .collect(Collectors.toList());
        assertThat(tests).as("blocks with a mark in README").hasSize(5);
        return tests.stream();
    }

    private void holds(String mark, String block) throws IOException {
        Matcher output = Pattern.compile("output of samples/run (\\w+)").matcher(mark);
        String source = output.matches() ? printed(output.group(1)) : Files.readString(ROOT.resolve(mark));
        assertThat(normal(source)).contains(normal(block));
    }

    private String printed(String sample) {
        return printed.computeIfAbsent(sample, ReadmeTest::run);
    }

    private static String run(String sample) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Main.commandLine(new Main()).execute(sample);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Without what differs from run to run, and without indentation. */
    private static String normal(String text) {
        String normal = text;
        for (Map.Entry<String, String> each : VARIES.entrySet()) {
            normal = normal.replaceAll(each.getKey(), each.getValue());
        }
        return normal.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
