// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What a user of {@code samples/run fednet} reads. */
@Isolated("it reads System.out and System.err")
class FednetTextsTest {
    private record Told(int exitCode, String out, String err) {}

    @TempDir
    Path directory;

    private static Told fednet(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream toOut = new ByteArrayOutputStream();
        ByteArrayOutputStream toErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(toOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(toErr, true, StandardCharsets.UTF_8));
        try {
            String[] all = new String[arguments.length + 1];
            all[0] = "fednet";
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            int exitCode = Main.commandLine(new Main()).execute(all);
            return new Told(exitCode, toOut.toString(StandardCharsets.UTF_8), toErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static void assertThatItIsRefused(Told told, String line) {
        assertThat(told.err().strip()).isEqualTo(line);
        assertThat(told.out()).isEmpty();
        assertThat(told.exitCode()).isEqualTo(3);
    }

    @Test
    void aReportThatCannotBeWrittenIsRefusedBeforeAnythingIsDone() {
        Path missing = directory.resolve("missing");

        assertThatItIsRefused(
                fednet("--report", missing.resolve("report.json").toString()),
                "fednet: --report: there is no directory " + missing);
        assertThatItIsRefused(
                fednet("--report", directory.toString()), "fednet: --report: " + directory + " is a directory");
    }

    @Test
    void anEndpointThatIsNoUrlIsRefusedInOneLine() {
        assertThatItIsRefused(
                fednet("--aws-endpoint", "here", "--azure-endpoint", "http://127.0.0.1:1"),
                "fednet: --aws-endpoint: 'here' is no URL like https://HOST:PORT");
        assertThatItIsRefused(
                fednet("--aws-endpoint", "http://127.0.0.1:1", "--azure-endpoint", "ftp://127.0.0.1"),
                "fednet: --azure-endpoint: 'ftp://127.0.0.1' is no URL like https://HOST:PORT");
        assertThatItIsRefused(
                fednet("--vns3-endpoint", "fed-1=20.0.0.1"),
                "fednet: --vns3-endpoint fed-1: '20.0.0.1' is no URL like https://HOST:PORT");
    }

    @Test
    void aRequestLimitThatIsNotPositiveIsRefusedInOneLine() {
        assertThatItIsRefused(
                fednet("--aws-requests-per-second", "0"),
                "fednet: --aws-requests-per-second: 0.0 is not between 0 and 10000");
    }

    @Test
    void anElementToFailIsGuessedOnlyFromWhatIsLikeIt() {
        assertThatItIsRefused(
                fednet("--fail", "nope"), "fednet: --fail: there is no element 'nope'; --describe tree shows them all");
        assertThatItIsRefused(
                fednet("--fail", "create-new-vpc"),
                "fednet: --fail: there is no element 'create-new-vpc'; did you mean 'fednet/create-new-vpc'?");
        assertThatItIsRefused(
                fednet("--fail", "create-new-vpc:sideways"),
                "fednet: --fail: 'sideways' is none of before, lost, close, undo");
    }
}
