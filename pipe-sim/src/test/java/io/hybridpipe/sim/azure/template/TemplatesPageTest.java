// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/sim-azure-templates.md lists is what the code knows. */
class TemplatesPageTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static String part(String from, String to) throws IOException {
        var page = Files.readString(Path.of("../docs/sim-azure-templates.md"));
        return page.substring(page.indexOf("\n## " + from), to.isEmpty() ? page.length() : page.indexOf("\n## " + to));
    }

    private static List<String> codes(Stream<String> texts) {
        return texts.flatMap(text -> CODE.matcher(text).results().map(found -> found.group(1)))
                .toList();
    }

    private static Stream<String> rows(String part) {
        return part.lines().filter(line -> line.startsWith("| ") && !line.startsWith("|---"));
    }

    @Test
    void everyFunctionIsThereAndNoOther() throws IOException {
        var named = codes(rows(part("Functions", "Limits")).map(row -> row.split("\\|")[2]));

        assertThat(named)
                .as("name the functions in the table 'Functions'")
                .containsExactlyInAnyOrderElementsOf(
                        Functions.all().stream().map(Function::name).toList());
    }

    @Test
    void theServicesOtherFunctionsAreNamedAndNoneOfThemIsKnown() throws IOException {
        var named = codes(part("Not supported", "").lines().filter(line -> line.startsWith("`")));

        assertThat(named).containsExactlyInAnyOrderElementsOf(Functions.OTHERS);
        assertThat(Functions.all().stream().map(Function::name)).doesNotContainAnyElementsOf(Functions.OTHERS);
    }

    @Test
    void everySectionIsThereAndNoOther() throws IOException {
        var named = codes(rows(part("Sections", "Functions")).map(row -> row.split("\\|")[1]));

        assertThat(named).containsExactlyInAnyOrderElementsOf(Plan.SECTIONS);
    }

    @Test
    void everyTypeIsThereAndNoOther() throws IOException {
        var named = codes(part("Sections", "Functions").lines().filter(line -> line.startsWith("Types of ")));

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Type.values()).map(Type::shown).toList());
    }

    @Test
    void theLimitsAreThoseOfTheCode() throws IOException {
        var onPage = new HashMap<String, Integer>();
        Pattern.compile("\\| (.+) \\| (\\d+) \\|")
                .matcher(part("Limits", "Refusals"))
                .results()
                .forEach(row -> onPage.put(row.group(1), Integer.valueOf(row.group(2))));

        assertThat(onPage)
                .containsAllEntriesOf(Map.of(
                        "parameters", Parameters.MOST,
                        "variables", Plan.MOST_VARIABLES,
                        "resources, loops unrolled", Resources.MOST,
                        "outputs", Outputs.MOST,
                        "turns of one loop", Evaluation.LONGEST_COPY,
                        "characters of an expression", ExpressionReader.LONGEST,
                        "elements of `range`", ListFunctions.LONGEST_RANGE))
                .hasSize(8);
    }
}
