// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * All that went over the wire of an {@link IpsecLab} while this was open; what it says is known after {@link #close()}.
 *
 * <p>Not thread-safe.
 */
public final class Capture implements AutoCloseable {
    private static final String IKE_OR_ESP_IN_UDP = "(udp port 500 or udp port 4500)";

    private final Path file;
    private final Process process;
    private boolean closed;

    private Capture(Path file, Process process) {
        this.file = file;
        this.process = process;
    }

    static Capture start(Namespace wire, Path file) throws IOException {
        Process process = new ProcessBuilder(wire.command(
                        "tcpdump",
                        "-i",
                        IpsecLab.BRIDGE,
                        "--immediate-mode",
                        "-U",
                        "-s",
                        "0",
                        "-Z",
                        "root",
                        "-w",
                        file.toString()))
                .redirectErrorStream(true)
                .start();
        BufferedReader printed =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
            if (line.contains("listening on")) {
                return new Capture(file, process);
            }
            said.append(line).append('\n');
        }
        throw new IOException("tcpdump does not listen: " + said);
    }

    /** Ends it; idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Program.end(process);
        }
    }

    /**
     * The packets that fit a filter of {@code tcpdump}, one a line; an empty filter fits all.
     *
     * @throws IllegalStateException if it is still open
     * @throws IOException if the file cannot be read
     */
    public List<String> packets(String filter) throws IOException {
        if (!closed) {
            throw new IllegalStateException("the capture is still going on");
        }
        Program.Outcome read = Program.outcome(
                filter.isEmpty()
                        ? List.of("tcpdump", "-nr", file.toString())
                        : List.of("tcpdump", "-nr", file.toString(), filter),
                "",
                Duration.ofSeconds(30));
        if (read.exit() != 0) {
            throw new IOException("tcpdump cannot read " + file + ": " + read.text());
        }
        return read.text()
                .lines()
                .filter(line -> !line.startsWith("reading from file"))
                .toList();
    }

    /** The IP packets that are IKE, or ESP in UDP. */
    public List<String> encrypted() throws IOException {
        return packets("ip and " + IKE_OR_ESP_IN_UDP);
    }

    /** The IP packets that are anything else. */
    public List<String> inClear() throws IOException {
        return packets("ip and not " + IKE_OR_ESP_IN_UDP);
    }

    /** Whether a text went over the wire as it is. */
    public boolean contains(String text) throws IOException {
        if (!closed) {
            throw new IllegalStateException("the capture is still going on");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .contains(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }
}
