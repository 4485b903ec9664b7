// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.azure.guide.FineGrainedPipe;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.FailureReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.sim.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pipes of {@code docs/azure-steps.md} run, and the page says of the steps what is true. */
@Timeout(180)
class AzureStepsGuideTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path PAGE = Path.of("../docs/azure-steps.md");
    private static final Path SOURCES = Path.of("src/main/java/io/hybridpipe/azure");
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)`.*\\|([^|]*)\\|$", Pattern.MULTILINE);
    private static final Pattern ACTION = Pattern.compile("[\"`](Microsoft\\.\\w+/[\\w/]+)[\"`]");

    private static final State TEMPLATE_INPUT =
            State.of(TemplatePipe.SPACE, Cidr.of("10.2.0.0/16")).with(TemplatePipe.SHARED_KEY, "hush-hush");

    private Cloud cloud;
    private SortedMap<String, Map<String, Object>> before;

    @BeforeEach
    void start() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void theFineGrainedPipeMakesANetworkWithAControllerAndClosesItsDoor() {
        assertThat(run(setUp -> setUp).outcome()).isEqualTo(Outcome.DONE);
        assertThat(cloud.inventory().keySet().stream()
                        .filter(id -> !before.containsKey(id))
                        .map(id -> id.replaceAll(
                                ".*/providers/Microsoft.\\w+/|.*/(?=resourceGroups/)|-[0-9a-f]{32}$", "")))
                .containsExactlyInAnyOrder(
                        "resourceGroups/hub",
                        "virtualNetworks/hub",
                        "networkSecurityGroups/controllers",
                        "routeTables/workloads",
                        "publicIPAddresses/controller",
                        "networkInterfaces/controller",
                        "virtualMachines/controller",
                        "disks/os");
        assertThat(cloud.inventory().toString())
                .contains("nextHopIpAddress=10.2.0.4")
                .doesNotContain("destinationPortRange=8000");
        assertThat(actions()).isSubsetOf(inLowerCase(role()));
    }

    @Test
    void afterAFailureInItsMidstNothingIsLeft() {
        RunReport report = run(setUp -> setUp.step("license", Step.using(FineGrainedPipe.CONTROLLER, controller -> {
            throw new IllegalStateException("no license for " + controller.publicIp());
        })));
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(actions()).isSubsetOf(inLowerCase(role()));
    }

    @Test
    void theTemplateMakesItsNetworkAndItsOutputsAreWritten() {
        State made = TemplatePipe.in(cloud.account()).run(TEMPLATE_INPUT).block(SOON);

        assertThat(made).isNotNull();
        assertThat(cloud.inventory()).containsKey(made.get(TemplatePipe.HUB_ID));
        assertThat(made.get(TemplatePipe.SUBNETS)).containsExactly("controllers", "workloads");
        assertThat(actions()).isSubsetOf(inLowerCase(role()));
    }

    @Test
    void aTemplateThatFailsDeepInsideIsTakenBackAndToldAsOnThePage() {
        cloud.azure().failNextOperation("Microsoft.Network/virtualNetworks/subnets/write", "SubnetIsFull", "No room.");

        RunReport report = TemplatePipe.in(cloud.account())
                .start(TEMPLATE_INPUT, RunOptions.ofDefaults())
                .settled()
                .block(SOON);

        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
        assertThat(cloud.inventory()).isEqualTo(before);
        FailureReport failure = report.failure().orElseThrow();
        String told = Stream.concat(Stream.of(failure.message()), failure.causes().stream())
                .map(line -> line.replaceAll("[0-9a-f]{32}", "TOKEN")
                        .replace(cloud.azure().subscription(), "SUBSCRIPTION"))
                .collect(Collectors.joining("\n  caused by "));
        Matcher onPage = Pattern.compile("```text\n(deployment .*?)\n```", Pattern.DOTALL)
                .matcher(read(PAGE));
        assertThat(onPage.find()).as("a failure in docs/azure-steps.md").isTrue();
        assertThat(onPage.group(1)).isEqualTo(told);
    }

    @Test
    void thePageHasARowForEachStepAndScope() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Set<String> classes = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> isStep(read(file)))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(rows().stream().map(row -> row.group(1)))
                    .as("the first column of the table of docs/azure-steps.md")
                    .containsExactlyInAnyOrderElementsOf(classes);
        }
    }

    @Test
    void theRoleHasAllPermissionsOfThePageAndNoOthers() {
        Set<String> needed = new TreeSet<>(actionsIn("(?m)^Every step needs besides.*?\n\n"));
        for (MatchResult row : rows()) {
            for (String ofProvider : row.group(2).strip().split(";")) {
                String[] parts = ofProvider.split(":");
                Stream.of(parts[1].split(",")).forEach(type -> {
                    String[] words = type.strip().split(" ");
                    Stream.of(words)
                            .skip(1)
                            .forEach(verb -> needed.add("Microsoft." + parts[0].strip() + "/" + words[0] + "/" + verb));
                });
            }
        }
        assertThat(role()).as("the role in docs/azure-steps.md").containsExactlyInAnyOrderElementsOf(needed);
    }

    @Test
    void theSnippetsAreThoseThatRunHere() {
        String source = Stream.of("guide/FineGrainedPipe", "TemplatePipe")
                .map(pipe -> read(Path.of("src/test/java/io/hybridpipe/azure/" + pipe + ".java")))
                .collect(Collectors.joining());
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(read(PAGE));
        int compared = 0;
        while (onPage.find()) {
            Matcher here = Pattern.compile("// snippet: " + onPage.group(1) + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                    .matcher(source);
            assertThat(here.find()).as("snippet " + onPage.group(1)).isTrue();
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' to docs/azure-steps.md")
                    .isEqualTo(here.group(1).stripIndent().strip());
            compared++;
        }
        assertThat(compared).isEqualTo(source.split("// snippet: ", -1).length - 1);
    }

    private RunReport run(UnaryOperator<Pipe.Builder> setUp) {
        return FineGrainedPipe.in(FineGrainedPipe.account(cloud.azure()), setUp)
                .start(FineGrainedPipe.INPUT, RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    private Set<String> actions() {
        return inLowerCase(cloud.calls().all().stream().map(Call::action).collect(Collectors.toSet()));
    }

    /** Azure's roles take actions in any case. */
    private static Set<String> inLowerCase(Set<String> actions) {
        return actions.stream().map(action -> action.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    private static boolean isStep(String source) {
        return source.contains("public final class")
                && source.matches("(?s).*( implements (Step|Scope)| extends \\w+Step<[\\w, ]+>) \\{.*");
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static List<MatchResult> rows() {
        return matches(ROW, read(PAGE)).toList();
    }

    /** What the JSON of the page allows. */
    private static Set<String> role() {
        return actionsIn("```json\n.*?```");
    }

    private static Set<String> actionsIn(String part) {
        Matcher found = Pattern.compile(part, Pattern.DOTALL).matcher(read(PAGE));
        assertThat(found.find()).as(part + " in docs/azure-steps.md").isTrue();
        return matches(ACTION, found.group()).map(action -> action.group(1)).collect(Collectors.toSet());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
