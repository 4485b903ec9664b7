// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;

import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.cloudformation.TemporaryStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.test.StepContract;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What the engine relies on, of each step and scope that changes something. */
@Timeout(180)
class StepContractTest {
    private static final String TEMPLATE = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
            """;

    private TestAws aws;

    @BeforeEach
    void start() {
        aws = TestAws.start();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @TestFactory
    Stream<DynamicTest> deployStackKeepsTheContract() {
        return checks(StepContract.of(DeployStack.in(aws.account())
                .named("orders-vpc")
                .template(TEMPLATE)
                .pollEvery(POLL)));
    }

    @TestFactory
    Stream<DynamicTest> temporaryStackKeepsTheContract() {
        return checks(StepContract.of(TemporaryStack.in(aws.account())
                .named("orders-bootstrap")
                .template(TEMPLATE)
                .pollEvery(POLL)));
    }

    @TestFactory
    Stream<DynamicTest> addRouteKeepsTheContract() {
        TestAws.Network network = aws.network();
        return checks(StepContract.of(AddRoute.in(aws.account())
                .table(network.table())
                .to(Cidr.of("10.0.0.0/16"))
                .viaInterface(network.eni())
                .pollEvery(POLL)));
    }

    @TestFactory
    Stream<DynamicTest> temporaryIngressKeepsTheContract() {
        return checks(StepContract.of(TemporaryIngress.in(aws.account())
                .group(aws.network().group())
                .tcp(8000)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(POLL)));
    }

    private Stream<DynamicTest> checks(StepContract contract) {
        return contract.inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }
}
