// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Templates.GROUP;
import static io.hybridpipe.sim.azure.template.Templates.SUBSCRIPTION;
import static io.hybridpipe.sim.azure.template.Templates.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions give what Microsoft's pages on template functions say. */
class ExpressionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "[concat('a', 'b', 3)] # \"ab3\"",
                "[concat(createArray(1), createArray('x'))] # [1,\"x\"]",
                "[[escaped] # \"[escaped]\"",
                "[open # \"[open\"",
                "plain # \"plain\"",
                "[ 'it''s' ] # \"it's\"",
                "[-12] # -12",
                "[variables('o').a.B[1]['c']] # \"deep\"",
                "[VARIABLES('LIST')[1]] # 2",
                "[format('{0}-{{x}}-{1}', 'a', true())] # \"a-{x}-True\"",
                "[toUpper('aB')] # \"AB\"",
                "[toLower('aB')] # \"ab\"",
                "[substring('abcdef', 1, 3)] # \"bcd\"",
                "[replace('a.b.c', '.', '-')] # \"a-b-c\"",
                "[split('a,b;c', createArray(',', ';'))] # [\"a\",\"b\",\"c\"]",
                "[join(createArray('a', 'b'), '+')] # \"a+b\"",
                "[startsWith('abcdef', 'AB')] # true",
                "[endsWith('abcdef', 'F')] # true",
                "[indexOf('test', 't')] # 0",
                "[lastIndexOf('test', 't')] # 3",
                "[padLeft('123', 5, '0')] # \"00123\"",
                "[trim('  a ')] # \"a\"",
                "[string(createObject('a', 1))] # \"{\\\"a\\\":1}\"",
                "[base64('one')] # \"b25l\"",
                "[base64ToString('b25l')] # \"one\"",
                "[length('12345')] # 5",
                "[length(createObject('a', 1))] # 1",
                "[empty('')] # true",
                "[empty(createArray())] # true",
                "[first(createArray(7, 8))] # 7",
                "[last('One Two')] # \"o\"",
                "[skip(createArray(1, 2, 3), 2)] # [3]",
                "[take('abc', 2)] # \"ab\"",
                "[contains('OneTwoThree', 'two')] # false",
                "[contains(createObject('One', 1), 'one')] # true",
                "[contains(createArray(1, 2), 2)] # true",
                "[union(createArray(1, 2), createArray(2, 3))] # [1,2,3]",
                "[union(json('{\"a\":{\"x\":1},\"b\":1}'), json('{\"a\":{\"y\":2},\"b\":2}'))] # {\"a\":{\"x\":1,\"y\":2},\"b\":2}",
                "[intersection(createArray(1, 2, 3), createArray(3, 2))] # [2,3]",
                "[flatten(createArray(createArray(1), createArray(2)))] # [1,2]",
                "[range(5, 3)] # [5,6,7]",
                "[min(3, 1, 2)] # 1",
                "[max(createArray(3, 9))] # 9",
                "[coalesce(null(), 'x', 'y')] # \"x\"",
                "[items(json('{\"b\":1,\"a\":2}'))] # [{\"key\":\"a\",\"value\":2},{\"key\":\"b\",\"value\":1}]",
                "[objectKeys(json('{\"b\":1}'))] # [\"b\"]",
                "[array('a')] # [\"a\"]",
                "[add(5, 3)] # 8",
                "[sub(5, 3)] # 2",
                "[mul(5, 3)] # 15",
                "[div(8, 3)] # 2",
                "[mod(7, 3)] # 1",
                "[int('4')] # 4",
                "[bool('true')] # true",
                "[bool(0)] # false",
                "[and(true(), false())] # false",
                "[or(true(), false())] # true",
                "[not(equals('a', 'A'))] # true",
                "[equals(add(1, 1), 2)] # true",
                "[if(equals(1, 1), 'yes', int('no'))] # \"yes\"",
                "[less('a', 'b')] # true",
                "[greaterOrEquals(2, 2)] # true",
                "[json('null')] # null",
                "[deployment().name] # \"d\"",
                "[resourceGroup().location] # \"eastus\"",
            })
    void anExpressionHasTheDocumentedValue(String expression, String expected) {
        assertThat(value(expression)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "cidrSubnet('10.144.0.0/20', 24, 0) # 10.144.0.0/24",
                "cidrSubnet('10.144.0.0/20', 24, 4) # 10.144.4.0/24",
                "cidrSubnet('10.144.9.9/20', 24, 15) # 10.144.15.0/24",
                "cidrSubnet('fdad:3236:5555::/48', 52, 1) # fdad:3236:5555:1000::/52",
                "cidrHost('10.144.3.0/24', 0) # 10.144.3.1",
                "cidrHost('10.144.3.0/24', 4) # 10.144.3.5",
                "cidrHost('10.144.3.0/24', 253) # 10.144.3.254",
                "cidrHost('fdad:3236:5555:3000::/52', 1) # fdad:3236:5555:3000::1",
            })
    void rangesAreSplitAndHostsCountedFromTheFirstUsable(String call, String expected) {
        assertThat(value("[" + call + "]")).isEqualTo("\"" + expected + "\"");
    }

    @Test
    void aRangeIsTakenApart() {
        assertThat(value("[parseCidr('10.144.0.0/20')]"))
                .isEqualTo("{\"network\":\"10.144.0.0\",\"netmask\":\"255.255.240.0\",\"broadcast\":\"10.144.15.255\","
                        + "\"firstUsable\":\"10.144.0.1\",\"lastUsable\":\"10.144.15.254\",\"cidr\":20}");
        assertThat(value("[parseCidr('fdad:3236:5555::/48')]"))
                .isEqualTo("{\"network\":\"fdad:3236:5555::\",\"netmask\":\"ffff:ffff:ffff::\","
                        + "\"firstUsable\":\"fdad:3236:5555::\",\"lastUsable\":\"fdad:3236:5555:ffff:ffff:ffff:ffff:ffff\","
                        + "\"cidr\":48}");
    }

    @Test
    void idsAreMadeOfTypesAndNames() {
        var subnet = "/providers/Microsoft.Network/virtualNetworks/v/subnets/s";
        assertThat(value("[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]"))
                .isEqualTo("\"" + GROUP + subnet + "\"");
        assertThat(value("[resourceId('other', 'Microsoft.Network/virtualNetworks/subnets/', 'v', 's')]"))
                .isEqualTo("\"/subscriptions/" + SUBSCRIPTION + "/resourceGroups/other" + subnet + "\"");
        assertThat(value("[resourceId('sub', 'other', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')]"))
                .isEqualTo("\"/subscriptions/sub/resourceGroups/other" + subnet + "\"");
        assertThat(value("[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'r')]"))
                .isEqualTo(
                        "\"/subscriptions/" + SUBSCRIPTION + "/providers/Microsoft.Authorization/roleDefinitions/r\"");
        assertThat(value("[tenantResourceId('Microsoft.Authorization/roleDefinitions', 'r')]"))
                .isEqualTo("\"/providers/Microsoft.Authorization/roleDefinitions/r\"");
        assertThat(value("[extensionResourceId('/x', 'Microsoft.Authorization/locks', 'l')]"))
                .isEqualTo("\"/x/providers/Microsoft.Authorization/locks/l\"");
    }

    @Test
    void uniqueNamesAreTheSameForTheSameTextsAndFitIntoNames() {
        var name = value("[uniqueString(resourceGroup().id, 'a')]");
        assertThat(name).matches("\"[a-z2-7]{13}\"").isEqualTo(value("[uniqueString(resourceGroup().id, 'a')]"));
        assertThat(value("[uniqueString(resourceGroup().id, 'b')]")).isNotEqualTo(name);
        assertThat(value("[guid('a')]")).matches("\"\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "[nonsense('a')] # The template function 'nonsense' is not valid.",
                "[concat('a'] # expected token 'RightParenthesis' and actual 'EndOfData'",
                "[concat('a')) ] # expected token 'EndOfData' and actual 'RightParenthesis'",
                "[parameters] # expected token 'LeftParenthesis' and actual 'EndOfData'",
                "[concat('a] # the string character is not terminated",
                "[toLower('a', 'b')] # function requires exactly '1' argument(s) while '2' were provided",
                "[if(true())] # function requires exactly '3' argument(s) while '1' were provided",
                "[toLower(1)] # expects its parameter at position '1' to be of type 'String'",
                "[variables('none')] # The template variable 'none' is not found.",
                "[parameters('none')] # The template parameter 'none' is not found.",
                "[resourceGroup().nothing] # The language expression property 'nothing' doesn't exist, available properties are 'id, name, location'",
                "[variables('list')[2]] # The language expression property array index '2' is out of bounds",
                "[variables('list').x] # The language expression property 'x' can't be evaluated",
                "[resourceId('Microsoft.Network/virtualNetworks', 'a', 'b')] # the type 'Microsoft.Network/virtualNetworks' requires '1' resource name argument(s)",
                "[reference('x')] # The template function 'reference' is not expected at this location.",
                "[copyIndex()] # The template function 'copyIndex' is not expected at this location.",
                "[div(1, 0)] # is not defined or overflows",
                "[cidrSubnet('10.0.0.0/24', 20, 0)] # the new CIDR '20' must be between '24' and '32'",
                "[cidrSubnet('10.0.0.0/24', 26, 4)] # less than the number of subnets, '4'",
                "[cidrHost('10.0.0.0/30', 2)] # less than the number of usable addresses, '2'",
                "[cidrHost('10.0.0.0', 2)] # is not a valid CIDR notation",
            })
    void whatCannotBeEvaluatedIsSaidInTheServicesWords(String expression, String message) {
        assertThatThrownBy(() -> value(expression))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "null()[", ".", "a("})
    void howeverDeepItIsNestedAnExpressionIsRefusedAndNothingOverflows(String opening) {
        var deep = "[" + (opening.equals(".") ? "variables('o')" + ".a".repeat(10_000) : opening.repeat(10_000)) + "]";
        assertThatThrownBy(() -> value(deep)).isInstanceOf(ExpressionException.class);
    }
}
