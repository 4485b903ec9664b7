// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.ProvisioningState;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.resources.fluentcore.arm.ResourceId;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Sweep;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets callers from one block of addresses reach one TCP port behind a network security group, while the scope is open.
 *
 * <p><b>Reads</b> the inputs it is given. <b>Writes</b> no key.
 *
 * <p><b>Open</b> makes one inbound rule at the lowest free priority and waits until it is in force. When a sibling took the
 * priority meanwhile ({@code SecurityRuleConflict}), it looks again and takes another. The rule's description says until when
 * it may stay, the run and the path. Open fails when a rule that no run made grants the same access already, under whatever
 * name and priority: that access would stay after the close; and when a deny rule before every free priority would make the new
 * rule useless. Temporary rules of siblings and other runs are no obstacle, since each is closed by its own scope.
 *
 * <p><b>Idempotent</b> by name: rules cannot bear tags, so the rule is called {@code NAME-TOKEN} after the scope's token.
 *
 * <p><b>Retryable</b> are throttling, {@code AnotherOperationInProgress} on the group, refused connections and, after a look,
 * lost answers; the rest is permanent. The SDK itself retries nothing.
 *
 * <p><b>Close</b> deletes the rule of that name, after an operation that is still running on it has ended, and waits until it
 * is gone.
 *
 * <p><b>Calls</b>: get of the security group; get, put and delete of the rule. <b>Permissions</b>:
 * {@code Microsoft.Network/networkSecurityGroups/read}, {@code …/securityRules/read}, {@code …/write} and {@code …/delete};
 * {@code Microsoft.Resources/subscriptions/read} when the group's name is known only later in the run.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class TemporarySecurityRule implements Scope {
    private static final int FIRST_PRIORITY = 100;
    private static final int LAST_PRIORITY = 4096;
    private static final int TRIES_FOR_A_PRIORITY = 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(2);

    private final AzureAccount account;
    private final @Nullable Input<? extends String> resourceGroup;
    private final @Nullable Input<? extends String> securityGroup;
    private final String name;
    private final int port;
    private final @Nullable Input<? extends Cidr> from;
    private final Duration expiry;

    private TemporarySecurityRule(
            AzureAccount account,
            @Nullable Input<? extends String> resourceGroup,
            @Nullable Input<? extends String> securityGroup,
            String name,
            int port,
            @Nullable Input<? extends Cidr> from,
            Duration expiry) {
        this.account = account;
        this.resourceGroup = resourceGroup;
        this.securityGroup = securityGroup;
        this.name = name;
        this.port = port;
        this.from = from;
        this.expiry = expiry;
    }

    /** Starts a scope in this account; it needs a resource group, a security group, a port and a block of callers. */
    public static TemporarySecurityRule in(AzureAccount account) {
        return new TemporarySecurityRule(account, null, null, "hybridpipe", 0, null, Duration.ofHours(1));
    }

    /** The resource group of the security group. */
    public TemporarySecurityRule resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group of the security group. */
    public TemporarySecurityRule resourceGroup(Input<? extends String> resourceGroup) {
        return new TemporarySecurityRule(account, resourceGroup, securityGroup, name, port, from, expiry);
    }

    /** The name of the network security group. */
    public TemporarySecurityRule securityGroup(String securityGroup) {
        return securityGroup(Input.value(securityGroup));
    }

    /** The name of the network security group. */
    public TemporarySecurityRule securityGroup(Input<? extends String> securityGroup) {
        return new TemporarySecurityRule(account, resourceGroup, securityGroup, name, port, from, expiry);
    }

    /**
     * What the rule's name begins with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public TemporarySecurityRule named(String name) {
        return new TemporarySecurityRule(
                account, resourceGroup, securityGroup, OwnName.checked(name), port, from, expiry);
    }

    /** The TCP port that may be reached. */
    public TemporarySecurityRule tcp(int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
        }
        return new TemporarySecurityRule(account, resourceGroup, securityGroup, name, port, from, expiry);
    }

    /** The addresses that may call. */
    public TemporarySecurityRule from(Cidr callers) {
        return from(Input.value(callers));
    }

    /** The addresses that may call. */
    public TemporarySecurityRule from(Input<? extends Cidr> callers) {
        return new TemporarySecurityRule(account, resourceGroup, securityGroup, name, port, callers, expiry);
    }

    /** How long one opening lasts at most, its close included; the default is one hour. */
    public TemporarySecurityRule expiresAfter(Duration expiry) {
        if (expiry.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("expiry is " + expiry + ", it must be at least one minute");
        }
        return new TemporarySecurityRule(account, resourceGroup, securityGroup, name, port, from, expiry);
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public TemporarySecurityRule pollEvery(Duration interval) {
        return new TemporarySecurityRule(
                account.pollEvery(interval), resourceGroup, securityGroup, name, port, from, expiry);
    }

    @Override
    public Contract contract() {
        if (port == 0) {
            throw new IllegalStateException("TemporarySecurityRule: nothing was given to tcp(..)");
        }
        return Contract.of("TemporarySecurityRule")
                .reading(
                        given(resourceGroup, "resourceGroup"),
                        given(securityGroup, "securityGroup"),
                        given(from, "from"));
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    /** As every step on Azure networks; a close may take two minutes, or a quarter of a shorter expiry than eight. */
    @Override
    public StepOptions options() {
        Duration quarter = expiry.dividedBy(4);
        return AzureAccount.stepOptions()
                .withUndoTimeout(quarter.compareTo(CLOSE_TIMEOUT) < 0 ? quarter : CLOSE_TIMEOUT);
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return Mono.defer(() -> {
            Rule rule = toRule(state, context);
            RuleNote note = new RuleNote(
                    context.clock().instant().plus(expiry),
                    context.runId().value(),
                    context.path().value());
            return make(rule, toAccess(state), note, context, 1)
                    .flatMap(accepted -> accepted.finished(account, "add " + rule))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Rule rule = toRule(state, context);
            return getAtRest(rule)
                    .doOnNext(found -> context.made(toResource(rule)))
                    .map(found -> toFound(found, toAccess(state)))
                    .defaultIfEmpty(Found.absent());
        });
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Rule rule = toRule(state, context);
            return delete(rule, context::mutate).then(Mono.fromRunnable(() -> context.gone(toResource(rule))));
        });
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> group =
                    given(resourceGroup, "resourceGroup").find(state);
            Optional<? extends String> name =
                    given(securityGroup, "securityGroup").find(state);
            return group.isPresent() && name.isPresent()
                    ? getGroup(group.get(), name.get()).then()
                    : account.checkCredential();
        });
    }

    /** Deletes what dead runs left open, by the system's clock; see {@link #sweep(AzureAccount, Clock)}. */
    public static Flux<Resource> sweep(AzureAccount account) {
        return sweep(account, Clock.systemUTC());
    }

    /**
     * Deletes every rule of the subscription that a scope of this class made and whose time is over.
     *
     * <p>Needs no journal: the rules' names and descriptions say enough. Rules of runs that still live are not expired, and
     * rules without such a name and description are never touched. Looks at every security group of the subscription and emits
     * each rule as soon as it is gone; failures come as {@link Sweep#of} says.
     *
     * @param clock what time it is
     */
    public static Flux<Resource> sweep(AzureAccount account, Clock clock) {
        TemporarySecurityRule any = in(account);
        return Sweep.of(
                ArmPace.patiently(any.getGroups())
                        .flatMapIterable(groups -> groups)
                        .flatMapIterable(group -> toExpired(group, clock.instant())),
                any::toResource,
                CLOSE_TIMEOUT,
                rule -> any.delete(rule, UnaryOperator.identity()));
    }

    private Mono<Void> delete(Rule rule, UnaryOperator<Mono<ArmOperation>> send) {
        return getAtRest(rule)
                .flatMap(there -> send.apply(requestDelete(rule)))
                .flatMap(accepted -> accepted.finished(account, "delete " + rule))
                .then(AtRest.gone(getRule(rule), account.pause()));
    }

    /** Looks for a free priority and sends the rule, again with another priority when somebody else was faster. */
    private Mono<ArmOperation> make(Rule rule, Access access, RuleNote note, StepContext context, int tries) {
        return getGroup(rule.group(), rule.securityGroup())
                .map(group -> toPriority(group, rule, access))
                // said inside the call that is listened to after a cancel, too
                .flatMap(priority -> context.mutate(requestPut(rule, access.rule(priority, note.text()))
                        .doOnNext(accepted -> context.made(toResource(rule)))))
                .onErrorResume(
                        failure -> AzureFailures.code(failure).equals("SecurityRuleConflict"),
                        failure -> tries < TRIES_FOR_A_PRIORITY
                                ? make(rule, access, note, context, tries + 1)
                                : Mono.error(StepFailure.of(
                                        FailureClass.TRANSIENT,
                                        "add " + rule + ": others took " + tries + " priorities first ("
                                                + account.where() + ")",
                                        failure)));
    }

    private Mono<NetworkSecurityGroupInner> getGroup(String group, String securityGroup) {
        return requestGroup(group, securityGroup).onErrorMap(failure -> account.failures()
                .ofRead("look at security group " + group + "/" + securityGroup, failure));
    }

    private Mono<List<NetworkSecurityGroupInner>> getGroups() {
        return Flux.defer(() -> account.network().getNetworkSecurityGroups().listAsync())
                .collectList()
                .onErrorMap(failure -> account.failures().ofRead("list security groups", failure));
    }

    private Mono<SecurityRuleInner> getRule(Rule rule) {
        return requestRule(rule)
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofRead("look at " + rule, failure));
    }

    private Mono<SecurityRuleInner> getAtRest(Rule rule) {
        return AtRest.of(getRule(rule), there -> String.valueOf(there.provisioningState()), account.pause());
    }

    private Mono<NetworkSecurityGroupInner> requestGroup(String group, String securityGroup) {
        return Mono.defer(
                () -> account.network().getNetworkSecurityGroups().getByResourceGroupAsync(group, securityGroup));
    }

    private Mono<SecurityRuleInner> requestRule(Rule rule) {
        return Mono.defer(
                () -> account.network().getSecurityRules().getAsync(rule.group(), rule.securityGroup(), rule.name()));
    }

    private Mono<ArmOperation> requestPut(Rule rule, SecurityRuleInner body) {
        return Mono.defer(() -> ArmOperation.acceptedBy(account.network()
                        .getSecurityRules()
                        .createOrUpdateWithResponseAsync(rule.group(), rule.securityGroup(), rule.name(), body)))
                .onErrorMap(failure -> account.failures().ofChange("add " + rule, failure));
    }

    private Mono<ArmOperation> requestDelete(Rule rule) {
        return Mono.defer(() -> ArmOperation.acceptedBy(account.network()
                        .getSecurityRules()
                        .deleteWithResponseAsync(rule.group(), rule.securityGroup(), rule.name())))
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofChange("delete " + rule, failure));
    }

    /** The lowest free priority, once it is sure that the rule is neither superfluous nor useless. */
    private int toPriority(NetworkSecurityGroupInner group, Rule rule, Access access) {
        List<SecurityRuleInner> others = toRules(group).stream()
                .filter(other -> SecurityRuleDirection.INBOUND.equals(other.direction()))
                .filter(other -> !rule.name().equals(other.name()))
                .toList();
        Set<Integer> taken = new HashSet<>();
        others.forEach(other -> taken.add(other.priority()));
        int priority = IntStream.rangeClosed(FIRST_PRIORITY, LAST_PRIORITY)
                .filter(each -> !taken.contains(each))
                .findFirst()
                .orElseThrow(() -> refusal(rule, access, "every priority is taken"));
        for (SecurityRuleInner other : others) {
            boolean temporary = RuleNote.in(other.description()).isPresent();
            if (!temporary && access.isGrantedBy(other)) {
                throw refusal(
                        rule,
                        access,
                        "rule '" + other.name() + "', which no run made, grants it already and would stay");
            }
            if (other.priority() < priority && access.isDeniedBy(other)) {
                throw refusal(
                        rule,
                        access,
                        "rule '" + other.name() + "' denies it before the first free priority " + priority);
            }
        }
        return priority;
    }

    private StepFailure refusal(Rule rule, Access access, String why) {
        return StepFailure.permanent("add " + rule + " for " + access + ": " + why + " (" + account.where() + ")");
    }

    private Rule toRule(State state, StepContext context) {
        return new Rule(
                given(resourceGroup, "resourceGroup").get(state),
                given(securityGroup, "securityGroup").get(state),
                OwnName.of(name, context.token()));
    }

    private Access toAccess(State state) {
        return new Access(given(from, "from").get(state), port);
    }

    private static List<Rule> toExpired(NetworkSecurityGroupInner group, Instant now) {
        return toRules(group).stream()
                .filter(rule -> OwnName.isGiven(rule.name()))
                .filter(rule -> RuleNote.in(rule.description())
                        .filter(note -> note.until().isBefore(now))
                        .isPresent())
                .map(rule -> new Rule(ResourceId.fromString(group.id()).resourceGroupName(), group.name(), rule.name()))
                .toList();
    }

    private static List<SecurityRuleInner> toRules(NetworkSecurityGroupInner group) {
        return group.securityRules() == null ? List.of() : group.securityRules();
    }

    private static Found toFound(SecurityRuleInner found, Access wanted) {
        return wanted.isGrantedBy(found) && ProvisioningState.SUCCEEDED.equals(found.provisioningState())
                ? Found.done(Outputs.none())
                : Found.partly("security rule " + found.name() + " is " + found.provisioningState());
    }

    private Resource toResource(Rule rule) {
        String id = "/subscriptions/" + account.subscription() + "/resourceGroups/" + rule.group()
                + "/providers/Microsoft.Network/networkSecurityGroups/" + rule.securityGroup() + "/securityRules/"
                + rule.name();
        return Resource.of("Microsoft.Network/networkSecurityGroups/securityRules", id, account.where())
                .withShow("az network nsg rule show --ids " + id);
    }

    private static <T> Input<? extends T> given(@Nullable Input<? extends T> input, String method) {
        if (input == null) {
            throw new IllegalStateException("TemporarySecurityRule: nothing was given to " + method + "(..)");
        }
        return input;
    }

    /** Which rule it is. */
    private record Rule(String group, String securityGroup, String name) {
        @Override
        public String toString() {
            return "rule " + name + " in security group " + group + "/" + securityGroup;
        }
    }
}
