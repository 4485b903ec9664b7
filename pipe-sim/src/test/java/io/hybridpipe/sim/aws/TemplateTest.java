// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateTest {

    private static final String GATEWAY = "Resources: {G: {Type: AWS::EC2::InternetGateway}}\n";

    private static void refused(String template, String message) {
        assertThatThrownBy(() -> Template.of(template)).isInstanceOfSatisfying(AwsError.class, e -> {
            assertThat(e.code()).isEqualTo("ValidationError");
            assertThat(e.text()).contains(message);
        });
    }

    private static String vpc(String properties) {
        return "Resources: {V: {Type: AWS::EC2::VPC, Properties: " + properties + "}}";
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("Resources: {", "Template format error: YAML not well-formed. (line"),
                Arguments.of("{\"Resources\": ", "Template format error: JSON not well-formed. (line"),
                Arguments.of("just text", "Template format error: unsupported structure."),
                Arguments.of("Resources: {}", "At least one Resources member must be defined."),
                Arguments.of(
                        GATEWAY + "AWSTemplateFormatVersion: '2020-01-01'",
                        "unsupported value for AWSTemplateFormatVersion."),
                Arguments.of(GATEWAY + "Transform: X", "Invalid template property or properties [Transform]"),
                Arguments.of(
                        "Resources: {V: {Type: AWS::EC2::VPC, Properties: null}}",
                        "[/Resources/V/Properties] 'null' values are not allowed in templates"),
                Arguments.of(vpc("{CidrBlock: [a, null]}"), "'null'"),
                Arguments.of(
                        "Resources: {G: &g {Type: AWS::EC2::InternetGateway}, H: *g}", "YAML aliases are not allowed"),
                Arguments.of(
                        "Resources: {A: {Type: AWS::S3::Bucket}, B: {Type: AWS::IAM::Role}}",
                        "Unrecognized resource types: [AWS::S3::Bucket, AWS::IAM::Role]"),
                Arguments.of("Resources: {G-1: {Type: AWS::EC2::InternetGateway}}", "G-1 is non alphanumeric."),
                Arguments.of("Resources: {G: {Kind: x}}", "Invalid template resource property 'Kind'"),
                Arguments.of(
                        "Resources: {G: {Type: AWS::EC2::InternetGateway, DeletionPolicy: Keep}}",
                        "Unrecognized DeletionPolicy Keep for resource 'G'"),
                Arguments.of(
                        "Resources: {G: {Type: AWS::EC2::InternetGateway, UpdateReplacePolicy: RetainExceptOnCreate}}",
                        "Unrecognized UpdateReplacePolicy"),
                Arguments.of(
                        "Resources: {G: {Type: AWS::EC2::InternetGateway, CreationPolicy: {}}}",
                        "CreationPolicy of resource G is not supported by this stand-in"),
                Arguments.of(
                        vpc("{CidrBlock: !Ref Missing}"),
                        "Unresolved resource dependencies [Missing] in the Resources block of the template"),
                Arguments.of(
                        "Resources: {G: {Type: AWS::EC2::InternetGateway, DependsOn: H}}",
                        "Unresolved resource dependencies [H] in the Resources block of the template"),
                Arguments.of(
                        "Parameters: {P: {Type: String}}\n"
                                + "Resources: {G: {Type: AWS::EC2::InternetGateway, DependsOn: P}}",
                        "Unresolved resource dependencies [P]"),
                Arguments.of(vpc("{CidrBlock: !Ref AWS::Nothing}"), "Unresolved resource dependencies [AWS::Nothing]"),
                Arguments.of(
                        GATEWAY + "Outputs: {O: {Value: !Ref Missing}}",
                        "Unresolved resource dependencies [Missing] in the Outputs block of the template"),
                Arguments.of(
                        GATEWAY + "Outputs: {O: {Value: !Sub '${Missing.Id}'}}",
                        "instance of Fn::GetAtt references undefined resource Missing"),
                Arguments.of(
                        GATEWAY + "Outputs: {O: {Value: !GetAtt G.Colour}}",
                        "resource G does not support attribute type Colour in Fn::GetAtt"),
                Arguments.of(
                        GATEWAY + "Conditions: {C: !Equals [!Ref G, x]}",
                        "Unresolved dependencies [G]. Cannot reference resources in the Conditions block"),
                Arguments.of(
                        "Resources: {G: {Type: AWS::EC2::InternetGateway, Condition: C}}",
                        "Unresolved condition dependency C in the Resources block of the template"),
                Arguments.of(
                        vpc("{CidrBlock: !If [C, a, b]}"),
                        "Unresolved condition dependency C in the Resources block of the template"),
                Arguments.of("""
                        Resources:
                          A: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref B}}
                          B: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !GetAtt C.RouteTableId}}
                          C: {Type: AWS::EC2::RouteTable, DependsOn: A, Properties: {VpcId: vpc-1}}
                          D: {Type: AWS::EC2::InternetGateway}
                        """, "Circular dependency between resources: [A, B, C]"),
                Arguments.of(
                        vpc("{CidrBlock: !Length [a]}"),
                        "Encountered unsupported function: Fn::Length Supported functions are: [Fn::Base64, Fn::GetAtt,"),
                Arguments.of(vpc("{CidrBlock: {Ref: [a]}}"), "every Ref object must have a single String value."),
                Arguments.of(
                        GATEWAY + "Outputs: {O: {Value: {'Fn::ImportValue': !Ref G}}}",
                        "the attribute in Fn::ImportValue must not depend on any resources"),
                Arguments.of(
                        GATEWAY + "Mappings: {M: {a: {b: {c: d}}}}",
                        "Every Mappings attribute must be a String or a List."),
                Arguments.of(GATEWAY + "Outputs: {O: {Name: x}}", "Every Outputs member must contain a Value object"),
                Arguments.of(GATEWAY + "Parameters: {P: {Default: x}}", "must contain a Type member."),
                Arguments.of(GATEWAY + "Parameters: {P: {Type: Text}}", "Unrecognized parameter type: Text"),
                Arguments.of(GATEWAY + "Parameters: {P: {Type: List<String>}}", "Unrecognized parameter type"),
                Arguments.of(
                        GATEWAY + "Parameters: {P: {Type: String, Secret: true}}",
                        "Invalid template parameter property [Secret]"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesInTheWordsOfTheService(String template, String message) {
        refused(template, message);
    }

    private static String many(String section, int count, String each) {
        return IntStream.range(0, count)
                .mapToObj(index -> "  X" + index + ": " + each + "\n")
                .collect(Collectors.joining("", section + ":\n", ""));
    }

    @Test
    void keepsTheLimitsOfTheService() {
        var gateway = "{Type: AWS::EC2::InternetGateway}";
        assertThatCode(() -> Template.of(many("Resources", 500, gateway))).doesNotThrowAnyException();
        refused(many("Resources", 501, gateway), "Number of resources, 501, is greater than maximum allowed, 500");
        refused(GATEWAY + many("Parameters", 201, "{Type: String}"), "Number of parameters, 201, is greater");
        refused(GATEWAY + many("Outputs", 201, "{Value: x}"), "Number of outputs, 201, is greater");
        refused(GATEWAY + "#" + "x".repeat(51_200), "Member must have length less than or equal to 51200");
        refused(GATEWAY + "Description: " + "x".repeat(1_025), "'Description' length is greater than 1024.");
        refused("Resources: {" + "G".repeat(256) + ": " + gateway + "}", "longer than 255 characters");
    }

    @Test
    void ordersResourcesByWhatTheyNeed() {
        var template = Template.of("""
                Resources:
                  Routes: {Type: AWS::EC2::RouteTable, DependsOn: [Gateway], Properties: {VpcId: !Ref Vpc}}
                  Gateway: {Type: AWS::EC2::InternetGateway, DependsOn: Vpc}
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                """);
        assertThat(template.inOrder()).extracting(Template.Resource::name).containsExactly("Vpc", "Gateway", "Routes");
    }

    private static Map<String, String> values(String parameter, String value) {
        return ParameterValues.resolve(
                Template.of(GATEWAY + "Parameters: {P: {" + parameter + "}}"), Map.of("P", value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Type: String, MinLength: 3                          | ab    | must contain at least 3 characters",
                "Type: String, MaxLength: 3                          | abcd  | must contain at most 3 characters",
                "Type: Number, MinValue: 3                           | 2     | must be a number not less than 3",
                "Type: Number, MaxValue: 3                           | 3.5   | must be a number not greater than 3",
                "Type: Number                                        | three | Parameter 'P' must be a number.",
                "Type: List<Number>                                  | 1,x   | Parameter 'P' must be a number.",
                "'Type': String, AllowedValues: [a, b]               | c     | Parameter 'P' must be one of AllowedValues",
                "Type: CommaDelimitedList, AllowedValues: [a, b]     | a,c   | must be one of AllowedValues",
                "Type: String, AllowedPattern: '[a-z]+'              | A     | Parameter 'P' must match pattern [a-z]+",
                "Type: String, AllowedPattern: '['                   | A     | is not a regular expression",
                "Type: String, MinLength: x                          | A     | MinLength of parameter P is not a number: x",
                "Type: String, MaxLength: x                          | A     | MaxLength of parameter P is not a number: x",
                "Type: Number, MinValue: x                           | 1     | MinValue of parameter P is not a number: x",
                "Type: Number, MaxValue: x                           | 1     | MaxValue of parameter P is not a number: x",
                "Type: String, MinLength: 3, ConstraintDescription: x| ab    | Parameter P failed to satisfy constraint: x"
            })
    void refusesValuesThatBreakTheRulesOfTheirParameter(String parameter, String value, String message) {
        assertThatThrownBy(() -> values(parameter, value))
                .isInstanceOf(AwsError.class)
                .hasMessageContaining(message);
    }

    @Test
    void takesValuesThatKeepTheRulesAndDefaults() {
        assertThat(values("Type: List<Number>, MinValue: 1", "1, 2,3")).containsEntry("P", "1, 2,3");
        assertThat(values("Type: String, AllowedPattern: '[a-z]*', MaxLength: 3", ""))
                .containsEntry("P", "");
        var template = Template.of(GATEWAY + "Parameters: {P: {Type: Number, Default: 7}, Q: {Type: String}}");
        assertThat(ParameterValues.resolve(template, Map.of("Q", "x"))).isEqualTo(Map.of("P", "7", "Q", "x"));
        assertThatThrownBy(() -> ParameterValues.resolve(template, Map.of()))
                .hasMessage("Parameters: [Q] must have values");
        assertThatThrownBy(() -> ParameterValues.resolve(template, Map.of("Q", "x", "R", "y")))
                .hasMessage("Parameters: [R] do not exist in the template");
    }

    @Test
    void knowsTheTypesThatParametersCanHave() {
        for (var type : List.of(
                "String",
                "Number",
                "List<Number>",
                "CommaDelimitedList",
                "AWS::EC2::KeyPair::KeyName",
                "List<AWS::EC2::Subnet::Id>",
                "AWS::SSM::Parameter::Name",
                "AWS::SSM::Parameter::Value<String>",
                "AWS::SSM::Parameter::Value<CommaDelimitedList>",
                "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>",
                "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>")) {
            assertThat(ParameterType.of(type)).as(type).isPresent();
        }
        for (var type : List.of("Text", "List<Text>", "AWS::EC2::Nothing::Id", "AWS::SSM::Parameter::Value<Number>")) {
            assertThat(ParameterType.of(type)).as(type).isEmpty();
        }
    }
}
