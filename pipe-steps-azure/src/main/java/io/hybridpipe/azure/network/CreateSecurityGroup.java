// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a network security group, with the rules that it shall have from its beginning, and lets subnets use it.
 *
 * <pre>{@code
 * CreateSecurityGroup.in(federation).resourceGroup("fed").named("controllers").location("westeurope")
 *         .inbound("ipsec", InboundRule.udp(500, 4500).from(ON_PREMISES))
 *         .associate(HUB.map(hub -> hub.subnet("controllers")))
 *         .into(CONTROLLER_GROUP)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given, and those of the rules' sources; <b>writes</b> the group's id. As Azure makes it, the
 * group lets everything in from its virtual network and nothing from the Internet, and everything out. Rules are added later by
 * {@link AllowInbound}, or for a while by {@link TemporarySecurityRule}.
 *
 * <p><b>Idempotent</b> by its name and the tags of pipe, run, step and token: one PUT makes the group with its rules, and that of an
 * earlier attempt is gone on with, and its lacking associations are made. A group of that name that this step did not make, and a
 * subnet that has another one, are refused and never changed, before the run if they are known by then.
 *
 * <p>A subnet is read, changed and written while no other change of its virtual network is under way through this account's
 * handle, and only as it was read (the ETag in {@code If-Match}): nothing that others write into it is lost.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code AnotherOperationInProgress}, {@code PreconditionFailed}. A missing
 * resource group or subnet, and a rule that Azure does not take, are permanent.
 *
 * <p><b>Undo</b> takes the group from the subnets that still use it, deletes it with the rules that this step gave it,
 * after operations that are still running have ended, and waits until it is gone; one that some other subnet or an interface
 * uses is tried again. One that holds another rule, Azure's default rules aside, is left as it is, and the undo fails naming it:
 * the steps of the run that added one are undone before.
 *
 * <p>Calls and needs {@code Microsoft.Network/networkSecurityGroups/} read, write and delete; for associations {@code
 * Microsoft.Network/virtualNetworks/subnets/} read and write, {@code Microsoft.Network/networkSecurityGroups/join/action}, and the
 * {@code join/action} of whatever else the subnets use; {@code Microsoft.Resources/subscriptions/read} when the name is known only
 * later in the run. Immutable.
 */
public final class CreateSecurityGroup extends MadeStep<CreateSecurityGroup, NetworkSecurityGroupInner> {
    private static final int FIRST_PRIORITY = 100;
    private static final int STEP = 10;

    private final Associations associations;
    private final Map<String, InboundRule> rules;
    private final @Nullable Key<String> into;

    private CreateSecurityGroup(
            Target target, Associations associations, Map<String, InboundRule> rules, @Nullable Key<String> into) {
        super(target, NetworkKinds.SECURITY_GROUP);
        this.associations = associations;
        this.rules = rules;
        this.into = into;
    }

    /** Starts the description of a security group in this account. */
    public static CreateSecurityGroup in(AzureAccount account) {
        return new CreateSecurityGroup(
                Target.of("CreateSecurityGroup", account, NetworkKinds.SECURITY_GROUP),
                Associations.with(Association.Use.SECURITY_GROUP),
                Map.of(),
                null);
    }

    /**
     * Lets the subnet with this id use the group, beside those said before; it may be in another resource group.
     *
     * @throws IllegalArgumentException if it is no id of a subnet in the account's subscription
     */
    public CreateSecurityGroup associate(String subnetId) {
        return associate(Input.value(subnetId));
    }

    /** Lets the subnet with this id use the group, beside those said before; it may be in another resource group. */
    public CreateSecurityGroup associate(Input<? extends String> subnetId) {
        return new CreateSecurityGroup(target, associations.and(target, subnetId), rules, into);
    }

    /**
     * Lets in what the rule says, beside what was said before; by default nothing is added to what Azure lets in.
     *
     * @param name the rule's name
     * @param rule the first one gets the priority 100, each next one ten more
     * @throws IllegalArgumentException if there is a rule of that name already, in whatever case, or Azure does not take the name
     */
    public CreateSecurityGroup inbound(String name, InboundRule rule) {
        NetworkKinds.SECURITY_RULE.names().checked(target.step(), name);
        if (rules.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            throw new IllegalArgumentException("CreateSecurityGroup: two rules are named '" + name + "'");
        }
        Map<String, InboundRule> more = new LinkedHashMap<>(rules);
        more.put(name, rule);
        return new CreateSecurityGroup(target, associations, more, into);
    }

    /** Writes the id of the security group under the key. */
    public CreateSecurityGroup into(Key<String> key) {
        return new CreateSecurityGroup(target, associations, rules, key);
    }

    @Override
    CreateSecurityGroup with(Target changed) {
        return new CreateSecurityGroup(changed, associations, rules, into);
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateSecurityGroup")
                .reading(target.groupInput(), target.nameInput(), target.locationInput())
                .reading(associations.inputs())
                .reading(rules.entrySet().stream()
                        .map(rule -> source(rule.getKey(), rule.getValue()))
                        .toArray(Input<?>[]::new));
        return into == null ? contract : contract.writing(into);
    }

    private static Input<String> source(String name, InboundRule rule) {
        if (!rule.hasSource()) {
            throw new IllegalStateException("CreateSecurityGroup: inbound rule '" + name
                    + "': call from(..) or fromTag(..) on its InboundRule");
        }
        return rule.source("CreateSecurityGroup");
    }

    @Override
    NetworkSecurityGroupInner toBody(State state, StepContext context) {
        NetworkSecurityGroupInner body = new NetworkSecurityGroupInner().withSecurityRules(toRules(state, context));
        body.withLocation(target.locationInput().get(state)).withTags(context.tags());
        return body;
    }

    private List<SecurityRuleInner> toRules(State state, StepContext context) {
        List<SecurityRuleInner> all = new ArrayList<>();
        rules.forEach((name, rule) -> all.add(rule.in(state, "CreateSecurityGroup")
                .rule(FIRST_PRIORITY + STEP * all.size(), RuleNote.ofLasting(context))
                .withName(name)));
        return all;
    }

    @Override
    Children others(NetworkSecurityGroupInner there) {
        return Children.of(there).except(rules.keySet());
    }

    @Override
    Associations associations() {
        return associations;
    }

    @Override
    Outputs toOutputs(NetworkSecurityGroupInner made) {
        return into == null ? Outputs.none() : Outputs.of(into, made.id());
    }
}
