// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.aws.Inventory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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

/** The pipe of {@code docs/aws-steps.md} runs, and the page says of the steps what is true. */
@Timeout(180)
class AwsStepsGuideTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path PAGE = Path.of("../docs/aws-steps.md");
    private static final Path SOURCES = Path.of("src/main/java/io/hybridpipe/aws");
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)`.*\\|([^|]*)\\|$", Pattern.MULTILINE);
    private static final Pattern ACTION = Pattern.compile("\"(\\w+:\\w+)\"");

    private TestAws aws;

    @BeforeEach
    void start() {
        aws = TestAws.start();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void theFineGrainedPipeMakesANetworkWithAControllerAndClosesItsDoor() {
        assertThat(run(setUp -> setUp).outcome()).isEqualTo(Outcome.DONE);
        Inventory there = aws.inventory();
        assertThat(there.ids("vpc")).hasSize(1);
        assertThat(there.ids("subnet")).hasSize(2);
        assertThat(there.ids("instance")).hasSize(1);
        assertThat(there.ids("elastic-ip")).hasSize(1);
        assertThat(there.toString()).doesNotContain("8000");
        assertThat(ec2Actions()).isSubsetOf(policy());
    }

    @Test
    void afterAFailureInItsMidstNothingIsLeft() {
        RunReport report = run(setUp -> setUp.step("license", Step.using(FineGrainedPipe.CONTROLLER, controller -> {
            throw new IllegalStateException("no license for " + controller.publicIp());
        })));
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(aws.inventory().toString()).isEmpty();
        assertThat(ec2Actions()).isSubsetOf(policy());
    }

    @Test
    void thePageHasARowForEachStepAndScope() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Set<String> classes = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> isStep(read(file)))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
            assertThat(rows().stream().map(row -> row.group(1)))
                    .as("the first column of the tables of docs/aws-steps.md")
                    .containsExactlyInAnyOrderElementsOf(classes);
        }
    }

    @Test
    void thePolicyHasAllPermissionsOfTheTableAndNoOthers() {
        Set<String> needed = new TreeSet<>();
        for (MatchResult row : rows()) {
            for (String ofService : row.group(2).split(";")) {
                String[] parts = ofService.split(":");
                Stream.of(parts[1].split(",")).forEach(name -> needed.add(parts[0].strip() + ":" + name.strip()));
            }
        }
        assertThat(policy()).as("the policy in docs/aws-steps.md").containsExactlyInAnyOrderElementsOf(needed);
    }

    @Test
    void theSnippetsAreThoseThatRunHere() {
        String source = read(Path.of("src/test/java/io/hybridpipe/aws/FineGrainedPipe.java"));
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(read(PAGE));
        int compared = 0;
        while (onPage.find()) {
            Matcher here = Pattern.compile("// snippet: " + onPage.group(1) + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                    .matcher(source);
            assertThat(here.find()).as("snippet " + onPage.group(1)).isTrue();
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' from FineGrainedPipe to docs/aws-steps.md")
                    .isEqualTo(here.group(1).stripIndent().strip());
            compared++;
        }
        assertThat(compared).isEqualTo(2);
    }

    private RunReport run(UnaryOperator<Pipe.Builder> setUp) {
        State input = FineGrainedPipe.INPUT.with(FineGrainedPipe.IMAGE, TestAws.IMAGE);
        return FineGrainedPipe.in(aws.account(), TestAws.POLL, setUp)
                .start(input, RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    private Set<String> ec2Actions() {
        return aws.sim().calls().all().stream()
                .filter(call -> call.service().equals("ec2"))
                .map(Call::action)
                .map(action -> "ec2:" + action)
                .collect(Collectors.toSet());
    }

    private static boolean isStep(String source) {
        return source.contains("public final class") && source.matches("(?s).* implements (Step|Scope) \\{.*");
    }

    private static List<MatchResult> rows() {
        return ROW.matcher(read(PAGE)).results().toList();
    }

    /** What the JSON of the page allows. */
    private static Set<String> policy() {
        Matcher json = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(read(PAGE));
        assertThat(json.find()).as("a policy in docs/aws-steps.md").isTrue();
        return ACTION.matcher(json.group(1))
                .results()
                .map(action -> action.group(1))
                .collect(Collectors.toSet());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
