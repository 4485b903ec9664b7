// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The main job's command line in one world: its options, its secrets, and where its journal is. */
final class Fixture {
    private final Path directory;
    private final String run;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> secrets = new LinkedHashMap<>();
    private final List<String> options = new ArrayList<>();

    /**
     * @param directory for the journal and for what the options name
     * @param run the run's id
     * @param key with which secrets are sealed in the journal
     */
    Fixture(Worlds.World world, Path directory, String run, String key) {
        this.directory = directory;
        this.run = run;
        JsonNode facts = world.facts();
        options.addAll(List.of("--aws-endpoint", facts.path("aws").asText()));
        options.addAll(List.of("--aws-role", facts.path("role").asText()));
        options.addAll(List.of("--azure-endpoint", facts.path("azure").asText()));
        facts.path("vns3")
                .properties()
                .forEach(each -> options.addAll(List.of(
                        "--vns3-endpoint", each.getKey() + "=" + each.getValue().asText())));
        options.addAll(List.of(
                "--federation",
                write("federation.json", facts.path("federation").toString())));
        options.addAll(List.of("--poll", "PT0.02S", "--cancel-grace", "PT1S"));
        facts.path("environment")
                .properties()
                .forEach(each -> (each.getKey().startsWith("FEDNET_") ? secrets : environment)
                        .put(each.getKey(), each.getValue().asText()));
        secrets.put(
                "FEDNET_LICENSE_FILE", write("license", facts.path("license").asText()));
        environment.put("HYBRIDPIPE_SECRETS_KEY", key);
    }

    private String write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + name, e);
        }
    }

    /** The command line of a new run. */
    List<String> start() {
        return forRun("fednet");
    }

    /** The command line that goes on with the run, or takes it back. */
    List<String> goOn(boolean undone) {
        return forRun("runs", undone ? "undo" : "resume");
    }

    /** The command line that closes what dead runs left open. */
    List<String> sweep() {
        return with("runs", "sweep");
    }

    private List<String> forRun(String... command) {
        List<String> all = with(command);
        all.addAll(List.of("--run-id", run));
        return all;
    }

    private List<String> with(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(options);
        all.addAll(List.of("--journal", journal().toString()));
        return all;
    }

    /** What a new run has in its environment. */
    Map<String, String> environmentOfStart() {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(secrets);
        return all;
    }

    /** What those have who go on with it: the secrets are in the journal. */
    Map<String, String> environmentOfGoingOn() {
        return environment;
    }

    Path journal() {
        return directory.resolve("journal");
    }
}
