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
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociation;

class CreateRouteTableTest extends OnNetwork {
    private static final Key<String> TABLE = Key.of("table", String.class);

    @Override
    CreateRouteTable step() {
        return CreateRouteTable.in(aws.account())
                .vpc(network.vpc())
                .associate(network.subnet())
                .into(TABLE)
                .pollEvery(POLL);
    }

    @Test
    void theTableIsThatOfItsSubnetsAndBearsItsRunsTags() {
        RouteTable made = table(run(step()).get(TABLE));
        assertThat(made.vpcId()).isEqualTo(network.vpc());
        assertThat(made.associations())
                .extracting(RouteTableAssociation::subnetId)
                .containsExactly(network.subnet());
        assertOwn(made.tags());
    }

    @Test
    void anAssociationWhoseAnswerWasLostIsFound() {
        aws.faults().on("AssociateRouteTable").dropAfter();
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        Found found = reconcile(step(), context);
        Outputs again = run(step());
        assertThat(found).isEqualTo(Found.done(again));
        assertThat(calls("CreateRouteTable")).hasSize(1);
        assertThat(calls("AssociateRouteTable")).hasSize(1);
    }

    @Test
    void aTableThatLacksAnAssociationIsHalfTheWork() {
        aws.faults().on("AssociateRouteTable").error("RequestLimitExceeded", "slow down");
        assertThat(failure(step().run(State.empty(), context)).failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(reconcile(step(), context))
                .isEqualTo(Found.partly(context.made().get(0).id() + " is not associated with " + network.subnet()));
    }

    @Test
    void aSubnetThatIsAnotherTablesIsRefusedWithTheNameOfItsOwner() {
        step().run(State.empty(), otherRun).block(SOON);
        String there = otherRun.made().get(0).id();
        assertThat(failure(step().run(State.empty(), context)))
                .hasMessageContaining("Resource.AlreadyAssociated")
                .hasMessageEndingWith(
                        "; in the way, and left as it is: " + there + " (made by orders/there of run run-2)")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        undo(step(), context);
        assertThat(table(there).associations()).hasSize(1);
    }

    @Test
    void undoLeavesATableThatSomebodyElseHasAssociatedMeanwhile() {
        CreateRouteTable bare = step().associate();
        String id = run(bare).get(TABLE);
        ec2.associateRouteTable(r -> r.routeTableId(id).subnetId(network.subnet()))
                .join();
        assertThat(failure(bare.undo(State.empty(), Found.absent(), context)))
                .hasMessageContaining("something still uses it: DependencyViolation")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(table(id).associations()).hasSize(1);
    }

    @Test
    void undoTakesBackAssociationAndTableAndMayBeCalledAgain() {
        run(step());
        undo(step(), otherRun);
        undo(step(), context);
        undo(step(), context);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(calls("DeleteRouteTable")).hasSize(1);
        assertThat(context.gone()).hasSize(1);
    }

    private RouteTable table(String id) {
        return ec2.describeRouteTables(r -> r.routeTableIds(id))
                .join()
                .routeTables()
                .get(0);
    }
}
