// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a closed lab would have left: namespaces, processes in its folder or namespaces, files. */
final class LabRemains {
    private LabRemains() {}

    static void assertNone(String prefix) throws IOException {
        assertThat(names(Path.of("/run/netns"))).as("namespaces").noneMatch(name -> name.startsWith(prefix));
        assertThat(names(Path.of("/tmp"))).as("folders").noneMatch(name -> name.startsWith(prefix));
        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse("") + environment(process)))
                .as("processes")
                .noneMatch(words -> words.contains(prefix));
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    /** A charon is known by the settings that it was given, not by its command line. */
    private static String environment(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
