// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables in docs/sim-aws-cloudformation.md are those of the code. */
class CloudFormationPageTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static String page() throws IOException {
        return Files.readString(Path.of("../docs/sim-aws-cloudformation.md"));
    }

    private static List<String> named(String from, String to) throws IOException {
        var section = page().substring(page().indexOf("## " + from), page().indexOf("## " + to));
        var table = section.lines().filter(line -> line.startsWith("| `")).toList();
        return table.stream()
                .map(line -> line.split("\\|")[1])
                .flatMap(cell -> CODE.matcher(cell).results().map(found -> found.group(1)))
                .toList();
    }

    private static String row(ResourceType type) {
        var inPlace = new TreeSet<String>();
        var replacing = new TreeSet<String>();
        type.properties().forEach((name, changeable) -> (changeable ? inPlace : replacing).add(name));
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        type.name(),
                        cell(type.required()),
                        cell(inPlace),
                        cell(replacing),
                        cell(new TreeSet<>(type.attributes())));
    }

    private static String cell(Collection<String> names) {
        return names.isEmpty() ? "–" : String.join(", ", names);
    }

    @Test
    void everyResourceTypeIsThereWithItsPropertiesAndNoOther() throws IOException {
        var rows = page().lines().filter(line -> line.startsWith("| `AWS::")).toList();
        assertThat(rows)
                .as("copy the rows of the code to the page")
                .containsExactlyElementsOf(ResourceTypes.all().stream()
                        .map(CloudFormationPageTest::row)
                        .toList());
    }

    @Test
    void everyActionIsThereAndNoOther() throws IOException {
        Map<String, Action> actions = new HashMap<>();
        StackActions.register(actions);
        StackQueries.register(actions);
        TemplateActions.register(actions);
        ChangeSetActions.register(actions);
        assertThat(named("Actions", "Stacks")).containsExactlyInAnyOrderElementsOf(actions.keySet());
    }

    @Test
    void everyFunctionIsThereAndNoOther() throws IOException {
        assertThat(named("Templates", "Resource types"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of("Ref", "Condition"), Evaluator.FUNCTIONS.stream())
                                .toList());
    }
}
