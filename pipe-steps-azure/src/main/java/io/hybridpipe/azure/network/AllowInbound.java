// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.net.Cidr;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Adds a rule to a network security group that lets callers in, and stays when the run is over.
 *
 * <pre>{@code
 * AllowInbound.in(federation).securityGroupId(CONTROLLER_GROUP).named("ipsec").udp(500, 4500).from(VPC_CIDR)
 * AllowInbound.in(federation).resourceGroup("fed").securityGroup("doors").esp().fromTag("Internet").priority(200)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given. <b>Writes</b> no key. The rule has the lowest free priority, or the one it is given;
 * siblings take turns, and when somebody else took the priority meanwhile ({@code SecurityRuleConflict}), the step looks again.
 * The rule's description says run and path. A rule of others that grants the same is left as it is and told in the progress; this
 * step's own is made all the same, so that the access does not hang on them.
 *
 * <p><b>Idempotent</b> by name: rules cannot bear tags, so the rule is called {@code NAME-TOKEN} after the step's token.
 *
 * <p><b>Retryable</b> are throttling, {@code AnotherOperationInProgress} on the group, refused connections and, after a look,
 * lost answers. A missing group, a priority that another rule has, and a deny rule before it that would make it useless, are
 * permanent and named.
 *
 * <p><b>Undo</b> deletes the rule of that name, after an operation that is still running on it has ended, and waits until it is
 * gone.
 *
 * <p>Calls and needs {@code Microsoft.Network/networkSecurityGroups/read}, and {@code
 * Microsoft.Network/networkSecurityGroups/securityRules/} read, write and delete; {@code Microsoft.Resources/subscriptions/read}
 * when the group is known only later in the run. Immutable.
 */
public final class AllowInbound implements Step {
    private final Parent<NetworkSecurityGroupInner> securityGroup;
    private final String name;
    private final InboundRule rule;
    private final Priority priority;

    private AllowInbound(
            Parent<NetworkSecurityGroupInner> securityGroup, String name, InboundRule rule, Priority priority) {
        this.securityGroup = securityGroup;
        this.name = name;
        this.rule = rule;
        this.priority = priority;
    }

    /** Starts a step in this account; it needs a security group, ports or a protocol, and callers. */
    public static AllowInbound in(AzureAccount account) {
        return new AllowInbound(
                Parent.of(NetworkKinds.SECURITY_GROUP, "securityGroup(..)", "AllowInbound", account),
                "hybridpipe",
                InboundRule.ofNothing(),
                Priority.ofAny());
    }

    /**
     * The resource group of the security group that is given by its name.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public AllowInbound resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group of the security group that is given by its name. */
    public AllowInbound resourceGroup(Input<? extends String> resourceGroup) {
        return with(securityGroup.inGroup(resourceGroup));
    }

    /**
     * The name of the network security group, which is there before the run if the name is known by then.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public AllowInbound securityGroup(String name) {
        return securityGroup(Input.value(name));
    }

    /** The name of the network security group, which is there before the run if the name is known by then. */
    public AllowInbound securityGroup(Input<? extends String> name) {
        return with(securityGroup.named(name));
    }

    /**
     * The id of the network security group, in place of resource group and name.
     *
     * @throws IllegalArgumentException if it is no such id
     */
    public AllowInbound securityGroupId(String id) {
        return securityGroupId(Input.value(id));
    }

    /** The id of the network security group, in place of resource group and name; {@link CreateSecurityGroup} writes one. */
    public AllowInbound securityGroupId(Input<? extends String> id) {
        return with(securityGroup.withId(id));
    }

    /**
     * What the rule's name begins with; the default is {@code hybridpipe}.
     *
     * @param name 1 to 47 letters, digits, dots, dashes and underscores, a letter or digit first
     */
    public AllowInbound named(String name) {
        return new AllowInbound(
                securityGroup,
                NameRule.beginningOf(NetworkKinds.SECURITY_RULE.noun()).checked("AllowInbound", name),
                rule,
                priority);
    }

    /** Lets in what the rule says, in place of ports and callers given before. */
    public AllowInbound rule(InboundRule rule) {
        return new AllowInbound(securityGroup, name, rule, priority);
    }

    /**
     * Lets callers reach these TCP ports.
     *
     * @throws IllegalArgumentException if there is none, or one is not from 1 to 65535
     */
    public AllowInbound tcp(int... ports) {
        return rule(rule.withPortsOf(InboundRule.tcp(ports)));
    }

    /**
     * Lets callers reach these UDP ports.
     *
     * @throws IllegalArgumentException if there is none, or one is not from 1 to 65535
     */
    public AllowInbound udp(int... ports) {
        return rule(rule.withPortsOf(InboundRule.udp(ports)));
    }

    /** Lets in ESP, the protocol of IPsec without NAT traversal. */
    public AllowInbound esp() {
        return rule(rule.withPortsOf(InboundRule.esp()));
    }

    /** Lets in all protocols to all ports. */
    public AllowInbound any() {
        return rule(rule.withPortsOf(InboundRule.any()));
    }

    /** The addresses that may call. */
    public AllowInbound from(Cidr callers) {
        return rule(rule.from(callers));
    }

    /** The addresses that may call. */
    public AllowInbound from(Input<? extends Cidr> callers) {
        return rule(rule.from(callers));
    }

    /**
     * The addresses that a service tag means may call.
     *
     * @param serviceTag such as {@code VirtualNetwork}, {@code Internet} or {@code AzureCloud.westeurope}
     * @throws IllegalArgumentException if no service tag is written like this
     */
    public AllowInbound fromTag(String serviceTag) {
        return rule(rule.fromTag(serviceTag));
    }

    /**
     * The rule's priority, and no other; the default is the lowest free one.
     *
     * @throws IllegalArgumentException if it is not from 100 to 4096
     */
    public AllowInbound priority(int only) {
        return new AllowInbound(securityGroup, name, rule, Priority.of(only));
    }

    /**
     * The lowest free priority from this one on; the default is 100.
     *
     * @throws IllegalArgumentException if it is not from 100 to 4096
     */
    public AllowInbound priorityFrom(int first) {
        return new AllowInbound(securityGroup, name, rule, Priority.from(first));
    }

    /** How often to look while an operation runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public AllowInbound pollEvery(Duration interval) {
        return with(securityGroup.on(securityGroup.account().pollEvery(interval)));
    }

    private AllowInbound with(Parent<NetworkSecurityGroupInner> changed) {
        return new AllowInbound(changed, name, rule, priority);
    }

    @Override
    public Contract contract() {
        return Contract.of("AllowInbound").reading(securityGroup.inputs()).reading(rule.source("AllowInbound"));
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            OwnRule own = own(state, context);
            return own.make(priority, RuleNote.ofLasting(context), other -> tell(own, other, context));
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> own(state, context).toFound());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> own(state, context).own().remove());
    }

    /** Checks that a group which is known by then is there, and the credential otherwise. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return securityGroup.check(state);
    }

    private OwnRule own(State state, StepContext context) {
        return new OwnRule(
                securityGroup.child(NetworkKinds.SECURITY_RULE, name, state, context), rule.in(state, "AllowInbound"));
    }

    private static void tell(OwnRule own, SecurityRuleInner other, StepContext context) {
        context.progress(
                0,
                1,
                own.access() + ": rule '" + other.name() + "', which " + OwnName.maker(other.name())
                        + ", grants it already");
    }
}
