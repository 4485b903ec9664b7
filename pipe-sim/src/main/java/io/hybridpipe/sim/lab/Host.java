// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A machine behind a gateway of an {@link IpsecLab}: a namespace with one address and all its routes over the gateway. */
public final class Host {
    private static final int TRIES = 50;

    private final String address;
    private final Namespace namespace;

    Host(String address, Namespace namespace) {
        this.address = address;
        this.namespace = namespace;
    }

    /** Its only address. */
    public String address() {
        return address;
    }

    /**
     * What came of pings.
     *
     * @param sent how many were sent
     * @param received how many were answered
     * @param text what {@code ping} printed
     */
    public record Ping(int sent, int received, String text) {
        /** Whether all were answered. */
        public boolean ok() {
            return sent == received;
        }
    }

    /**
     * Pings an address, five times a second; waits a second for an answer.
     *
     * @throws IOException if the program cannot be run
     */
    public Ping ping(String to, int count) throws IOException {
        Program.Outcome outcome = Program.outcome(
                namespace.command("ping", "-n", "-c", String.valueOf(count), "-i", "0.2", "-W", "1", to),
                "",
                Duration.ofSeconds(10 + count));
        int received = (int) outcome.text()
                .lines()
                .filter(line -> line.contains(" bytes from "))
                .filter(line -> !line.contains("DUP"))
                .count();
        return new Ping(count, received, outcome.text());
    }

    /**
     * Sends a text to another host by TCP.
     *
     * @return what arrived there
     * @throws IOException if no connection comes up within some seconds
     */
    public String send(String text, Host to) throws IOException {
        int port = 7777;
        Process listener = new ProcessBuilder(
                        to.namespace.command("nc", "-n", "-l", "-N", to.address, String.valueOf(port)))
                .redirectErrorStream(true)
                .start();
        try {
            listener.getOutputStream().close();
            List<String> talker = namespace.command("nc", "-n", "-N", "-w", "2", to.address, String.valueOf(port));
            for (int i = 0; i < TRIES; i++) {
                if (Program.outcome(talker, text, Duration.ofSeconds(10)).exit() == 0) {
                    if (!listener.waitFor(5, TimeUnit.SECONDS)) {
                        throw new IOException("the connection from " + address + " to " + to.address + " does not end");
                    }
                    return new String(listener.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                }
                if (listener.waitFor(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            throw new IOException("no TCP connection from " + address + " to " + to.address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending from " + address + " to " + to.address, e);
        } finally {
            Program.end(listener);
        }
    }

    @Override
    public String toString() {
        return "Host[" + address + " in " + namespace.name() + "]";
    }
}
