// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/**
 * Adds a rule to a security group, which stays when the run is over.
 *
 * <pre>{@code
 * AllowIngress.in(accountA).group(CONTROLLER_SG).udp(500).from(FEDERATION_BLOCK)
 * AllowIngress.in(accountA).group(CONTROLLER_SG).rule(IngressRule.all().fromGroup(APP_SG))
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of group and source; <b>writes</b> nothing. The rule's description and tags say run, step and token.
 * A group cannot hold two equal rules: when somebody else's equal one is there, the step is done, says so in its progress, and
 * undo leaves that rule; it is gone when whoever made it takes it away.
 *
 * <p><b>Idempotent</b> by the tags, which the call that makes the rule sets; it takes no client token. The step ends when
 * DescribeSecurityGroupRules shows the rule.
 *
 * <p><b>Retries:</b> throttling, lost connections, a group that EC2 does not see yet.
 *
 * <p><b>Undo</b> revokes the rule by its id and waits until it is not seen any more.
 *
 * <p>Calls and needs {@code ec2:} AuthorizeSecurityGroupIngress (as a dry run before the run if all inputs are known by then),
 * DescribeSecurityGroupRules, RevokeSecurityGroupIngress, and CreateTags for rules. Immutable.
 */
public final class AllowIngress implements Step {
    private final AwsAccount account;
    private final Input<? extends String> group;
    private final IngressRule rule;
    private final Duration pollEvery;

    private AllowIngress(AwsAccount account, Input<? extends String> group, IngressRule rule, Duration pollEvery) {
        this.account = account;
        this.group = group;
        this.rule = rule;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a rule in this account and region; of TCP 443 if no port is given. */
    public static AllowIngress in(AwsAccount account) {
        return new AllowIngress(account, Missing.call("group(..)"), IngressRule.tcp(443), Duration.ofSeconds(1));
    }

    /** The security group's id. */
    public AllowIngress group(String id) {
        return group(Input.value(id));
    }

    /** The security group's id. */
    public AllowIngress group(Input<? extends String> id) {
        return new AllowIngress(account, id, rule, pollEvery);
    }

    /** Admits what the rule says, in place of ports and source given before. */
    public AllowIngress rule(IngressRule rule) {
        return new AllowIngress(account, group, rule, pollEvery);
    }

    /** Admits to this TCP port. */
    public AllowIngress tcp(int port) {
        return rule(rule.withPortsOf(IngressRule.tcp(port)));
    }

    /** Admits to this UDP port. */
    public AllowIngress udp(int port) {
        return rule(rule.withPortsOf(IngressRule.udp(port)));
    }

    /** Admits these addresses. */
    public AllowIngress from(Cidr source) {
        return rule(rule.from(source));
    }

    /** Admits these addresses. */
    public AllowIngress from(Input<? extends Cidr> source) {
        return rule(rule.from(source));
    }

    /** How long to wait between two looks at the group; defaults to one second. */
    public AllowIngress pollEvery(Duration interval) {
        return new AllowIngress(account, group, rule, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        return Contract.of("AllowIngress").reading(group, rule.source());
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            OwnRules own = own(context);
            Ingress wanted = rule.in(group.get(state), state);
            return own.make(List.of(wanted))
                    .onErrorResume(
                            AwsFailures.hasCode("InvalidPermission.Duplicate"),
                            refusal -> oursOrEqual(own, wanted, refusal))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        OwnRules own = own(context);
        return own.rules().all().map(all -> own.rules()
                .toFound(all, there -> Optional.empty(), there -> Outputs.none()));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return own(context).removeAll();
    }

    /** Checks the credentials and, if all inputs are known, by a dry run that EC2 permits the rule. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        OwnRules own = own(context);
        return account.identity(account.calls(context))
                .then(Mono.defer(() -> Mono.justOrEmpty(rule.findIn(group, state))))
                .flatMap(own::requestDryRun);
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private OwnRules own(StepContext context) {
        return OwnRules.of(account, context, pollEvery);
    }

    private static Mono<Void> oursOrEqual(OwnRules own, Ingress wanted, Throwable refusal) {
        return own.equalTo(wanted).collectList().flatMap(equal -> {
            boolean foreign = !equal.isEmpty() && own.rules().current(equal).isEmpty();
            return foreign
                    ? Mono.fromRunnable(() -> tellForeign(own.rules(), wanted, equal.get(0)))
                    : own.rules()
                            .oursOrRefused(refusal, Flux.fromIterable(equal))
                            .then();
        });
    }

    private static void tellForeign(Own<SecurityGroupRule> own, Ingress wanted, SecurityGroupRule there) {
        own.context()
                .progress(
                        1,
                        1,
                        wanted + " is there already: " + there.securityGroupRuleId() + " (" + own.ownerOf(there) + ")");
    }
}
