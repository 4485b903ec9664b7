// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;

/**
 * Makes a security group in a VPC, with the rules that it shall have from its beginning.
 *
 * <pre>{@code
 * CreateSecurityGroup.in(accountA).vpc(VPC).named("controller")
 *         .ingress(IngressRule.udp(500).from(PEERS), IngressRule.protocol(50).from(PEERS))
 *         .into(CONTROLLER_SG)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of VPC, name, description and of the rules' sources; <b>writes</b> the group's id. As EC2 makes it,
 * the group lets everything out.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the create calls set, since CreateSecurityGroup takes no
 * client token: a group of an earlier attempt is gone on with, and gets the rules that it lacks.
 *
 * <p><b>Retries:</b> throttling, lost connections, a VPC that EC2 does not show yet. A name that the VPC has already
 * ({@code InvalidGroup.Duplicate}) is permanent; the message says whose group that is.
 *
 * <p><b>Undo</b> deletes the group with all its rules and waits until it is not seen any more; one that an interface or another
 * group's rule still uses is refused by EC2 with {@code DependencyViolation} and tried again.
 *
 * <p>Calls and needs {@code ec2:} CreateSecurityGroup (also as a dry run before the run, if VPC, name and description are known
 * by then), CreateTags, DescribeSecurityGroups, DeleteSecurityGroup; for rules AuthorizeSecurityGroupIngress and
 * DescribeSecurityGroupRules. Immutable.
 */
public final class CreateSecurityGroup implements Step {
    private final AwsAccount account;
    private final Input<? extends String> vpc;
    private final Input<? extends String> name;
    private final @Nullable Input<? extends String> description;
    private final List<IngressRule> ingress;
    private final @Nullable Key<String> into;
    private final Duration pollEvery;

