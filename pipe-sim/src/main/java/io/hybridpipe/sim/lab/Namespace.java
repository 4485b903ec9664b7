// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A network namespace: an own set of interfaces, addresses and routes. */
final class Namespace {
    private static final Pattern FAILED = Pattern.compile("Command failed [^\n]*:([0-9]+)");

    private final String name;

    Namespace(String name) {
        this.name = name;
    }

    /** Makes it, with the loopback device up, that forwards IPv4 and has no IPv6. */
    void create() throws IOException {
        Program.run("ip", "netns", "add", name);
        ip("link set lo up");
        set(
                "net.ipv4.ip_forward=1",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0",
                // a gateway has several addresses and says only those of the wire on the wire
                "net.ipv4.conf.all.arp_ignore=1",
                "net.ipv4.conf.all.send_redirects=0",
                "net.ipv4.conf.default.send_redirects=0",
                // its neighbour discovery would stand in captures
                "net.ipv6.conf.all.disable_ipv6=1",
                "net.ipv6.conf.default.disable_ipv6=1");
    }

    String name() {
        return name;
    }

    /** Runs commands of {@code ip} in it, one a line; stops at the first that fails. */
    void ip(String... lines) throws IOException {
        Program.run(List.of("ip", "-netns", name, "-batch", "-"), String.join("\n", lines) + "\n");
    }

    /** Runs all of these commands of {@code ip}, whichever of them fail; those are the answer. */
    Set<String> each(List<String> lines) throws IOException {
        Program.Outcome outcome = Program.outcome(
                List.of("ip", "-netns", name, "-force", "-batch", "-"),
                String.join("\n", lines) + "\n",
                Duration.ofSeconds(20));
        Set<String> failed = new HashSet<>();
        Matcher line = FAILED.matcher(outcome.text());
        while (line.find()) {
            failed.add(lines.get(Integer.parseInt(line.group(1)) - 1));
        }
        if (outcome.exit() > 1 || outcome.exit() == 1 && failed.isEmpty()) {
            // 1 says that some failed; all else that it went no further
            throw new IOException("ip ended with " + outcome.exit() + " in " + name + ": "
                    + outcome.text().strip());
        }
        return failed;
    }

    /** The command line that runs a program in it; the process is the program itself. */
    List<String> command(String... program) {
        // in a session of its own: an interrupt at the terminal is for the JVM, which ends its programs itself
        List<String> command = new ArrayList<>(List.of("setsid", "ip", "netns", "exec", name));
        command.addAll(List.of(program));
        return command;
    }

    private void set(String... settings) throws IOException {
        List<String> command = command("sysctl", "-qw");
        command.addAll(List.of(settings));
        Program.run(command, "");
    }

    /** Lays a cable from this one to another; both ends are up. */
    void cable(String here, Namespace other, String there) throws IOException {
        Program.run(
                "ip", "link", "add", here, "netns", name, "type", "veth", "peer", "name", there, "netns", other.name);
        ip("link set " + here + " up");
        other.ip("link set " + there + " up");
    }

    /** Removes it with all that is in it; nothing happens if it is not there. */
    void delete() throws IOException {
        if (Files.exists(Path.of("/run/netns", name))) {
            Program.run("ip", "netns", "delete", name);
        }
    }
}
