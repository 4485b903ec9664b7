// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Starts processes of short life with this one's class path. */
final class Jvms {
    private final Path directory;

    private final Set<Child> started = ConcurrentHashMap.newKeySet();

    /** @param directory in which they run */
    Jvms(Path directory) {
        this.directory = directory;
        // a process that is told to stop leaves none behind
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(Child::close), "children"));
    }

    /** A process with exactly this environment beside what every process needs. */
    Child start(String mainClass, List<String> arguments, Map<String, String> environment, Consumer<String> listener) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // a third of what such a process does is to verify classes that others have verified
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-Xlog:disable"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().retainAll(Set.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"));
        builder.environment().putAll(environment);
        Child child = Child.start(builder, listener);
        started.add(child);
        child.onEnd(() -> started.remove(child));
        return child;
    }
}
