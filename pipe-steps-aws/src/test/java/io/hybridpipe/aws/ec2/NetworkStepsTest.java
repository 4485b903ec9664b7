// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;

import io.hybridpipe.net.Cidr;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Each step of a network, through all that can go wrong on the way. */
@Timeout(60)
class NetworkStepsTest {
    @TestFactory
    Stream<DynamicTest> createSubnets() {
        return new StepTrials("CreateSubnet", (aws, network) -> CreateSubnets.in(aws.account())
                        .vpc(network.vpc())
                        .blocks(Cidr.of("10.1.2.0/24"), Cidr.of("10.1.3.0/24"))
                        .publicIps()
                        .pollEvery(POLL))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> attachInternetGateway() {
        return new StepTrials("AttachInternetGateway", (aws, network) -> AttachInternetGateway.in(aws.account())
                        .vpc(network.vpc())
                        .pollEvery(POLL))
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> createRouteTable() {
        return new StepTrials("CreateRouteTable", (aws, network) -> CreateRouteTable.in(aws.account())
                        .vpc(network.vpc())
                        .associate(network.subnet())
                        .pollEvery(POLL))
                .tests();
    }
}
