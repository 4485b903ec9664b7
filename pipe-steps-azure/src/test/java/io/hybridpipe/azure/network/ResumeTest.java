// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.test.ResumeContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process is killed in each changing call of each step; another one, with clients and instances of its own, goes on. */
@Timeout(180)
class ResumeTest {
    private final Cloud cloud;

    ResumeTest() throws Exception {
        cloud = new Cloud();
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    enum Kind {
        ADD_ROUTE,
        TEMPORARY_SECURITY_RULE
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
                    case ADD_ROUTE ->
                        ResumeContract.of(() -> AddRoute.in(cloud.newAccount())
                                .resourceGroup("fed")
                                .table("routes")
                                .to(Cidr.of("10.1.0.0/16"))
                                .viaAppliance(Ip.of("10.2.0.4")));
                    case TEMPORARY_SECURITY_RULE ->
                        ResumeContract.ofScope(() -> TemporarySecurityRule.in(cloud.newAccount())
                                .resourceGroup("fed")
                                .securityGroup("doors")
                                .tcp(8000)
                                .from(Cidr.of("203.0.113.7/32")));
                };
        return contract.inventory(cloud::inventory).within(SOON);
    }
}
