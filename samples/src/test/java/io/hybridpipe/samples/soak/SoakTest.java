// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.samples.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A few cases of what {@code samples/soak} does many of; {@code -Dsoak.cases=N} and {@code -Dsoak.seed=N} choose others. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGKILL")
class SoakTest {
    @Test
    void aKilledRunIsResumedOrUndoneAndLeavesNoDuplicateNoOrphanAndNoOpenDoor() throws IOException {
        long seed = Long.getLong("soak.seed", 34);
        int cases = Integer.getInteger("soak.cases", 2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        int exitCode = Main.commandLine(new SoakCommand(new PrintStream(bytes, true, StandardCharsets.UTF_8)))
                .execute(Integer.toString(cases), "--seed", Long.toString(seed), "--parallel", "3");

        String told = bytes.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(told).isZero();
        assertThat(told.lines().filter(line -> line.matches(" *\\d+ +[0-9.]+ s  ok .*")))
                .as(told)
                .hasSize(cases);
        assertThat(told).contains("not one duplicate, orphan or open door");
        if (cases == 3 && seed == 34) {
            assertThat(withoutTimes(told)).contains(withoutTimes(shownInReadme()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-- -1", "5 --only 0", "--only=-2", "5 --parallel 0", "five"})
    void badArgumentsAreRefusedInOneLine(String arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CommandLine line = Main.commandLine(new SoakCommand(out));
        line.setErr(new PrintWriter(out, true));

        assertThat(line.execute(arguments.split(" "))).isEqualTo(3);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).hasLineCount(1).startsWith("soak: ");
    }

    private static String shownInReadme() throws IOException {
        String readme = Files.readString(Path.of("").toAbsolutePath().resolveSibling("README.md"));
        Matcher block = Pattern.compile("<!-- output of samples/soak 3 --seed 34 -->\n```\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(block.find()).as("README shows what samples/soak prints").isTrue();
        return block.group(1);
    }

    private static String withoutTimes(String text) {
        return text.replaceAll(" +\\d+\\.\\d s", " # s");
    }
}
