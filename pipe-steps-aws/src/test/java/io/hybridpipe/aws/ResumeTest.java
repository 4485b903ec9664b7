// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;

import io.hybridpipe.Key;
import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.cloudformation.TemporaryStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.DisableSourceDestCheck;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.test.ResumeContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process is killed in each changing call of each step; another one, with handles and instances of its own, goes on. */
@Timeout(180)
class ResumeTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final String TEMPLATE = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
            Outputs: {Vpc: {Value: !Ref Vpc}}
            """;

    private final List<AwsAccount> handles = new ArrayList<>();
    private TestAws aws;
    private TestAws.Network network;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.network();
    }

    @AfterEach
    void stop() {
        handles.forEach(AwsAccount::close);
        aws.close();
    }

    enum Kind {
        DEPLOY_STACK,
        TEMPORARY_STACK,
        ADD_ROUTE,
        DISABLE_SOURCE_DEST_CHECK,
        TEMPORARY_INGRESS
    }

    @ParameterizedTest
    @EnumSource
    void aFreshInstanceReconcilesWhatADeadOneMade(Kind kind) {
        contract(kind).goesOn();
    }

    @ParameterizedTest
    @EnumSource
    void aFreshInstanceUndoesWhatADeadOneMade(Kind kind) {
        contract(kind).isTakenBack();
    }

    private ResumeContract contract(Kind kind) {
        ResumeContract contract =
                switch (kind) {
                    case DEPLOY_STACK ->
                        ResumeContract.of(() -> DeployStack.in(handle())
                                .named("orders-vpc")
                                .template(TEMPLATE)
                                .output("Vpc", VPC)
                                .pollEvery(POLL));
                    case TEMPORARY_STACK ->
                        ResumeContract.ofScope(() -> TemporaryStack.in(handle())
                                .named("orders-bootstrap")
                                .template(TEMPLATE)
                                .output("Vpc", VPC)
                                .pollEvery(POLL));
                    case ADD_ROUTE ->
                        ResumeContract.of(() -> AddRoute.in(handle())
                                .table(network.table())
                                .to(Cidr.of("10.0.0.0/16"))
                                .viaInterface(network.eni())
                                .pollEvery(POLL));
                    case DISABLE_SOURCE_DEST_CHECK ->
                        ResumeContract.of(() -> DisableSourceDestCheck.in(handle())
                                .networkInterface(network.eni())
                                .pollEvery(POLL));
                    case TEMPORARY_INGRESS ->
                        ResumeContract.ofScope(() -> TemporaryIngress.in(handle())
                                .group(network.group())
                                .tcp(8000)
                                .from(Cidr.of("203.0.113.7/32"))
                                .pollEvery(POLL));
                };
        return contract.inventory(aws::inventory).within(SOON);
    }

    private AwsAccount handle() {
        AwsAccount handle = aws.newHandle();
        handles.add(handle);
        return handle;
    }
}
