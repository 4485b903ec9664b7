// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The one inbound rule of a security group that a step or a scope makes, whether it stays or not. */
record OwnRule(Own<SecurityRuleInner> own, Access access) {
    private static final int TRIES_FOR_A_PRIORITY = 20;

    /**
     * Makes the rule at a free priority and waits until it is in force.
     *
     * <p>The priority is chosen in the turn of the group, so that no sibling takes it meanwhile; when somebody else does, it is
     * chosen again.
     *
     * @param granted hears of each rule of others that grants the same access already; may throw
     */
    Mono<Outputs> make(Priority priority, String description, Consumer<SecurityRuleInner> granted) {
        return own.put(group().get().map(group -> access.rule(toPriority(group, priority, granted), description)))
                .retryWhen(Retry.max(TRIES_FOR_A_PRIORITY - 1L)
                        .filter(failure -> AzureFailures.code(failure).equals("SecurityRuleConflict"))
                        .onRetryExhaustedThrow((spec, last) -> StepFailure.of(
                                FailureClass.TRANSIENT,
                                "make " + own + ": others took " + TRIES_FOR_A_PRIORITY + " priorities first ("
                                        + account().where() + ")",
                                last.failure())))
                .thenReturn(Outputs.none());
    }

    Mono<Found> toFound() {
        return own.toFound(
                there -> Optional.of("does not grant " + access)
                        .filter(Predicate.not(lack -> access.isGrantedBy(there))),
                there -> Outputs.none());
    }

    /** Why the rule is not made, when it cannot or must not be. */
    StepFailure refusal(String why) {
        return StepFailure.permanent(
                "make " + own + " for " + access + ": " + why + " (" + account().where() + ")");
    }

    private AzureAccount account() {
        return own.account();
    }

    private Site<NetworkSecurityGroupInner> group() {
        return new Site<>(
                NetworkKinds.SECURITY_GROUP,
                account(),
                Place.of(own.place().group(), own.place().parent()));
    }

    /** The lowest free priority, once it is sure that the rule is neither superfluous nor useless. */
    private int toPriority(NetworkSecurityGroupInner group, Priority wanted, Consumer<SecurityRuleInner> granted) {
        List<SecurityRuleInner> others = in(group).stream()
                .filter(other -> SecurityRuleDirection.INBOUND.equals(other.direction()))
                .filter(other -> !own.place().name().equals(other.name()))
                .toList();
        Set<Integer> taken = new HashSet<>();
        others.forEach(other -> taken.add(other.priority()));
        int priority = wanted.free(taken)
                .orElseThrow(() -> refusal(wanted + " is taken"
                        + others.stream()
                                .filter(other -> wanted.isOnly(other.priority()))
                                .findFirst()
                                .map(other -> " by rule '" + other.name() + "', which " + OwnName.maker(other.name()))
                                .orElse("")));
        for (SecurityRuleInner other : others) {
            if (access.isGrantedBy(other)) {
                granted.accept(other);
            }
            if (other.priority() < priority && access.isDeniedBy(other)) {
                throw refusal("rule '" + other.name() + "' denies it before the first free priority " + priority);
            }
        }
        return priority;
    }

    /** The rules of a group, without those that every group has. */
    static List<SecurityRuleInner> in(NetworkSecurityGroupInner group) {
        return group.securityRules() == null ? List.of() : group.securityRules();
    }
}
