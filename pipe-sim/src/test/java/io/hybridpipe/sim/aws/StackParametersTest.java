// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.ParameterDeclaration;
import software.amazon.awssdk.services.ssm.SsmAsyncClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

class StackParametersTest {

    private static final String STORED = """
            Parameters:
              Cidr: {Type: "AWS::SSM::Parameter::Value<String>", Default: /net/cidr}
              Names: {Type: "AWS::SSM::Parameter::Value<CommaDelimitedList>", Default: /net/names}
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
            Outputs:
              Second: {Value: !Select [1, !Ref Names]}
            """;

    private final Aws aws = new Aws();
    private final SsmAsyncClient ssm =
            aws.ssm(Aws.credentials(aws.sim.accounts().get(0)));

    @AfterEach
    void close() {
        ssm.close();
        aws.close();
    }

    private void store(String name, ParameterType type, String value) {
        of(ssm.putParameter(
                request -> request.name(name).type(type).value(value).overwrite(true)));
    }

    @Test
    void aStoredParameterGivesTheValueThatItHasAtTheTimeOfEachOperation() {
        store("/net/cidr", ParameterType.STRING, "10.1.0.0/16");
        store("/net/names", ParameterType.STRING_LIST, "a,b");
        aws.create("net", STORED, Map.of());
        var stack = aws.settled("net");
        assertThat(outputs(stack)).containsEntry("Second", "b");
        assertThat(stack.parameters())
                .filteredOn(one -> one.parameterKey().equals("Cidr"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.parameterValue()).isEqualTo("/net/cidr");
                    assertThat(one.resolvedValue()).isEqualTo("10.1.0.0/16");
                });
        assertThatThrownBy(() -> of(aws.cloudFormation.updateStack(
                        request -> request.stackName("net").usePreviousTemplate(true))))
                .hasMessageContaining("No updates are to be performed.");
        store("/net/cidr", ParameterType.STRING, "10.2.0.0/16");
        of(aws.cloudFormation.updateStack(request -> request.stackName("net").usePreviousTemplate(true)));
        assertThat(aws.settled("net").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(of(aws.ec2.describeVpcs()).vpcs())
                .extracting(vpc -> vpc.cidrBlock())
                .containsExactly("10.2.0.0/16");
    }

    @Test
    void aDynamicReferenceGivesTheStoredValue() {
        store("/net/cidr", ParameterType.STRING, "10.7.0.0/16");
        aws.create("net", """
                Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: "{{resolve:ssm:/net/cidr}}"}}}
                Outputs: {Cidr: {Value: !GetAtt Vpc.CidrBlock}}
                """, Map.of());
        assertThat(outputs(aws.settled("net"))).containsEntry("Cidr", "10.7.0.0/16");
    }

    @Test
    void aStoredParameterThatIsMissingOrSecretIsRefusedAtOnce() {
        store("/net/names", ParameterType.STRING_LIST, "a,b");
        assertThatThrownBy(() -> aws.create("net", STORED, Map.of()))
                .hasMessageContaining("Unable to fetch parameters [/net/cidr] from parameter store for this account.");
        store("/net/cidr", ParameterType.SECURE_STRING, "10.1.0.0/16");
        assertThatThrownBy(() -> aws.create("net", STORED, Map.of()))
                .hasMessageContaining("have types not supported by CloudFormation");
    }

    @Test
    void aValueThatNamesNothingFailsTheStackBeforeAnyResource() {
        var template = """
                Parameters:
                  Key: {Type: AWS::EC2::KeyPair::KeyName}
                Resources:
                  Gateway: {Type: AWS::EC2::InternetGateway}
                """;
        var id = aws.create("net", template, Map.of("Key", "nobodys"));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.events(id))
                .anySatisfy(event -> assertThat(event.resourceStatusReason())
                        .isEqualTo(
                                "Parameter validation failed: parameter value nobodys for parameter name Key does not"
                                        + " exist. Rollback requested by user."))
                .noneSatisfy(event -> assertThat(event.logicalResourceId()).isEqualTo("Gateway"));
        of(aws.cloudFormation.createChangeSet(request -> request.stackName("second")
                .changeSetName("first")
                .changeSetType(ChangeSetType.CREATE)
                .templateBody(template)
                .parameters(Aws.parameters(Map.of("Key", "nobodys")))));
        var set = aws.await(
                () -> of(aws.cloudFormation.describeChangeSet(
                        request -> request.stackName("second").changeSetName("first"))),
                one -> one.statusAsString().equals("FAILED"));
        assertThat(set.statusReason()).contains("parameter value nobodys for parameter name Key does not exist");
    }

    @Test
    void aTemplateTellsItsParametersAndItsResources() {
        var template = """
                Description: What it is for
                Parameters:
                  Size: {Type: String, Default: small, AllowedValues: [small, large], Description: how big}
                  Key: {Type: AWS::EC2::KeyPair::KeyName, NoEcho: true}
                Resources:
                  Gateway: {Type: AWS::EC2::InternetGateway}
                  Second: {Type: AWS::EC2::InternetGateway}
                """;
        var valid = of(aws.cloudFormation.validateTemplate(request -> request.templateBody(template)));
        assertThat(valid.description()).isEqualTo("What it is for");
        assertThat(valid.parameters())
                .satisfiesExactly(
                        size -> {
                            assertThat(size.defaultValue()).isEqualTo("small");
                            assertThat(size.noEcho()).isFalse();
                            assertThat(size.description()).isEqualTo("how big");
                        },
                        key -> {
                            assertThat(key.defaultValue()).isNull();
                            assertThat(key.noEcho()).isTrue();
                        });
        assertThat(valid.capabilities()).isEmpty();
        var summary = of(aws.cloudFormation.getTemplateSummary(request -> request.templateBody(template)));
        assertThat(summary.resourceTypes()).containsExactly("AWS::EC2::InternetGateway");
        assertThat(summary.parameters())
                .extracting(ParameterDeclaration::parameterType)
                .containsExactly("String", "AWS::EC2::KeyPair::KeyName");
        assertThat(summary.parameters().get(0).parameterConstraints().allowedValues())
                .containsExactly("small", "large");
    }
}
