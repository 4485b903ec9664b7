// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.models.ProvisioningState;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.retry.StepFailure;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * That a subnet uses the route table, or the security group, that a step makes.
 *
 * <p>The association is a property of the subnet, and whoever writes a subnet writes all of it. So it is read, changed and written
 * in the turn of its virtual network, and only if nobody has changed it since it was read: the service refuses otherwise (412
 * {@code PreconditionFailed}), and nothing that others write into the subnet is lost.
 *
 * <p>A change that the service accepted and then failed at is seen in the subnet all the same, with the state {@code Failed}:
 * it is written once more, which is how Azure's page "Troubleshoot Azure Microsoft.Network failed provisioning state" mends it.
 *
 * @param use what the subnet is to use one of
 * @param id the id of the one that it is to use
 */
record Association(Use use, String id, Site<SubnetInner> subnet, StepContext context) {

    /**
     * What a subnet has one of or none.
     *
     * @param noun what messages call it
     * @param idIn the id of the one that a subnet uses, if any
     * @param change makes a subnet use the one with this id, or none
     */
    record Use(String noun, Function<SubnetInner, Optional<String>> idIn, Change change) {
        static final Use ROUTE_TABLE = new Use(
                "route table",
                subnet -> Optional.ofNullable(subnet.routeTable()).map(RouteTableInner::id),
                (subnet, id) -> subnet.withRouteTable(id == null ? null : new RouteTableInner().withId(id)));

        static final Use SECURITY_GROUP = new Use(
                "security group",
                subnet -> Optional.ofNullable(subnet.networkSecurityGroup()).map(NetworkSecurityGroupInner::id),
                (subnet, id) -> subnet.withNetworkSecurityGroup(
                        id == null ? null : new NetworkSecurityGroupInner().withId(id)));
    }

    /** Changes what a subnet uses. */
    @FunctionalInterface
    interface Change {
        SubnetInner in(SubnetInner subnet, @Nullable String id);
    }

    /** Makes the subnet use it; one that uses another one is refused and not changed. */
    Mono<Void> make() {
        return change(
                "associate " + subnet + " with " + id,
                subnet.get(),
                there -> isWanted(there) || isMade(there) && isFailed(there),
                id);
    }

    /** Lets the subnet use none, if it uses this one; also when an earlier change to that failed. */
    Mono<Void> remove() {
        return change(
                        "take " + id + " from " + subnet,
                        Mono.empty(),
                        there -> isMade(there) || isFree(there) && isFailed(there),
                        null)
                .onErrorResume(AzureFailures::isMissing, gone -> Mono.empty());
    }

    private Mono<Void> change(
            String what, Mono<SubnetInner> ifMissing, Predicate<SubnetInner> needed, @Nullable String becomes) {
        Mono<Void> change = subnet.atRest()
                .switchIfEmpty(ifMissing)
                .filter(needed)
                .flatMap(there -> context.mutate(request(use.change().in(there, becomes), what)))
                .flatMap(accepted -> accepted.finished(subnet.account(), what));
        return subnet.account().inTurn(context, subnet.parentId(), change);
    }

    private Mono<ArmOperation> request(SubnetInner body, String what) {
        return Mono.defer(() -> ArmOperation.acceptedBy(subnet.kind().put().at(subnet.account(), subnet.place(), body)))
                .onErrorMap(failure -> subnet.account().failures().ofChange(what, failure));
    }

    /** What the subnet lacks, if anything; it is looked at when nothing changes it any more. */
    Mono<String> lack() {
        return subnet.atRest()
                .map(there -> !isMade(there) || isFailed(there))
                .defaultIfEmpty(true)
                .filter(lacking -> lacking)
                .map(lacking -> "is not associated with " + subnet);
    }

    /** Fails when the subnet uses another one; a subnet that is not there may be made in the run. */
    Mono<Void> check() {
        return subnet.find().doOnNext(this::isWanted).then();
    }

    private boolean isWanted(SubnetInner there) {
        Optional<String> used = use.idIn().apply(there);
        if (used.isPresent() && !isMade(there)) {
            throw StepFailure.permanent(subnet + " has " + use.noun() + " " + used.get()
                    + " already, and is left as it is; take that from it, or associate another subnet ("
                    + subnet.account().where() + ")");
        }
        return used.isEmpty();
    }

    private boolean isFree(SubnetInner there) {
        return use.idIn().apply(there).isEmpty();
    }

    private static boolean isFailed(SubnetInner there) {
        return ProvisioningState.FAILED.equals(there.provisioningState());
    }

    private boolean isMade(SubnetInner there) {
        return use.idIn().apply(there).filter(id::equalsIgnoreCase).isPresent();
    }
}
