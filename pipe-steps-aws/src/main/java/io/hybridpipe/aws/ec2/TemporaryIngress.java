// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/**
 * A rule of a security group that admits a caller only while the elements inside run.
 *
 * <pre>{@code
 * TemporaryIngress.in(accountA).group(CONTROLLER_SG).tcp(8000).from(MY_IP)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of group and source; <b>writes</b> nothing. The rule's description and tags, both set in the call
 * that makes it, say run, step, token and until when it is wanted.
 *
 * <p><b>Idempotent</b> by those tags. A group cannot hold two equal rules: when an equal one was there before, open fails and
 * says whose it is, and close never removes it. Open ends when DescribeSecurityGroupRules shows the rule.
 *
 * <p><b>Retries:</b> throttling, lost connections, a group that EC2 does not see yet. After a lost answer the rule is looked
 * up by its tags.
 *
 * <p><b>Close</b> revokes the rule by its id and waits until it is not seen any more.
 *
 * <p>Calls and needs {@code ec2:} AuthorizeSecurityGroupIngress (as a dry run before the run if all inputs are known by then),
 * DescribeSecurityGroupRules, RevokeSecurityGroupIngress, and CreateTags for rules. Immutable.
 */
public final class TemporaryIngress implements Scope {
    private static final Duration CLOSE_WITHIN = Duration.ofMinutes(1);

    private final AwsAccount account;
    private final Input<? extends String> group;
    private final IngressRule rule;
    private final Duration expiry;
    private final Duration pollEvery;

    private TemporaryIngress(
            AwsAccount account, Input<? extends String> group, IngressRule rule, Duration expiry, Duration pollEvery) {
        this.account = account;
        this.group = group;
        this.rule = rule;
        this.expiry = expiry;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a rule in this account and region; of TCP 443 if no port is given. */
    public static TemporaryIngress in(AwsAccount account) {
        return new TemporaryIngress(
                account, Missing.call("group(..)"), IngressRule.tcp(443), Duration.ofHours(1), Duration.ofSeconds(1));
    }

    /** The security group's id. */
    public TemporaryIngress group(String id) {
        return group(Input.value(id));
    }

    /** The security group's id. */
    public TemporaryIngress group(Input<? extends String> id) {
        return new TemporaryIngress(account, id, rule, expiry, pollEvery);
    }

    /** Admits what the rule says, in place of ports and source given before. */
    public TemporaryIngress rule(IngressRule rule) {
        return new TemporaryIngress(account, group, rule, expiry, pollEvery);
    }

    /** Admits to this TCP port. */
    public TemporaryIngress tcp(int port) {
        return rule(rule.withPortsOf(IngressRule.tcp(port)));
    }

    /** Admits to this UDP port. */
    public TemporaryIngress udp(int port) {
        return rule(rule.withPortsOf(IngressRule.udp(port)));
    }

    /** Admits these addresses. */
    public TemporaryIngress from(Cidr source) {
        return rule(rule.from(source));
    }

    /** Admits these addresses. */
    public TemporaryIngress from(Input<? extends Cidr> source) {
        return rule(rule.from(source));
    }

    /** How long the rule may live at most; defaults to one hour. */
    public TemporaryIngress expiry(Duration expiry) {
        return new TemporaryIngress(account, group, rule, Looks.positive(expiry, "expiry"), pollEvery);
    }

    /** How long to wait between two looks at the group; defaults to one second. */
    public TemporaryIngress pollEvery(Duration interval) {
        return new TemporaryIngress(account, group, rule, expiry, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        return Contract.of("TemporaryIngress").reading(group, rule.source());
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return Mono.defer(() -> {
            OwnRules own = own(context);
            Ingress wanted = rule.in(group.get(state), state);
            return own.make(List.of(wanted))
                    .onErrorResume(AwsFailures.hasCode("InvalidPermission.Duplicate"), refusal -> own.rules()
                            .oursOrRefused(refusal, own.equalTo(wanted))
                            .then())
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return own(context).rules().all().map(ours -> ours.isEmpty() ? Found.absent() : Found.done(Outputs.none()));
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return own(context).removeAll();
    }

    /** Checks the credentials and, if all inputs are known, by a dry run that EC2 permits the rule. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context))
                .then(Mono.defer(() -> Mono.justOrEmpty(rule.findIn(group, state))))
                .flatMap(wanted -> own(context).requestDryRun(wanted));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    /** Revokes what dead runs left open, by the system's clock; see {@link #sweep(AwsAccount, Clock)}. */
    public static Flux<Resource> sweep(AwsAccount account) {
        return sweep(account, Clock.systemUTC());
    }

    /**
     * Revokes every rule of the account and region that a scope of this class made and whose time is over.
     *
     * <p>Needs no journal: the rules' tags say enough. Rules of runs that still live are not expired, and rules without all of
     * those tags are never touched. Emits each rule once it is no longer seen; failures come as {@link Sweep#of} says.
     *
     * @param clock what time it is
     */
    public static Flux<Resource> sweep(AwsAccount account, Clock clock) {
        Sight<SecurityGroupRule> rules =
                new Sight<>(NetworkKinds.SECURITY_GROUP_RULE, account, account.calls(), in(account).pollEvery);
        return Sweep.of(
                rules.search(List.of()).filter(rule -> rules.ownerOf(rule).hasExpired(clock.instant())),
                rule -> rules.toResource(rule.securityGroupRuleId()),
                CLOSE_WITHIN,
                rule -> rules.remove(
                        rule, each -> OwnRules.requestRevoke(account, rules.calls(), each), gone -> false));
    }

    private OwnRules own(StepContext context) {
        Instant until = context.clock().instant().plus(expiry);
        return OwnRules.until(until, account, context, pollEvery);
    }
}