    private CreateSecurityGroup(
            AwsAccount account,
            Input<? extends String> vpc,
            Input<? extends String> name,
            @Nullable Input<? extends String> description,
            List<IngressRule> ingress,
            @Nullable Key<String> into,
            Duration pollEvery) {
        this.account = account;
        this.vpc = vpc;
        this.name = name;
        this.description = description;
        this.ingress = ingress;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a group in this account and region. */
    public static CreateSecurityGroup in(AwsAccount account) {
        return new CreateSecurityGroup(
                account,
                Missing.call("vpc(..)"),
                Missing.call("named(..)"),
                null,
                List.of(),
                null,
                Duration.ofSeconds(1));
    }

    /** The VPC's id. */
    public CreateSecurityGroup vpc(String id) {
        return vpc(Input.value(id));
    }

    /** The VPC's id. */
    public CreateSecurityGroup vpc(Input<? extends String> id) {
        return new CreateSecurityGroup(account, id, name, description, ingress, into, pollEvery);
    }

    /** The group's name, which no other one in the VPC has. */
    public CreateSecurityGroup named(String name) {
        return named(Input.value(name));
    }

    /** The group's name, which no other one in the VPC has. */
    public CreateSecurityGroup named(Input<? extends String> name) {
        return new CreateSecurityGroup(account, vpc, name, description, ingress, into, pollEvery);
    }

    /** What the group is for, at most 255 characters; defaults to the run and step that made it. EC2 cannot change it later. */
    public CreateSecurityGroup description(String text) {
        return description(Input.value(text));
    }

    /** What the group is for, at most 255 characters; defaults to the run and step that made it. EC2 cannot change it later. */
    public CreateSecurityGroup description(Input<? extends String> text) {
        return new CreateSecurityGroup(account, vpc, name, text, ingress, into, pollEvery);
    }

    /** What the group admits, beside what was said before; by default nothing. */
    public CreateSecurityGroup ingress(IngressRule... rules) {
        List<IngressRule> all = new ArrayList<>(ingress);
        all.addAll(List.of(rules));
        return new CreateSecurityGroup(account, vpc, name, description, List.copyOf(all), into, pollEvery);
    }

    /** Writes the group's id under the key. */
    public CreateSecurityGroup into(Key<String> key) {
        return new CreateSecurityGroup(account, vpc, name, description, ingress, key, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public CreateSecurityGroup pollEvery(Duration interval) {
        return new CreateSecurityGroup(
                account, vpc, name, description, ingress, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateSecurityGroup").reading(vpc, name);
        if (description != null) {
            contract = contract.reading(description);
        }
        for (IngressRule rule : ingress) {
            contract = contract.reading(rule.source());
        }
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<SecurityGroup> own = own(context);
            return own.getOrMake(group -> true, make(own, state))
                    .flatMap(group -> addMissing(own, group.groupId(), state).thenReturn(toOutputs(group.groupId())));
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<SecurityGroup> own = own(context);
            return own.all().flatMap(all -> own.current(all).stream()
                    .findFirst()
                    .map(group -> getMissing(own, group.groupId(), state))
                    .orElse(Mono.just(List.of()))
                    .map(missing -> own.toFound(
                            all,
                            group -> Optional.of("lacks the rules " + missing).filter(lack -> !missing.isEmpty()),
                            group -> toOutputs(group.groupId()))));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<SecurityGroup> own = own(context);
        return own.toRemove().flatMap(all -> own.remove(all, group -> requestDelete(own, group.groupId())));
    }

    /** Checks the credentials and, if VPC, name and description are known, by a dry run that EC2 permits the group. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<SecurityGroup> own = own(context);
        return account.identity(own.calls())
                .then(Mono.defer(() -> Mono.justOrEmpty(toRequest(own, state))))
                .flatMap(request -> DryRun.of(own.calls(), toWhat(request), () -> account.ec2()
                        .createSecurityGroup(request.toBuilder().dryRun(true).build())));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<SecurityGroup> own(StepContext context) {
        return new Own<>(NetworkKinds.SECURITY_GROUP, account, context, pollEvery);
    }

    private Mono<String> make(Own<SecurityGroup> own, State state) {
        return Mono.defer(() -> {
            CreateSecurityGroupRequest request = toRequest(own, state).orElseThrow();
            return requestGroup(own, request)
                    .onErrorResume(AwsFailures.hasCode("InvalidGroup.Duplicate"), refusal -> own.oursOrRefused(
                                    refusal,
                                    own.search("group-name", List.of(request.groupName()))
                                            .filter(there -> request.vpcId().equals(there.vpcId())))
                            .map(SecurityGroup::groupId));
        });
    }

    private Mono<Void> addMissing(Own<SecurityGroup> own, String group, State state) {
        return getMissing(own, group, state)
                .filter(missing -> !missing.isEmpty())
                .flatMap(missing -> OwnRules.ofOwnGroup(own).make(missing));
    }

    private Mono<List<Ingress>> getMissing(Own<SecurityGroup> own, String group, State state) {
        List<Ingress> wanted =
                ingress.stream().map(rule -> rule.in(group, state)).toList();
        return wanted.isEmpty()
                ? Mono.just(List.of())
                : OwnRules.ofOwnGroup(own).in(group).collectList().map(there -> wanted.stream()
                        .filter(each -> there.stream().noneMatch(each::isEqualTo))
                        .toList());
    }

    private Mono<String> requestGroup(Own<SecurityGroup> own, CreateSecurityGroupRequest request) {
        return own.calls()
                .changing(
                        toWhat(request),
                        () -> account.ec2().createSecurityGroup(request),
                        made -> own.made(made.groupId()))
                .map(made -> made.groupId());
    }

    private Mono<?> requestDelete(Own<SecurityGroup> own, String id) {
        return own.calls()
                .changing("DeleteSecurityGroup " + id, () -> account.ec2().deleteSecurityGroup(r -> r.groupId(id)));
    }

    /** Empty while an input is not known. */
    private Optional<CreateSecurityGroupRequest> toRequest(Own<SecurityGroup> own, State state) {
        Optional<String> text = description == null
                ? Optional.of(Ingress.toDescription(own.context(), Optional.empty()))
                : description.find(state).map(given -> given);
        Optional<String> called = name.find(state).map(given -> given);
        return vpc.find(state)
                .flatMap(in -> called.flatMap(group -> text.map(given -> CreateSecurityGroupRequest.builder()
                        .vpcId(in)
                        .groupName(group)
                        .description(given)
                        .tagSpecifications(own.tags())
                        .build())));
    }

    private static String toWhat(CreateSecurityGroupRequest request) {
        return "CreateSecurityGroup " + request.groupName() + " in " + request.vpcId();
    }

    private Outputs toOutputs(String id) {
        return into == null ? Outputs.none() : Outputs.of(into, id);
    }
}
