// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A process, so named that another one of the same machine can tell whether it still lives.
 *
 * @param host the machine's name, for people
 * @param machine what two processes have in common if one can see the other: on Linux the boot and the process namespace,
 *     elsewhere the host's name; empty if a process cannot be seen from anywhere
 * @param number the process's number there
 * @param started when it was started, which tells it from a later process with the same number
 */
record LeaseProcess(String host, String machine, long number, String started) {
    private static final Path PROC = Path.of("/proc");
    // place in /proc/PID/stat after the name in parentheses, see proc(5): state (3), num_threads (20), starttime (22)
    private static final int STATE = 0;
    private static final int THREADS = 17;
    private static final int START = 19;

    /** This process. */
    static LeaseProcess current() {
        return Here.PROCESS;
    }

    private static final class Here {
        static final LeaseProcess PROCESS = here();

        private static LeaseProcess here() {
            String host = hostName();
            long number = ProcessHandle.current().pid();
            try {
                return started(number)
                        .map(started -> new LeaseProcess(host, machineOf(host), number, started))
                        .orElseGet(() -> new LeaseProcess(host, "", number, ""));
            } catch (IOException e) {
                return new LeaseProcess(host, "", number, "");
            }
        }
    }

    /** Whether it certainly lives no more; false if that cannot be seen from here. */
    boolean isDead() {
        if (machine.isEmpty() || !machine.equals(current().machine)) {
            return false;
        }
        try {
            return !started(number).equals(Optional.of(started));
        } catch (IOException e) {
            // too many open files, for one, say nothing about the other process
            return false;
        }
    }

    /** What tells the living process of this number from others; empty if there is none. */
    private static Optional<String> started(long number) throws IOException {
        return isLinux() ? startedOnLinux(number) : startedElsewhere(number);
    }

    private static boolean isLinux() {
        return Files.isDirectory(PROC.resolve("self"));
    }

    /** In ticks since the boot: the instant that a ProcessHandle gives moves whenever the wall clock is set. */
    private static Optional<String> startedOnLinux(long number) throws IOException {
        String stat;
        try {
            // the name in it may be any bytes
            stat = Files.readString(PROC.resolve(number + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        // ended, but its parent has not asked yet; with other threads left only its first one has ended
        boolean ended = "ZX".contains(fields[STATE]) && Set.of("0", "1").contains(fields[THREADS]);
        return ended ? Optional.empty() : Optional.of(fields[START]);
    }

    private static Optional<String> startedElsewhere(long number) {
        return ProcessHandle.of(number)
                .filter(ProcessHandle::isAlive)
                .map(it -> it.info().startInstant().map(Object::toString).orElse("unknown"));
    }

    private static String machineOf(String host) {
        if (!isLinux()) {
            return host;
        }
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
        } catch (IOException e) {
            return "";
        }
    }

    private static String hostName() {
        try {
            // no question to a name server where the kernel knows
            return Files.readString(PROC.resolve("sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "localhost";
            }
        }
    }
}
