// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatorTest {

    private static final String FRAME = """
            Parameters:
              Size: {Type: String, Default: small}
              Names: {Type: CommaDelimitedList, Default: "a, b,c"}
            Mappings:
              Sizes: {small: {Type: t3.small}, large: {Type: m5.large}}
            Conditions:
              Small: !Equals [!Ref Size, small]
              Large: !Not [!Condition Small]
              Either: !Or [!Condition Small, !Condition Large]
              Both: !And [!Condition Small, !Condition Large]
            Resources:
              Gateway: {Type: AWS::EC2::InternetGateway}
            Outputs:
              X: {Value: %s}
            """;

    private static final Evaluator.Outside OUTSIDE = new Evaluator.Outside() {
        @Override
        public String export(String name) {
            return "value of " + name;
        }

        @Override
        public String stored(String name) {
            return "stored " + name;
        }
    };

    private static Object value(String expression) {
        return value(expression, "Small");
    }

    private static Object value(String expression, String condition) {
        var template = Template.of(FRAME.formatted(expression));
        var evaluator = new Evaluator(
                template,
                name -> ParameterValues.resolve(template, Map.of()).get(name),
                Map.of("AWS::Region", "eu-west-1", "AWS::StackName", "web"),
                List.of("eu-west-1a", "eu-west-1b"),
                new Evaluator.Resources() {
                    @Override
                    public String physicalId(String name) {
                        return "igw-1";
                    }

                    @Override
                    public Object attribute(String name, String attribute) {
                        return "igw-1 " + attribute;
                    }
                },
                OUTSIDE);
        evaluator.check();
        assertThat(evaluator.condition(condition)).isTrue();
        return evaluator.value(template.outputs.get("X").value());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain                                               | plain",
                "0777                                                | 0777",
                "!Ref Gateway                                        | igw-1",
                "{Ref: AWS::Region}                                  | eu-west-1",
                "!GetAtt Gateway.InternetGatewayId                   | igw-1 InternetGatewayId",
                "{'Fn::GetAtt': [Gateway, InternetGatewayId]}        | igw-1 InternetGatewayId",
                "!Join ['-', [a, !Ref Size]]                         | a-small",
                "!Join ['-', !Ref Names]                             | a-b-c",
                "!Select [1, !Split [',', 'x,y,z']]                  | y",
                "!Select ['1', !GetAZs '']                           | eu-west-1b",
                "!If [Small, yes-it-is, no]                          | yes-it-is",
                "!If [Both, both, !If [Either, either, none]]        | either",
                "!FindInMap [Sizes, !Ref Size, Type]                 | t3.small",
                "!Sub '${AWS::StackName}-${Gateway.InternetGatewayId}-${!Literal}' | web-igw-1 InternetGatewayId-${Literal}",
                "!Sub ['${Own}/${Size}', {Own: !Ref Gateway}]        | igw-1/small",
                "!Select [2, !Cidr ['10.1.0.0/16', 4, 8]]            | 10.1.2.0/24",
                "!Select [0, !GetAZs us-west-2]                      | us-west-2a",
                "!ImportValue net-vpc                                | value of net-vpc",
                "!ImportValue {'Fn::Sub': '${Size}-vpc'}             | value of small-vpc",
                "!Sub 'in ${AWS::Region} for ${Size}'                | in eu-west-1 for small",
                "!Select [1, !Cidr ['10.1.0.0/24', '4', '6']]        | 10.1.0.64/26",
                "!Sub '<${AWS::NoValue}>'                            | <>",
                "!Sub ['${Own} ${!Not}', {Own: 'a ${!Literal}'}]     | a ${!Literal} ${Not}",
                "!Base64 hello                                       | aGVsbG8="
            })
    void computes(String expression, String expected) {
        assertThat(value(expression)).isEqualTo(expected);
    }

    @Test
    void noValueTakesAnItemOrAPropertyAway() {
        assertThat(value("[a, !If [Large, b, !Ref AWS::NoValue], c]")).isEqualTo(List.of("a", "c"));
        assertThat(value("{a: 1, b: !Ref AWS::NoValue}")).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void dynamicReferencesInPropertiesGiveStoredValues() {
        assertThat(DynamicReferences.resolve(
                        List.of("{{resolve:ssm:/net/cidr:2}}", Map.of("a", "x {{resolve:ssm:b}} y")), OUTSIDE::stored))
                .isEqualTo(List.of("stored /net/cidr:2", Map.of("a", "x stored b y")));
        assertThatThrownBy(() -> DynamicReferences.resolve("{{resolve:secretsmanager:x}}", OUTSIDE::stored))
                .hasMessageContaining("secretsmanager");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!Select [5, !Split [',', 'x,y']]",
                "!Select [first, !Split [',', 'x,y']]",
                "!FindInMap [Sizes, huge, Type]",
                "!Cidr ['10.1.0.0/24', 300, 4]",
                "!Cidr ['10.1.0.0/24', 3, 7]",
                "!Cidr ['10.1.0.0/24', 1, -1]",
                "!Join ['-', plain]",
                "!If [Small, only]",
                "!Transform x"
            })
    void refusesWhatCannotBeComputed(String expression) {
        assertThatThrownBy(() -> value(expression)).isInstanceOfSatisfying(AwsError.class, e -> assertThat(e.code())
                .isEqualTo("ValidationError"));
    }

    @Test
    void conditionsInACircleAreRefused() {
        var template = Template.of("""
                Conditions:
                  A: !Not [!Condition B]
                  B: !Not [!Condition A]
                Resources:
                  Gateway: {Type: AWS::EC2::InternetGateway}
                """);
        var evaluator = new Evaluator(
                template,
                name -> "",
                Map.of(),
                List.of(),
                new Evaluator.Resources() {
                    @Override
                    public String physicalId(String name) {
                        return name;
                    }

                    @Override
                    public Object attribute(String name, String attribute) {
                        return attribute;
                    }
                },
                OUTSIDE);
        assertThatThrownBy(evaluator::check).hasMessageContaining("circular condition");
    }
}
