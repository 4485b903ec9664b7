// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Templates.GROUP;
import static io.hybridpipe.sim.azure.template.Templates.json;
import static io.hybridpipe.sim.azure.template.Templates.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a template comes to before anything is deployed: parameters, resources, their order, and what is refused. */
class PlanTest {

    private static final String PROVIDERS = GROUP + "/providers/";
    private static final Lookup NOTHING = (id, version) -> {
        throw new TemplateException("ResourceNotFound", id);
    };

    private static String thing(String name, String more) {
        return "{`type`:`N.S/things`,`apiVersion`:`2024-01-01`,`name`:`%s`%s}"
                .formatted(name, more.isEmpty() ? "" : "," + more);
    }

    private static String things(String... all) {
        return "`resources`:[" + String.join(",", all) + "]";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "`type`:`string` # # The value for the template parameter 'p' at line '1' and column '",
                "`type`:`string` # `value`:5 # Expected a value of type 'String, Uri', but received a value of type 'Integer'.",
                "`type`:`int` # `value`:`5` # Expected a value of type 'Integer', but received a value of type 'String'.",
                "`type`:`bool` # `value`:1 # Expected a value of type 'Boolean', but received a value of type 'Integer'.",
                "`type`:`array` # `value`:{} # Expected a value of type 'Array', but received a value of type 'Object'.",
                "`type`:`text` # `value`:`x` # The template parameter 'p' is not valid: the type 'text' is not one of",
                "`type`:`string` # `value`:null # The value of deployment parameter 'p' is null.",
                "`type`:`string`,`allowedValues`:[`a`,`b`] # `value`:`c` # The provided value 'c' for the template parameter 'p' is not valid. The parameter value is not part of the allowed value(s): 'a,b'.",
                "`type`:`int`,`minValue`:3 # `value`:2 # The value should be greater than or equal to '3'.",
                "`type`:`int`,`maxValue`:3 # `value`:4 # The value should be less than or equal to '3'.",
                "`type`:`string`,`minLength`:3 # `value`:`ab` # Length of the value should be greater than or equal to '3'.",
                "`type`:`array`,`maxLength`:1 # `value`:[1,2] # Length of the value should be less than or equal to '1'.",
                "`type`:`string`,`defaultValue`:`[nope()]` # # The template parameter 'p' at line '1' and column '",
                "`type`:`string`,`defaultValue`:`[parameters('p')]` # # has a circular dependency on itself",
                "`type`:`string` # `reference`:{} # not supported by this stand-in",
            })
    void aParameterThatDoesNotFitIsRefused(String declaration, String given, String message) {
        assertThatThrownBy(() ->
                        plan("`parameters`:{`p`:{" + declaration + "}}", given == null ? "" : "`P`:{" + given + "}"))
                .isInstanceOfSatisfying(TemplateException.class, e -> {
                    assertThat(e.code()).isEqualTo("InvalidTemplate");
                    assertThat(e.text())
                            .startsWith("Deployment template validation failed: '")
                            .contains(message);
                });
    }

    @Test
    void aParameterThatTheTemplateDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> plan("`parameters`:{`a`:{`type`:`int`,`defaultValue`:1}}", "`b`:{`value`:1}"))
                .hasMessageContaining("The template parameters 'b' in the parameters file are not valid")
                .hasMessageContaining("The only supported parameters for this template are 'a'.");
    }

    @Test
    void parametersAreShownWithTheirTypesAndTheSecretOnesWithoutValue() {
        var plan = plan(
                "`parameters`:{`a`:{`type`:`int`,`defaultValue`:`[add(1, 1)]`},`b`:{`type`:`securestring`},"
                        + "`c`:{`type`:`secureObject`}},`outputs`:{`s`:{`type`:`securestring`,`value`:`[parameters('b')]`},"
                        + "`n`:{`type`:`int`,`value`:`[length(parameters('b'))]`}}",
                "`b`:{`value`:`canary`},`c`:{`value`:{`k`:`canary`}}");

        assertThat(plan.parameters().toString().replace('"', '`'))
                .isEqualTo("{`a`:{`type`:`Int`,`value`:2},`b`:{`type`:`SecureString`},`c`:{`type`:`SecureObject`}}");
        assertThat(plan.outputs(NOTHING).toString())
                .isEqualTo("{\"s\":{\"type\":\"SecureString\"},\"n\":{\"type\":\"Int\",\"value\":6}}");
    }

    @Test
    void aSecretThatIsNotAllowedIsNotPutIntoTheMessage() {
        assertThatThrownBy(() -> plan(
                        "`parameters`:{`p`:{`type`:`securestring`,`allowedValues`:[`other`]}}",
                        "`p`:{`value`:`canary`}"))
                .hasMessageContaining("not part of the allowed value(s)")
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain("canary").doesNotContain("other"));
    }

    @Test
    void resourcesHaveIdsBodiesAndNoneOfWhatIsTheTemplates() {
        var plan = plan("`variables`:{`name`:`x`},"
                + things(thing(
                        "[concat(variables('name'), 1)]",
                        "`location`:`[resourceGroup().location]`,`comments`:`c`,`condition`:true,`dependsOn`:[],"
                                + "`tags`:{`copy`:`kept`},`properties`:{`a`:`[[b]`,`n`:null}")));

        var one = plan.resources().get(0);

        assertThat(one.id()).isEqualTo(PROVIDERS + "N.S/things/x1");
        assertThat(one.apiVersion()).isEqualTo("2024-01-01");
        assertThat(one.body(NOTHING).toString())
                .isEqualTo(
                        "{\"location\":\"eastus\",\"tags\":{\"copy\":\"kept\"},\"properties\":{\"a\":\"[b]\",\"n\":null}}");
    }

    @Test
    void childrenInsideTheirParentsHaveWholeTypesAndNamesButNoOrderOfTheirOwn() {
        var plan = plan(things(thing(
                "a",
                "`resources`:[{`type`:`parts`,`apiVersion`:`1`,`name`:`b`},"
                        + "{`type`:`parts`,`apiVersion`:`1`,`name`:`c`,`dependsOn`:[`a`]}]")));

        assertThat(plan.resources())
                .extracting(PlannedResource::id)
                .containsExactly(
                        PROVIDERS + "N.S/things/a",
                        PROVIDERS + "N.S/things/a/parts/b",
                        PROVIDERS + "N.S/things/a/parts/c");
        assertThat(plan.resources().get(0).body(NOTHING)).isEmpty();
        assertThat(plan.resources().get(1).dependencies()).isEmpty();
        assertThat(plan.resources().get(2).dependencies()).containsExactly(PROVIDERS + "N.S/things/a");
    }

    @Test
    void aDependencyIsNamedByNameByTypeAndNameOrById() {
        var plan = plan(things(
                thing("a", ""),
                thing("b", "`dependsOn`:[`A`]"),
                thing("c", "`dependsOn`:[`N.S/things/a`]"),
                thing("d", "`dependsOn`:[`[resourceId('N.S/things', 'a')]`]")));

        for (var one : plan.resources().subList(1, 4)) {
            assertThat(one.dependencies()).containsExactly(PROVIDERS + "N.S/things/a");
        }
    }

    @Test
    void aReferenceByNameMakesAnOrderAndOneByIdDoesNot() {
        var plan = plan(things(
                thing("a", ""),
                thing("b", "`properties`:{`x`:[`[reference('a').y]`]}"),
                thing("c", "`properties`:{`x`:`[reference(resourceId('N.S/things', 'a')).y]`}")));

        assertThat(plan.resources().get(1).dependencies()).containsExactly(PROVIDERS + "N.S/things/a");
        assertThat(plan.resources().get(2).dependencies()).isEmpty();
        Lookup lookup = (id, version) -> (ObjectNode)
                json("{`id`:`%s`,`properties`:{`y`:`%s of %s`}}".formatted(id, version, id.replaceAll(".*/", "")));
        assertThat(plan.resources().get(1).body(lookup).at("/properties/x/0").asText())
                .isEqualTo("2024-01-01 of a");
        assertThat(plan.resources().get(2).body(lookup).at("/properties/x").asText())
                .isEqualTo("2024-01-01 of a");
    }

    @Test
    void theWholeResourceIsReferredToWithFull() {
        var plan = plan(
                "`outputs`:{`o`:{`type`:`string`,`value`:`[reference('%s/providers/N.S/things/z', '7', 'Full').location]`}}"
                        .formatted(GROUP));

        Lookup lookup = (id, version) -> (ObjectNode) json("{`location`:`%s`}".formatted(version));
        assertThat(plan.outputs(lookup).at("/o/value").asText()).isEqualTo("7");
    }

    @Test
    void whatHasAConditionThatDoesNotHoldIsLeftOutAndNobodyWaitsForIt() {
        var plan = plan(
                things(thing("a", "`condition`:`[equals(1, 2)]`"), thing("b", "`condition`:true,`dependsOn`:[`a`]")));

        assertThat(plan.resources()).singleElement().satisfies(one -> {
            assertThat(one.name()).isEqualTo("b");
            assertThat(one.dependencies()).isEmpty();
        });
    }

    @Test
    void loopsOfResourcesPropertiesVariablesAndOutputsAreUnrolled() {
        var plan = plan("`variables`:{`copy`:[{`name`:`v`,`count`:2,`input`:`[copyIndex('v', 1)]`}]},"
                + things(
                        thing(
                                "[concat('a', copyIndex())]",
                                "`copy`:{`name`:`loop`,`count`:`[length(variables('v'))]`},`properties`:{`copy`:[{`name`:`list`,"
                                        + "`count`:2,`input`:{`i`:`[add(mul(copyIndex('loop'), 10), copyIndex('list'))]`}}]}"),
                        thing("b", "`dependsOn`:[`loop`]"))
                + ",`outputs`:{`o`:{`type`:`array`,`copy`:{`count`:3,`input`:`[copyIndex()]`}}}");

        assertThat(plan.resources()).extracting(PlannedResource::name).containsExactly("a0", "a1", "b");
        assertThat(plan.resources().get(1).body(NOTHING).toString())
                .isEqualTo("{\"properties\":{\"list\":[{\"i\":10},{\"i\":11}]}}");
        assertThat(plan.resources().get(2).dependencies()).hasSize(2);
        assertThat(plan.outputs(NOTHING).at("/o/value").toString()).isEqualTo("[0,1,2]");
    }

    @Test
    void aSerialLoopGoesBatchByBatch() {
        var plan = plan(things(
                thing("[concat('a', copyIndex())]", "`copy`:{`name`:`l`,`count`:5,`mode`:`serial`,`batchSize`:2}")));

        assertThat(plan.resources())
                .extracting(one -> one.dependencies().size())
                .containsExactly(0, 0, 2, 2, 2);
        assertThat(plan.resources().get(4).dependencies().get(0)).endsWith("/a2");
    }

    private static ObjectNode nested(String options) {
        var plan = plan("`parameters`:{`p`:{`type`:`string`,`defaultValue`:`outer`}},"
                + things(
                        thing("a", ""),
                        ("{`type`:`Microsoft.Resources/deployments`,`apiVersion`:`2025-04-01`,`name`:`n`,`resourceGroup`:`other`,"
                                        + "`properties`:{%s`parameters`:{`q`:{`value`:`[resourceGroup().name]`}},`template`:{"
                                        + "`x`:`[parameters('p')]`,`y`:`[[z]`,`r`:`[reference('a').y]`}}}")
                                .formatted(options)));
        var inner = plan.resources().get(1);
        assertThat(inner.id()).endsWith("/resourceGroups/other/providers/Microsoft.Resources/deployments/n");
        var body = inner.body((id, version) -> (ObjectNode) json("{`properties`:{`y`:`Y`}}"));
        assertThat(body.at("/properties/parameters/q/value").asText()).isEqualTo("rg");
        return (ObjectNode) body.at("/properties/template").deepCopy();
    }

    @Test
    void theTemplateOfANestedDeploymentOfInnerScopeIsTakenOverAsItIs() {
        assertThat(nested("`expressionEvaluationOptions`:{`scope`:`inner`},").toString())
                .isEqualTo("{\"x\":\"[parameters('p')]\",\"y\":\"[[z]\",\"r\":\"[reference('a').y]\"}");
    }

    @Test
    void theExpressionsOfANestedDeploymentAreOtherwiseThoseOfTheTemplateAroundIt() {
        assertThat(nested("").toString()).isEqualTo("{\"x\":\"outer\",\"y\":\"[[z]\",\"r\":\"Y\"}");
        assertThatThrownBy(
                        () -> plan(
                                things(
                                        "{`type`:`Microsoft.Resources/deployments`,`apiVersion`:`2025-04-01`,`name`:`n`,`properties`:{}}")))
                .hasMessageContaining("A nested deployment without a template in it is not supported by this stand-in");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "a,b|b,a # Circular dependency detected on resource: '/subscriptions/",
                "a,a # Circular dependency detected on resource: '/subscriptions/",
                "a,none # The resource 'none' is not defined in the template.",
                "a,|a, # The resource 'N.S/things/a' at line '1' and column '",
                "a/b, # The template resource 'a/b' for type 'N.S/things' at line '1' and column '",
                ", # The name property cannot be null or empty.",
            })
    void resourcesThatDoNotFitTogetherAreRefused(String resources, String message) {
        var all = new ArrayList<String>();
        for (var one : resources.split("\\|")) {
            var parts = one.split(",", -1);
            all.add(thing(parts[0], parts[1].isEmpty() ? "" : "`dependsOn`:[`" + parts[1] + "`]"));
        }
        assertThatThrownBy(() -> plan(things(all.toArray(String[]::new))))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "`wrong`:1 # Deployment template parse failed: 'Could not find member 'wrong' on object of type 'Template'. Path 'wrong'.'.",
                "`$schema`:null,`resources`:{} # not supported by this stand-in",
                "`languageVersion`:`2.0` # The template section 'languageVersion' is not supported by this stand-in",
                "`functions`:[{}] # The template section 'functions' is not supported by this stand-in",
                "`variables`:{`a`:`[variables('b')]`,`b`:`[variables('a')]`} # has a circular dependency on itself",
                "`variables`:{`a`:`[reference('x')]`} # The template function 'reference' is not expected at this location.",
                "`outputs`:{`o`:{`type`:`string`,`value`:`[reference('x')]`}} # could not find template resource or resource copy with this name",
                "`outputs`:{`o`:{`type`:`string`,`value`:`[nope()]`}} # The template output 'o' at line '1' and column '",
                "`outputs`:{`o`:{`type`:`string`,`value`:`[reference('x', nope())]`}} # The template function 'nope' is not valid.",
            })
    void aTemplateThatIsNotOneIsRefused(String sections, String message) {
        assertThatThrownBy(() -> plan(sections).outputs(NOTHING))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatGoesWrongInTheRunNamesTheResourceOrTheOutput() {
        var plan = plan(things(thing("a", ""), thing("b", "`properties`:{`x`:`[reference('a').y]`}"))
                + ",`outputs`:{`o`:{`type`:`int`,`value`:`[reference('a').z]`}}");
        Lookup lookup = (id, version) -> (ObjectNode) json("{`properties`:{`z`:`text`}}");

        assertThatThrownBy(() -> plan.resources().get(1).body(lookup))
                .hasMessageStartingWith("Unable to process template language expressions for resource '" + PROVIDERS
                        + "N.S/things/b' at line '1' and column '")
                .hasMessageContaining(
                        "The language expression property 'y' doesn't exist, available properties are 'z'");
        assertThatThrownBy(() -> plan.outputs(lookup))
                .hasMessageContaining("The template output 'o' is not valid: ")
                .hasMessageContaining("Expected 'Integer'. Actual 'String'");
        assertThatThrownBy(() -> plan.resources().get(1).body(NOTHING))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.code()).isEqualTo("ResourceNotFound"));
    }
}
