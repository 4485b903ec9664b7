// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of docs/sim-azure.md are those of the code. */
class AzurePageTest {

    /** How a refusal is written in the code: a factory by status, a status with a code, or the word of a type that is busy. */
    private static final Pattern REFUSAL = Pattern.compile(
            "ArmError\\.(badRequest|notFound|conflict)\\(\\s*\"(\\w+)\"|new ArmError\\(\\s*(\\d+),\\s*\"(\\w+)\""
                    + "|String whenBusy\\(\\) \\{\\s*return \"(\\w+)\"");

    private static final Map<String, String> STATUS = Map.of("badRequest", "400", "notFound", "404", "conflict", "409");

    private static String part(String from, String to) throws IOException {
        var page = Files.readString(Path.of("../docs/sim-azure.md"));
        return page.substring(page.indexOf("\n## " + from), page.indexOf("\n## " + to));
    }

    @Test
    void thePageNamesEveryTypeWithItsNewestVersionAndNoOther() throws IOException {
        var onPage = new LinkedHashMap<String, String>();
        Pattern.compile("^\\| `([\\w./]+)` \\| ([-0-9]+) \\|", Pattern.MULTILINE)
                .matcher(part("What it knows", "Refusals"))
                .results()
                .forEach(row -> onPage.put(row.group(1), row.group(2)));
        var known = new HashMap<String, String>();
        for (var kind : Kinds.ALL) {
            var type = kind.namespace() + "/" + kind.type();
            var newest = ApiVersions.of(kind).get(0);
            known.put(type, newest);
            kind.children().forEach(child -> known.put(type + "/" + child.type(), newest));
        }

        assertThat(onPage)
                .as("name the types in the table 'What it knows' of docs/sim-azure.md")
                .isEqualTo(known);
    }

    @Test
    void thePageNamesEveryRefusalAndNoOther() throws IOException {
        var onPage = new TreeMap<String, TreeSet<String>>();
        Pattern.compile("^\\| (\\d+) \\| ((?:`\\w+` ?)+)\\|", Pattern.MULTILINE)
                .matcher(part("Refusals", "Limits"))
                .results()
                .forEach(row -> Pattern.compile("\\w+")
                        .matcher(row.group(2))
                        .results()
                        .forEach(code -> onPage.computeIfAbsent(row.group(1), status -> new TreeSet<>())
                                .add(code.group())));

        assertThat(onPage)
                .as("name the codes in the table 'Refusals' of docs/sim-azure.md")
                .isEqualTo(inCode());
    }

    private static Map<String, TreeSet<String>> inCode() throws IOException {
        var codes = new TreeMap<String, TreeSet<String>>();
        for (var source : sources()) {
            REFUSAL.matcher(source).results().forEach(found -> {
                var code = List.of(2, 4, 5).stream()
                        .map(found::group)
                        .filter(group -> group != null)
                        .findFirst()
                        .orElseThrow();
                var status = found.group(1) != null
                        ? STATUS.get(found.group(1))
                        : found.group(3) != null ? found.group(3) : "409";
                codes.computeIfAbsent(status, any -> new TreeSet<>()).add(code);
            });
        }
        return codes;
    }

    /** Deployments have a page of their own. */
    private static List<String> sources() throws IOException {
        try (var files = Files.list(Path.of("src/main/java/io/hybridpipe/sim/azure"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("Deployment"))
                    .map(AzurePageTest::read)
                    .collect(Collectors.toList());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theLimitsOnThePageAreThoseOfTheCode() throws IOException {
        var onPage = Pattern.compile("^\\| [a-z][^|]* \\| (\\d+) \\|", Pattern.MULTILINE)
                .matcher(part("Limits", "What it does not know"))
                .results()
                .map(row -> Integer.valueOf(row.group(1)))
                .toList();

        assertThat(onPage)
                .containsExactly(
                        SecurityGroups.LOWEST_PRIORITY,
                        SecurityGroups.HIGHEST_PRIORITY,
                        Interfaces.RESERVED_BELOW,
                        ResourceGroups.LONGEST_NAME,
                        ResourceNames.LONGEST,
                        ResourceNames.LONGEST_OF_SOME,
                        VirtualNetworks.LONGEST_PREFIX,
                        Logins.LONGEST_USER,
                        Logins.SHORTEST_PASSWORD,
                        Logins.LONGEST_PASSWORD,
                        SshKeys.SHORTEST_RSA);
    }
}
