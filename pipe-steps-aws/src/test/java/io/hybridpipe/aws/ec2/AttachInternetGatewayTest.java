// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.InternetGateway;

class AttachInternetGatewayTest extends OnNetwork {
    private static final Key<String> GATEWAY = Key.of("gateway", String.class);

    @Override
    AttachInternetGateway step() {
        return AttachInternetGateway.in(aws.account())
                .vpc(network.vpc())
                .into(GATEWAY)
                .pollEvery(POLL);
    }

    @Test
    void theGatewayIsAttachedAndBearsItsRunsTags() {
        String id = run(step()).get(GATEWAY);
        InternetGateway made = ec2.describeInternetGateways(r -> r.internetGatewayIds(id))
                .join()
                .internetGateways()
                .get(0);
        assertThat(made.attachments()).singleElement().satisfies(attachment -> assertThat(attachment.vpcId())
                .isEqualTo(network.vpc()));
        assertOwn(made.tags());
    }

    @Test
    void anAttachmentWhoseAnswerWasLostIsFound() {
        aws.faults().on("AttachInternetGateway").dropAfter();
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        Found found = reconcile(step(), context);
        Outputs again = run(step());
        assertThat(found).isEqualTo(Found.done(again));
        assertThat(calls("CreateInternetGateway")).hasSize(1);
        assertThat(calls("AttachInternetGateway")).hasSize(1);
    }

    @Test
    void aGatewayThatIsNotAttachedYetIsHalfTheWork() {
        aws.faults().on("AttachInternetGateway").error("UnauthorizedOperation", "not you");
        assertThat(failure(step().run(State.empty(), context)))
                .hasMessageContaining("the credentials lack the permission");
        assertThat(reconcile(step(), context))
                .isEqualTo(Found.partly(context.made().get(0).id() + " is not attached to " + network.vpc()));
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void theGatewayThatTheVpcHasAlreadyIsNamedWithItsOwnerAndStays() {
        step().run(State.empty(), otherRun).block(SOON);
        String there = otherRun.made().get(0).id();
        assertThat(failure(step().run(State.empty(), context)))
                .hasMessageStartingWith("AttachInternetGateway igw-")
                .hasMessageContaining("InvalidParameterValue")
                .hasMessageEndingWith(
                        "; in the way, and left as it is: " + there + " (made by orders/there of run run-2)")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        undo(step(), context);
        assertThat(aws.inventory().ids("internet-gateway")).containsExactly(there);
    }

    @Test
    void aDryRunTellsBeforeTheRunThatThePermissionIsMissing() {
        step().preflight(State.empty(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
        aws.faults().on("CreateInternetGateway").error("UnauthorizedOperation", "not you");
        assertThat(failure(step().preflight(State.empty(), context)))
                .hasMessage("CreateInternetGateway (dry run) in account-a/eu-central-1: the credentials lack the"
                        + " permission: UnauthorizedOperation: not you");
    }

    @Test
    void undoDetachesAndDeletesAndLeavesThoseOfOthers() {
        run(step());
        undo(step(), otherRun);
        assertThat(aws.inventory().ids("internet-gateway")).hasSize(1);
        undo(step(), context);
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(calls("DeleteInternetGateway")).hasSize(1);
    }
}
