// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.resources.fluentcore.arm.ResourceId;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets callers from one block of addresses reach one TCP port behind a network security group, while the scope is open.
 *
 * <p><b>Reads</b> the inputs it is given. <b>Writes</b> no key.
 *
 * <p><b>Open</b> makes one inbound rule at the lowest free priority and waits until it is in force. Siblings
 * take turns; when somebody else took the priority meanwhile ({@code SecurityRuleConflict}), it looks again and takes another. The rule's description says until when
 * it may stay, the run and the path. Open fails when a rule that stays grants the same access already, under whatever
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
 * {@code Microsoft.Resources/subscriptions/read} when the group is known only later in the run.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class TemporarySecurityRule implements Scope {
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(2);

    private final Parent<NetworkSecurityGroupInner> securityGroup;
    private final String name;
    private final InboundRule rule;
    private final Duration expiry;

    private TemporarySecurityRule(
            Parent<NetworkSecurityGroupInner> securityGroup, String name, InboundRule rule, Duration expiry) {
        this.securityGroup = securityGroup;
        this.name = name;
        this.rule = rule;
        this.expiry = expiry;
    }

    /** Starts a scope in this account; it needs a security group, a port and a block of callers. */
    public static TemporarySecurityRule in(AzureAccount account) {
        return new TemporarySecurityRule(
                Parent.of(NetworkKinds.SECURITY_GROUP, "securityGroup(..)", "TemporarySecurityRule", account),
                "hybridpipe",
                InboundRule.ofNothing(),
                Duration.ofHours(1));
    }

    /**
     * The resource group of the security group that is given by its name.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public TemporarySecurityRule resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group of the security group that is given by its name. */
    public TemporarySecurityRule resourceGroup(Input<? extends String> resourceGroup) {
        return with(securityGroup.inGroup(resourceGroup));
    }

    /**
     * The name of the network security group, which is there before the run if the name is known by then.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public TemporarySecurityRule securityGroup(String securityGroup) {
        return securityGroup(Input.value(securityGroup));
    }

    /** The name of the network security group, which is there before the run if the name is known by then. */
    public TemporarySecurityRule securityGroup(Input<? extends String> name) {
        return with(securityGroup.named(name));
    }

    /**
     * The id of the network security group, in place of resource group and name.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public TemporarySecurityRule securityGroupId(String id) {
        return securityGroupId(Input.value(id));
    }

    /** The id of the network security group, in place of resource group and name; {@link CreateSecurityGroup} writes one. */
    public TemporarySecurityRule securityGroupId(Input<? extends String> id) {
        return with(securityGroup.withId(id));
    }

    /**
     * What the rule's name begins with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public TemporarySecurityRule named(String name) {
        return new TemporarySecurityRule(
                securityGroup,
                NameRule.beginningOf(NetworkKinds.SECURITY_RULE.noun()).checked("TemporarySecurityRule", name),
                rule,
                expiry);
    }

    /** The TCP port that may be reached. */
    public TemporarySecurityRule tcp(int port) {
        return with(rule.withPortsOf(InboundRule.tcp(port)));
    }

    /** The addresses that may call. */
    public TemporarySecurityRule from(Cidr callers) {
        return with(rule.from(callers));
    }

    /** The addresses that may call. */
    public TemporarySecurityRule from(Input<? extends Cidr> callers) {
        return with(rule.from(callers));
    }

    /** How long one opening lasts at most, its close included; the default is one hour. */
    public TemporarySecurityRule expiresAfter(Duration expiry) {
        if (expiry.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("expiry is " + expiry + ", it must be at least one minute");
        }
        return new TemporarySecurityRule(securityGroup, name, rule, expiry);
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public TemporarySecurityRule pollEvery(Duration interval) {
        return with(securityGroup.on(securityGroup.account().pollEvery(interval)));
    }

    private TemporarySecurityRule with(Parent<NetworkSecurityGroupInner> changed) {
        return new TemporarySecurityRule(changed, name, rule, expiry);
    }

    private TemporarySecurityRule with(InboundRule changed) {
        return new TemporarySecurityRule(securityGroup, name, changed, expiry);
    }

    @Override
    public Contract contract() {
        return Contract.of("TemporarySecurityRule")
                .reading(securityGroup.inputs())
                .reading(rule.source("TemporarySecurityRule"));
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
            OwnRule own = own(state, context);
            RuleNote note = new RuleNote(
                    context.clock().instant().plus(expiry),
                    context.runId().value(),
                    context.path().value());
            return own.make(Priority.ofAny(), note.text(), other -> refuseLasting(own, other));
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> own(state, context).toFound());
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return Mono.defer(() -> own(state, context).own().remove());
    }

    /** Checks that a group which is known by then is there, and the credential otherwise. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return securityGroup.check(state);
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
        return Sweep.of(
                ArmPace.patiently(requestGroups(account))
                        .flatMapIterable(groups -> groups)
                        .flatMapIterable(group -> toExpired(group, account, clock.instant())),
                Site::toResource,
                CLOSE_TIMEOUT,
                Site::remove);
    }

    private OwnRule own(State state, StepContext context) {
        return new OwnRule(
                securityGroup.child(NetworkKinds.SECURITY_RULE, name, state, context),
                rule.in(state, "TemporarySecurityRule"));
    }

    private static void refuseLasting(OwnRule own, SecurityRuleInner other) {
        if (RuleNote.in(other.description()).isEmpty()) {
            throw own.refusal("rule '" + other.name() + "', which " + OwnName.maker(other.name())
                    + ", grants it already and would stay");
        }
    }

    private static Mono<List<NetworkSecurityGroupInner>> requestGroups(AzureAccount account) {
        return Flux.defer(() -> account.network().getNetworkSecurityGroups().listAsync())
                .collectList()
                .onErrorMap(failure -> account.failures().ofRead("list security groups", failure));
    }

    private static List<Site<SecurityRuleInner>> toExpired(
            NetworkSecurityGroupInner group, AzureAccount account, Instant now) {
        String resourceGroup = ResourceId.fromString(group.id()).resourceGroupName();
        return OwnRule.in(group).stream()
                .filter(rule -> OwnName.isGiven(rule.name()))
                .filter(rule -> RuleNote.in(rule.description())
                        .filter(note -> note.until().isBefore(now))
                        .isPresent())
                .map(rule -> new Site<>(
                        NetworkKinds.SECURITY_RULE, account, Place.of(resourceGroup, group.name(), rule.name())))
                .toList();
    }
}
