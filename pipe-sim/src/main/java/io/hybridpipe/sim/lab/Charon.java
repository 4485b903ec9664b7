// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One running IKE daemon of strongSwan, in a namespace, with its own configuration, socket and log. */
final class Charon implements AutoCloseable {
    static final String BINARY = "/usr/sbin/charon-systemd";

    /** The table of its own routes: its default. */
    static final int TABLE = 220;

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(15);

    /**
     * kernel-libipsec does ESP in user space, for kernels without it, and must stand before kernel-netlink, which still does
     * addresses. It puts routes for all selectors into a table of charon's own, whatever install_routes says; selectors of
     * 0.0.0.0/0 would swallow IKE and the local network. Only marked packets are led to that table, and none is: the gateway
     * has routes of its own. Retransmissions are few and quick, so that a peer that is not there is known in four seconds.
     */
    private static final String SETTINGS = """
            charon-systemd {
              load_modular = no
              load = random nonce openssl hmac kdf gcm curve25519 pem pkcs1 x509 pubkey constraints kernel-libipsec \
            kernel-netlink socket-default vici
              port = 500
              port_nat_t = 4500
              retransmit_tries = 3
              retransmit_timeout = 0.5
              retransmit_base = 1.5
              start-scripts { }
              plugins {
                vici { socket = unix://%1$s/vici }
                kernel-netlink { fwmark = 0x42 }
              }
              journal { default = -1 }
              filelog { f { path = %1$s/charon.log
                            default = 1
                            flush_line = yes } }
            }
            """;

    private final Process process;
    private final Vici vici;

    private Charon(Process process, Vici vici) {
        this.process = process;
        this.vici = vici;
    }

    /**
     * Starts one and waits until it can be talked to.
     *
     * @param folder an existing folder of its own; its path must be short, since a Unix socket's may have 107 bytes
     */
    static Charon start(Namespace namespace, Path folder) throws IOException {
        Path socket = folder.resolve("vici");
        Files.deleteIfExists(socket);
        Path settings = folder.resolve("strongswan.conf");
        Files.writeString(settings, SETTINGS.formatted(folder));
        ProcessBuilder builder = new ProcessBuilder(namespace.command(BINARY))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("charon.out").toFile());
        builder.environment().put("STRONGSWAN_CONF", settings.toString());
        Process process = builder.start();
        try {
            long until = System.nanoTime() + STARTS_WITHIN.toNanos();
            while (!Files.exists(socket)) {
                if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                    throw new IOException("charon ended with " + process.exitValue() + " at its start: "
                            + Files.readString(folder.resolve("charon.out")));
                }
                if (System.nanoTime() > until) {
                    throw new IOException("charon does not listen after " + STARTS_WITHIN);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Program.end(process);
            throw new InterruptedIOException("interrupted while charon was starting");
        } catch (IOException e) {
            Program.end(process);
            throw e;
        }
        return new Charon(process, Vici.at(socket, ANSWERS_WITHIN));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Vici vici() {
        return vici;
    }

    /** Asks it to end; it tells its peers, and {@link #close} waits for that. */
    void stop() {
        process.destroy();
    }

    @Override
    public void close() {
        Program.end(process);
    }
}
