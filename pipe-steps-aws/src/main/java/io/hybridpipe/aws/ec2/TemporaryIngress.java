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
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.aws.Owner;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Sweep;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressResponse;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

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
 * names it, and close never removes it. Open ends when DescribeSecurityGroupRules shows the rule.
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
    private static final Predicate<Throwable> GONE = AwsFailures.hasCode(
            "InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound");
    private static final int LONGEST_DESCRIPTION = 255;
    private static final Duration CLOSE_WITHIN = Duration.ofMinutes(1);

    private final AwsAccount account;
    private final Input<? extends String> group;
    private final Input<? extends Cidr> source;
    private final Ports ports;
    private final Duration expiry;
    private final Duration pollEvery;

    private record Ports(String protocol, int first, int last) {
        Ports {
            if (first < 0 || last > 65535 || last < first) {
                throw new IllegalArgumentException("ports " + first + " to " + last + " are not within 0 to 65535");
            }
        }

        @Override
        public String toString() {
            return protocol + " " + first + (first == last ? "" : "-" + last);
        }
    }

    private TemporaryIngress(
            AwsAccount account,
            Input<? extends String> group,
            Input<? extends Cidr> source,
            Ports ports,
            Duration expiry,
            Duration pollEvery) {
        this.account = account;
        this.group = group;
        this.source = source;
        this.ports = ports;
        this.expiry = expiry;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a rule in this account and region; of TCP 443 if no port is given. */
    public static TemporaryIngress in(AwsAccount account) {
        return new TemporaryIngress(
                account,
                Missing.call("group(..)"),
                Missing.call("from(..)"),
                new Ports("tcp", 443, 443),
                Duration.ofHours(1),
                Duration.ofSeconds(1));
    }

    /** The security group's id. */
    public TemporaryIngress group(String id) {
        return group(Input.value(id));
    }

    /** The security group's id. */
    public TemporaryIngress group(Input<? extends String> id) {
        return new TemporaryIngress(account, id, source, ports, expiry, pollEvery);
    }

    /** Admits to this TCP port. */
    public TemporaryIngress tcp(int port) {
        return ports(new Ports("tcp", port, port));
    }

    /** Admits to this UDP port. */
    public TemporaryIngress udp(int port) {
        return ports(new Ports("udp", port, port));
    }

    private TemporaryIngress ports(Ports ports) {
        return new TemporaryIngress(account, group, source, ports, expiry, pollEvery);
    }

    /** Admits these addresses. */
    public TemporaryIngress from(Cidr source) {
        return from(Input.value(source));
    }

    /** Admits these addresses. */
    public TemporaryIngress from(Input<? extends Cidr> source) {
        return new TemporaryIngress(account, group, source, ports, expiry, pollEvery);
    }

    /** How long the rule may live at most; defaults to one hour. */
    public TemporaryIngress expiry(Duration expiry) {
        return new TemporaryIngress(account, group, source, ports, expiry, pollEvery);
    }

    /** How long to wait between two looks at the group; defaults to one second. */
    public TemporaryIngress pollEvery(Duration interval) {
        return new TemporaryIngress(account, group, source, ports, expiry, interval);
    }

    @Override
    public Contract contract() {
        return Contract.of("TemporaryIngress").reading(group, source);
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return Mono.defer(() -> {
            Wanted wanted = new Wanted(group.get(state), source.get(state), ports);
            return requestRule(wanted, context)
                    .flatMap(rule -> waitUntilSeen(wanted, context))
                    .onErrorResume(AwsFailures.hasCode("InvalidPermission.Duplicate"), there -> adopt(wanted, context))
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return getRules(() -> group.get(state), account.calls(context))
                .map(rules -> rules.stream()
                        .filter(rule -> isOurs(rule, context))
                        .peek(rule -> context.made(toResource(rule.securityGroupRuleId())))
                        .toList())
                .map(ours -> ours.isEmpty() ? Found.absent() : Found.done(Outputs.none()));
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return getRules(() -> group.get(state), account.calls(context))
                .map(rules -> rules.stream()
                        .filter(rule -> isOurs(rule, context))
                        .map(SecurityGroupRule::securityGroupRuleId)
                        .toList())
                .flatMapIterable(ours -> ours)
                // one by one: a rule that is gone already fails a call for all
                .concatMap(id -> revoke(group.get(state), id, account.calls(context))
                        .then(Mono.<Void>fromRunnable(() -> context.gone(toResource(id)))))
                .then();
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context)).then(Mono.defer(() -> {
            Optional<? extends String> knownGroup = group.find(state);
            Optional<? extends Cidr> knownSource = source.find(state);
            return knownGroup.isEmpty() || knownSource.isEmpty()
                    ? Mono.empty()
                    : requestDryRun(new Wanted(knownGroup.get(), knownSource.get(), ports), context);
        }));
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
        TemporaryIngress any = in(account);
        return Sweep.of(
                any.getExpired(clock),
                rule -> any.toResource(rule.securityGroupRuleId()),
                CLOSE_WITHIN,
                rule -> any.revoke(rule.groupId(), rule.securityGroupRuleId(), account.calls()));
    }

    private Flux<SecurityGroupRule> getExpired(Clock clock) {
        return account.calls()
                .readingAll(
                        "DescribeSecurityGroupRules",
                        page -> account.ec2().describeSecurityGroupRules(r -> r.nextToken(page)),
                        DescribeSecurityGroupRulesResponse::securityGroupRules,
                        DescribeSecurityGroupRulesResponse::nextToken)
                .filter(rule -> ownerOf(rule).hasExpired(clock.instant()));
    }

    private Mono<Void> revoke(String groupId, String id, AwsCalls calls) {
        return requestRevoke(groupId, id, calls)
                .onErrorResume(GONE, gone -> Mono.empty())
                .then(waitUntilGone(groupId, id, calls));
    }

    private Mono<SecurityGroupRule> adopt(Wanted wanted, StepContext context) {
        return getRules(() -> wanted.group, account.calls(context)).flatMap(rules -> {
            Optional<SecurityGroupRule> equal =
                    rules.stream().filter(wanted::isEqualTo).findFirst();
            if (equal.isPresent() && ownerOf(equal.get()).isAttemptOf(context)) {
                context.made(toResource(equal.get().securityGroupRuleId()));
                return Mono.just(equal.get());
            }
            String which = equal.map(
                            rule -> rule.securityGroupRuleId() + ", '" + rule.description() + "', " + ownerOf(rule))
                    .orElse("not shown");
            return Mono.error(StepFailure.permanent(wanted.group + " in " + account.where() + " admits " + ports
                    + " from " + wanted.source + " already (" + which + "); that rule is left as it is"));
        });
    }

    private Mono<SecurityGroupRule> waitUntilSeen(Wanted wanted, StepContext context) {
        return getRules(() -> wanted.group, account.calls(context))
                .flatMap(rules -> Mono.justOrEmpty(
                        rules.stream().filter(rule -> isOurs(rule, context)).findFirst()))
                .repeatWhenEmpty(looks -> looks.delayElements(pollEvery));
    }

    private Mono<Void> waitUntilGone(String groupId, String id, AwsCalls calls) {
        return getRules(() -> groupId, calls)
                .filter(rules -> rules.stream().noneMatch(rule -> id.equals(rule.securityGroupRuleId())))
                .repeatWhenEmpty(looks -> looks.delayElements(pollEvery))
                .then();
    }

    private Mono<List<SecurityGroupRule>> getRules(Supplier<String> groupId, AwsCalls calls) {
        return Mono.defer(() -> {
            String id = groupId.get();
            return calls.readingAll(
                            "DescribeSecurityGroupRules " + id,
                            page -> account.ec2().describeSecurityGroupRules(r -> r.filters(toFilter(id))
                                    .nextToken(page)),
                            DescribeSecurityGroupRulesResponse::securityGroupRules,
                            DescribeSecurityGroupRulesResponse::nextToken)
                    .collectList()
                    .onErrorResume(AwsFailures.hasCode("InvalidGroup.NotFound"), gone -> Mono.just(List.of()));
        });
    }

    private Mono<SecurityGroupRule> requestRule(Wanted wanted, StepContext context) {
        return account.calls(context)
                .changing(
                        "AuthorizeSecurityGroupIngress " + wanted,
                        () -> account.ec2().authorizeSecurityGroupIngress(toRequest(wanted, context)),
                        made -> made.securityGroupRules()
                                .forEach(rule -> context.made(toResource(rule.securityGroupRuleId()))))
                .map(made -> made.securityGroupRules().get(0));
    }

    private Mono<Void> requestDryRun(Wanted wanted, StepContext context) {
        return account.calls(context)
                .reading("AuthorizeSecurityGroupIngress " + wanted + " (dry run)", () -> account.ec2()
                        .authorizeSecurityGroupIngress(toRequest(wanted, context).toBuilder()
                                .dryRun(true)
                                .build()))
                .onErrorResume(
                        AwsFailures.hasCode("DryRunOperation", "InvalidPermission.Duplicate"), allowed -> Mono.empty())
                .then();
    }

    private Mono<RevokeSecurityGroupIngressResponse> requestRevoke(String groupId, String id, AwsCalls calls) {
        return calls.changing("RevokeSecurityGroupIngress " + groupId + " " + id, () -> account.ec2()
                .revokeSecurityGroupIngress(r -> r.groupId(groupId).securityGroupRuleIds(id)));
    }

    private AuthorizeSecurityGroupIngressRequest toRequest(Wanted wanted, StepContext context) {
        Instant until = context.clock().instant().plus(expiry);
        String description = toDescription(context, until);
        List<Tag> tags = Owner.tagsUntil(context, until).entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
        return AuthorizeSecurityGroupIngressRequest.builder()
                .groupId(wanted.group)
                .ipPermissions(wanted.permission(description))
                .tagSpecifications(TagSpecification.builder()
                        .resourceType(ResourceType.SECURITY_GROUP_RULE)
                        .tags(tags)
                        .build())
                .build();
    }

    private static Filter toFilter(String groupId) {
        return Filter.builder().name("group-id").values(groupId).build();
    }

    /** Within EC2's 255 characters and alphabet; only the path gives way. */
    private static String toDescription(StepContext context, Instant until) {
        String ends = " until " + until + " token " + context.token();
        String begins = "hybridpipe run " + context.runId() + " ";
        String path = context.path().value().replaceAll("[^a-zA-Z0-9._:/()#,@\\[\\]+=&;{}!$*-]", "_");
        int room = LONGEST_DESCRIPTION - begins.length() - ends.length();
        return begins + path.substring(Math.max(0, path.length() - room)) + ends;
    }

    private Resource toResource(String ruleId) {
        return account.resource(
                "AWS::EC2::SecurityGroupRule",
                ruleId,
                "ec2 describe-security-group-rules --security-group-rule-ids " + ruleId);
    }

    private static boolean isOurs(SecurityGroupRule rule, StepContext context) {
        return ownerOf(rule).isStepOf(context)
                || (rule.description() != null && rule.description().endsWith(" token " + context.token()));
    }

    private static Owner ownerOf(SecurityGroupRule rule) {
        return new Owner(rule.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    /** The rule that one opening asks for. */
    private record Wanted(String group, Cidr source, Ports ports) {
        boolean isEqualTo(SecurityGroupRule rule) {
            String text = source.toString();
            return !Boolean.TRUE.equals(rule.isEgress())
                    && ports.protocol.equals(rule.ipProtocol())
                    && Integer.valueOf(ports.first).equals(rule.fromPort())
                    && Integer.valueOf(ports.last).equals(rule.toPort())
                    && (text.equals(rule.cidrIpv4()) || text.equals(rule.cidrIpv6()));
        }

        IpPermission permission(String description) {
            IpPermission.Builder permission = IpPermission.builder()
                    .ipProtocol(ports.protocol)
                    .fromPort(ports.first)
                    .toPort(ports.last);
            String text = source.toString();
            return source.isIpv6()
                    ? permission
                            .ipv6Ranges(Ipv6Range.builder()
                                    .cidrIpv6(text)
                                    .description(description)
                                    .build())
                            .build()
                    : permission
                            .ipRanges(IpRange.builder()
                                    .cidrIp(text)
                                    .description(description)
                                    .build())
                            .build();
        }

        @Override
        public String toString() {
            return group + " " + ports + " from " + source;
        }
    }
}
