// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.net.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/**
 * The rules of security groups that one step of a run makes.
 *
 * @param rules known by their tags
 * @param tags what new ones bear
 * @param description what new ones say
 * @param told hears the id of each new one as soon as it is known
 */
record OwnRules(Own<SecurityGroupRule> rules, Map<String, String> tags, String description, Consumer<String> told) {

    /** Rules that stay. */
    static OwnRules of(AwsAccount account, StepContext context, Duration pollEvery) {
        Own<SecurityGroupRule> rules = new Own<>(NetworkKinds.SECURITY_GROUP_RULE, account, context, pollEvery);
        return new OwnRules(rules, context.tags(), Ingress.toDescription(context, Optional.empty()), rules::made);
    }

    /** Rules of the step's own group, with which they go: they are no resources of their own in reports. */
    static OwnRules ofOwnGroup(Own<SecurityGroup> group) {
        OwnRules rules = of(group.account(), group.context(), group.pollEvery());
        return new OwnRules(rules.rules, rules.tags, rules.description, id -> {});
    }

    /** Rules that are wanted until then. */
    static OwnRules until(Instant end, AwsAccount account, StepContext context, Duration pollEvery) {
        Own<SecurityGroupRule> rules = new Own<>(NetworkKinds.SECURITY_GROUP_RULE, account, context, pollEvery);
        return new OwnRules(
                rules, Owner.tagsUntil(context, end), Ingress.toDescription(context, Optional.of(end)), rules::made);
    }

    /** Adds rules to one group, all or none of them, and waits until they are seen. */
    Mono<Void> make(List<Ingress> wanted) {
        return requestRules(wanted)
                .flatMap(ids -> rules.waitUntilAll(ids, seen -> true, "is not seen"))
                .then();
    }

    /** The rules of a group that EC2 takes for this one, whoever made them; there is one at most. */
    Flux<SecurityGroupRule> equalTo(Ingress wanted) {
        return in(wanted.group()).filter(wanted::isEqualTo);
    }

    /** All rules of a group, whoever made them. */
    Flux<SecurityGroupRule> in(String group) {
        return rules.search("group-id", List.of(group));
    }

    /** Revokes them and waits until they are not seen any more. */
    Mono<Void> removeAll() {
        // one by one: a rule that is gone already fails a call for all
        return rules.toRemove()
                .flatMap(all -> rules.remove(all, rule -> requestRevoke(rules.account(), rules.calls(), rule)));
    }

    /** Asks EC2 whether it would permit a rule; an equal one that is there already is for the run to judge. */
    Mono<Void> requestDryRun(Ingress wanted) {
        return DryRun.of(
                rules.calls(),
                toWhat(List.of(wanted)),
                () -> rules.account()
                        .ec2()
                        .authorizeSecurityGroupIngress(toRequest(List.of(wanted)).toBuilder()
                                .dryRun(true)
                                .build()),
                "InvalidPermission.Duplicate");
    }

    private Mono<List<String>> requestRules(List<Ingress> wanted) {
        return rules.calls()
                .changing(
                        toWhat(wanted),
                        () -> rules.account().ec2().authorizeSecurityGroupIngress(toRequest(wanted)),
                        made -> made.securityGroupRules().forEach(rule -> told.accept(rule.securityGroupRuleId())))
                .map(made -> made.securityGroupRules().stream()
                        .map(SecurityGroupRule::securityGroupRuleId)
                        .toList());
    }

    static Mono<?> requestRevoke(AwsAccount account, AwsCalls calls, SecurityGroupRule rule) {
        String group = rule.groupId();
        String id = rule.securityGroupRuleId();
        return calls.changing("RevokeSecurityGroupIngress " + group + " " + id, () -> account.ec2()
                .revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(id)));
    }

    private AuthorizeSecurityGroupIngressRequest toRequest(List<Ingress> wanted) {
        return AuthorizeSecurityGroupIngressRequest.builder()
                .groupId(wanted.get(0).group())
                .ipPermissions(wanted.stream()
                        .map(each -> each.toPermission(description))
                        .toList())
                .tagSpecifications(rules.tags(tags))
                .build();
    }

    private static String toWhat(List<Ingress> wanted) {
        return "AuthorizeSecurityGroupIngress "
                + wanted.stream().map(Ingress::toString).collect(Collectors.joining(", "));
    }
}
