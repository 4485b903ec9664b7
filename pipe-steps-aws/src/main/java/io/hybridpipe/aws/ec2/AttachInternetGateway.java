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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.InternetGateway;
import software.amazon.awssdk.services.ec2.model.InternetGatewayAttachment;

/**
 * Makes an internet gateway, attaches it to a VPC and waits until EC2 shows it there.
 *
 * <pre>{@code
 * AttachInternetGateway.in(accountA).vpc(VPC).into(GATEWAY)
 * }</pre>
 *
 * <p><b>Reads</b> the input of the VPC; <b>writes</b> the gateway's id.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the create call sets, since CreateInternetGateway takes
 * no client token. AttachInternetGateway takes neither: the attachment of the step's own gateway is its own.
 *
 * <p><b>Retries:</b> throttling, lost connections, a VPC that EC2 does not show yet. A VPC has one internet gateway at most: when
 * it has another one already, the step fails, says whose that is and leaves it.
 *
 * <p><b>Undo</b> detaches and deletes the gateway and waits until it is not seen any more. While addresses of the VPC are mapped
 * to public ones, EC2 refuses that with {@code DependencyViolation}, and it is tried again.
 *
 * <p>Calls and needs {@code ec2:} CreateInternetGateway (also as a dry run before the run), CreateTags,
 * DescribeInternetGateways, AttachInternetGateway, DetachInternetGateway, DeleteInternetGateway. Immutable.
 */
public final class AttachInternetGateway implements Step {
    private final AwsAccount account;
    private final Input<? extends String> vpc;
    private final @Nullable Key<String> into;
    private final Duration pollEvery;

    private AttachInternetGateway(
            AwsAccount account, Input<? extends String> vpc, @Nullable Key<String> into, Duration pollEvery) {
        this.account = account;
        this.vpc = vpc;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a gateway in this account and region. */
    public static AttachInternetGateway in(AwsAccount account) {
        return new AttachInternetGateway(account, Missing.call("vpc(..)"), null, Duration.ofSeconds(1));
    }

    /** The VPC's id. */
    public AttachInternetGateway vpc(String id) {
        return vpc(Input.value(id));
    }

    /** The VPC's id. */
    public AttachInternetGateway vpc(Input<? extends String> id) {
        return new AttachInternetGateway(account, id, into, pollEvery);
    }

    /** Writes the gateway's id under the key. */
    public AttachInternetGateway into(Key<String> key) {
        return new AttachInternetGateway(account, vpc, key, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public AttachInternetGateway pollEvery(Duration interval) {
        return new AttachInternetGateway(account, vpc, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("AttachInternetGateway").reading(vpc);
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<InternetGateway> own = own(context);
            String wanted = vpc.get(state);
            return own.getOrMake(gateway -> true, requestGateway(own))
                    .flatMap(gateway ->
                            isAttachedTo(gateway, wanted) ? Mono.just(gateway) : attach(own, gateway, wanted))
                    .map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<InternetGateway> own = own(context);
            String wanted = vpc.get(state);
            return own.all().map(all -> own.toFound(all, gateway -> toLack(gateway, wanted), this::toOutputs));
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<InternetGateway> own = own(context);
        return own.toRemove().flatMap(all -> own.remove(all, gateway -> detachAndDelete(own, gateway)));
    }

    /** Checks the credentials and, by a dry run, that EC2 permits a gateway; refuses an incomplete description. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<InternetGateway> own = own(context);
        return account.identity(own.calls())
                .then(Mono.fromRunnable(() -> vpc.find(state)))
                .then(DryRun.of(own.calls(), "CreateInternetGateway", () -> account.ec2()
                        .createInternetGateway(r -> r.dryRun(true).tagSpecifications(own.tags()))));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<InternetGateway> own(StepContext context) {
        return new Own<>(NetworkKinds.INTERNET_GATEWAY, account, context, pollEvery);
    }

    private Mono<InternetGateway> attach(Own<InternetGateway> own, InternetGateway gateway, String wanted) {
        String id = gateway.internetGatewayId();
        return requestAttach(own, id, wanted)
                .onErrorResume(
                        AwsFailures.hasCode("Resource.AlreadyAssociated", "InvalidParameterValue"),
                        refusal -> refusedOrLate(own, refusal, wanted))
                .then(own.waitUntil(id, there -> isAttachedTo(there, wanted), "is not attached to " + wanted));
    }

    /** InvalidParameterValue says that the VPC has a gateway already, but may say something else too. */
    private Mono<Void> refusedOrLate(Own<InternetGateway> own, Throwable refusal, String wanted) {
        return own.search("attachment.vpc-id", List.of(wanted)).collectList().flatMap(there -> {
            boolean other = there.isEmpty()
                    && AwsFailures.hasCode("InvalidParameterValue").test(refusal);
            return other
                    ? Mono.error(refusal)
                    : own.oursOrRefused(refusal, Flux.fromIterable(there)).then();
        });
    }

    private Mono<Void> detachAndDelete(Own<InternetGateway> own, InternetGateway gateway) {
        String id = gateway.internetGatewayId();
        return Flux.fromIterable(gateway.attachments())
                .concatMap(attachment -> requestDetach(own, id, attachment.vpcId()))
                .then(requestDelete(own, id));
    }

    private Mono<String> requestGateway(Own<InternetGateway> own) {
        return own.calls()
                .changing(
                        "CreateInternetGateway",
                        () -> account.ec2().createInternetGateway(r -> r.tagSpecifications(own.tags())),
                        made -> own.made(made.internetGateway().internetGatewayId()))
                .map(made -> made.internetGateway().internetGatewayId());
    }

    private Mono<Void> requestAttach(Own<InternetGateway> own, String id, String to) {
        return own.calls()
                .changing("AttachInternetGateway " + id + " to " + to, () -> account.ec2()
                        .attachInternetGateway(r -> r.internetGatewayId(id).vpcId(to)))
                .then();
    }

    private Mono<Void> requestDetach(Own<InternetGateway> own, String id, String from) {
        return own.calls()
                .changing("DetachInternetGateway " + id + " from " + from, () -> account.ec2()
                        .detachInternetGateway(r -> r.internetGatewayId(id).vpcId(from)))
                .onErrorResume(AwsFailures.hasCode("Gateway.NotAttached"), detached -> Mono.empty())
                .then();
    }

    private Mono<Void> requestDelete(Own<InternetGateway> own, String id) {
        return own.calls()
                .changing("DeleteInternetGateway " + id, () -> account.ec2()
                        .deleteInternetGateway(r -> r.internetGatewayId(id)))
                .then();
    }

    private static boolean isAttachedTo(InternetGateway gateway, String vpc) {
        return gateway.attachments().stream()
                .filter(attachment -> vpc.equals(attachment.vpcId()))
                // a gateway's attachment is "available", as an attached VPN gateway's is "attached"
                .map(InternetGatewayAttachment::stateAsString)
                .anyMatch(state -> state.equals("available") || state.equals("attached"));
    }

    private static Optional<String> toLack(InternetGateway gateway, String vpc) {
        return isAttachedTo(gateway, vpc) ? Optional.empty() : Optional.of("is not attached to " + vpc);
    }

    private Outputs toOutputs(InternetGateway gateway) {
        return into == null ? Outputs.none() : Outputs.of(into, gateway.internetGatewayId());
    }
}
