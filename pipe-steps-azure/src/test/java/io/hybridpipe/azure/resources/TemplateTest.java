// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final TestContext context = TestContext.at("t/deploy");

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | it is no template: it must be one JSON object",
                "[]                       | it is no template: it must be one JSON object",
                "{\"resources\": [], tru} | it is not JSON: see line 1, column 20",
                "{\"resources\": [        | it is not JSON: see line 1, column 16",
                "{\"resources\": []} {}   | it is no template: it must be one JSON object",
                "{\"contentVersion\": \"\"} | it is no template: it has no 'resources'",
            })
    void whatIsNoTemplateIsRefusedWithItsPlace(String text, String why) {
        assertThatThrownBy(() -> Template.parse("it", text))
                .hasMessage(why)
                .satisfies(failure -> assertThat(FailureClass.of(failure)).isEqualTo(FailureClass.PERMANENT));
    }

    @Test
    void aTextMayBeginWithAByteOrderMarkAsAFileMay() {
        TemplateText text = TemplateText.of(Input.value("\uFEFF{\"resources\": []}"));

        assertThat(text.get(State.empty(), context).block(SOON).body()).isEqualTo(Map.of("resources", List.of()));
    }

    @Test
    void commentsAreAllowed() {
        assertThat(Template.parse("it", "// what\n{ /* why */ \"resources\": [] }")
                        .body())
                .isEqualTo(Map.of("resources", List.of()));
    }

    @Test
    void aTemplateThatDeploysAnotherOneInsideIsRefused() {
        assertThatThrownBy(() -> Template.parse("it", """
                        {"resources": [{"type": "Microsoft.Resources/deployments", "name": "inner"}]}"""))
                .hasMessageStartingWith("it deploys another template inside ('inner')");
    }

    @Test
    void parametersHaveTheirTypesAlsoFromDefinitionsAndAreKnownInAnyCase() {
        Template template = Template.parse("it", """
                {"languageVersion": "2.0",
                 "definitions": {"word": {"type": "secureString", "nullable": true}},
                 "parameters": {"Plain": {"type": "string"}, "given": {"type": "int", "defaultValue": 1},
                                "secret": {"$ref": "#/definitions/word"}},
                 "resources": {"sym": {"type": "A.B/c", "apiVersion": "2020-01-01",
                                       "resources": [{"type": "d", "apiVersion": "2021-01-01"}]},
                               "other": {"type": "A.B/e", "apiVersion": "[variables('v')]"}}}""");

        assertThat(template.parameters().values())
                .containsExactly(
                        new Template.Parameter("given", "int", true),
                        new Template.Parameter("Plain", "string", false),
                        new Template.Parameter("secret", "securestring", true));
        assertThat(template.parameters()).containsKey("plain");
        assertThat(template.parameters().get("secret").isSecure()).isTrue();
        assertThat(template.apiVersion("a.b/C")).contains("2020-01-01");
        assertThat(template.apiVersion("A.B/c/d")).contains("2021-01-01");
        assertThat(template.apiVersion("A.B/e")).isEmpty();
    }

    @Test
    void itIsReadWhenItIsAskedForAndItsSourceIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("hub.json");
        TemplateText text = TemplateText.from(TextSource.of(file.toString()));

        assertThatThrownBy(() -> text.get(State.empty(), context).block(SOON)).hasMessage(file + ": no such file");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> text.get(State.empty(), context).block(SOON))
                .hasMessage("template " + file + " is not JSON: see line 1, column 2");
        Files.writeString(file, "{\"resources\": []}");
        assertThat(text.get(State.empty(), context).block(SOON)).hasToString("template " + file);
    }

    @Test
    void anInputThatIsNotKnownYetGivesNoTemplate() {
        Key<String> later = Key.of("later", String.class);

        assertThat(TemplateText.of(later).find(State.empty(), context).blockOptional(SOON))
                .isEmpty();
        assertThat(TemplateText.of(Input.value("{\"resources\": []}"))
                        .find(State.empty(), context)
                        .block(SOON))
                .hasToString("the template");
    }
}
