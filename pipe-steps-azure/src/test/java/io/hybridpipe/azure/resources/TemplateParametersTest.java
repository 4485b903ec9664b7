// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.resources.models.DeploymentParameter;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.StepFailure;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TemplateParametersTest {
    private static final Template TEMPLATE = Template.parse("it", """
            {"resources": [], "parameters": {
                "text": {"type": "string", "defaultValue": ""}, "count": {"type": "int", "defaultValue": 1},
                "list": {"type": "array", "defaultValue": []}, "thing": {"type": "object", "defaultValue": {}},
                "word": {"type": "secureString", "defaultValue": ""},
                "vault": {"type": "secureObject", "defaultValue": {}}}}""");

    /** A value that has its own form in JSON. */
    record Door(String name, int port, Optional<Secret<String>> key) {}

    @Test
    void valuesAreAsTheirParametersTypesHaveThem() {
        assertThat(sent("text", Cidr.of("10.2.0.0/16"))).isEqualTo("10.2.0.0/16");
        assertThat(sent("text", 5)).isEqualTo("5");
        assertThat(sent("count", 5)).isEqualTo(5);
        assertThat(sent("TEXT", "in any case")).isEqualTo("in any case");
        assertThat(sent("list", List.of(Ip.of("10.2.0.4"), true, List.of(1))))
                .isEqualTo(List.of("10.2.0.4", true, List.of(1)));
        assertThat(sent("thing", Map.of("cidr", Cidr.of("10.2.0.0/16")))).isEqualTo(Map.of("cidr", "10.2.0.0/16"));
        assertThat(sent("thing", new Door("front", 443, Optional.empty())).toString())
                .startsWith("{name=front, port=443");
        assertThat(sent("word", Secret.of("open sesame"))).isEqualTo("open sesame");
        assertThat(sent("vault", Map.of("key", Secret.of("open sesame")))).isEqualTo(Map.of("key", "open sesame"));
        assertThat(sent("vault", new Door("front", 443, Optional.of(Secret.of("open sesame")))))
                .hasToString("{name=front, port=443, key=open sesame}");
    }

    @Test
    void arraysAreListsAndMaybesAreTheirValues() {
        assertThat(sent("list", new String[] {"a", "b"})).isEqualTo(List.of("a", "b"));
        assertThat(sent("list", new int[][] {{1}, {2, 3}})).isEqualTo(List.of(List.of(1), List.of(2, 3)));
        assertThat(sent("count", OptionalInt.of(3))).isEqualTo(3);
        assertThat(sent("list", List.of(OptionalLong.of(3), Optional.of("a")))).isEqualTo(List.of(3L, "a"));
        assertThat(sent("text", Path.of("a", "b"))).isEqualTo(Path.of("a", "b").toString());
        assertThat(given("count", Input.value(OptionalInt.empty())).toBody(TEMPLATE, State.empty()))
                .isEmpty();
    }

    @Test
    void whatHasNoFormInJsonIsRefusedWithItsParameterWhenItIsWrittenAndInTheRun() {
        Map<Object, String> formless = Map.of(
                Map.of("deep", List.of(new Object())), "a java.lang.Object has no JSON form, and no text of its own",
                List.of(Double.NaN), "NaN is no number of JSON",
                Map.of(Secret.of("open sesame"), 1), "a secret names nothing in a JSON object");

        formless.forEach((value, why) -> {
            assertThatThrownBy(() -> given("thing", Input.value(value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("DeployTemplate: parameter 'thing': " + why);
            Key<Object> key = Key.of("value", Object.class);
            assertThatThrownBy(() -> given("thing", key).check(TEMPLATE, State.of(key, value)))
                    .isInstanceOf(StepFailure.class)
                    .hasMessage("it: parameter 'thing': " + why);
        });
    }

    @Test
    void anEmptyValueLeavesTheTemplatesOwn() {
        TemplateParameters parameters = given("text", Input.value(Optional.empty()));

        assertThat(parameters.toBody(TEMPLATE, State.empty())).isEmpty();
    }

    @Test
    void aSecretMayGoToASecureParameterOnlyHoweverDeepItIs() {
        Key<String> psk = Key.of("psk", String.class).secret();
        List<Input<?>> secrets = Arrays.asList(
                psk,
                psk.map(String::length),
                Input.value(Secret.of("open sesame")),
                Input.value(List.of(Map.of("key", Secret.of("open sesame")))),
                Input.value(Optional.of(Secret.of("open sesame"))),
                Input.value(new Object[] {"a", Secret.of("open sesame")}),
                Input.value(new Door("front", 443, Optional.of(Secret.of("open sesame")))));

        for (Input<?> secret : secrets) {
            assertThatThrownBy(() -> given("text", secret).check(TEMPLATE, State.empty()))
                    .hasMessageStartingWith("it: a secret is given for 'text' (string)")
                    .hasMessageNotContaining("sesame");
            assertThatCode(() -> given("vault", secret).check(TEMPLATE, State.empty()))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> given("text", Input.value(new Door("front", 443, Optional.empty())))
                        .check(TEMPLATE, State.empty()))
                .doesNotThrowAnyException();
    }

    @Test
    void aParameterHasOneValueInWhateverCase() {
        assertThatThrownBy(() -> given("text", Input.value(1)).with("Text", Input.value(2)))
                .hasMessage("DeployTemplate: parameter 'Text' has two values");
    }

    private static TemplateParameters given(String name, Input<?> value) {
        return TemplateParameters.NONE.with(name, value);
    }

    private static Object sent(String name, Object value) {
        Map<String, DeploymentParameter> body = given(name, Input.value(value)).toBody(TEMPLATE, State.empty());
        return body.values().iterator().next().value();
    }
}
