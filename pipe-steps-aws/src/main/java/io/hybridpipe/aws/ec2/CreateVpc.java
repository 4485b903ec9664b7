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
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.CreateVpcRequest;
import software.amazon.awssdk.services.ec2.model.Vpc;

/**
 * Makes a VPC and waits until EC2 shows it.
 *
 * <pre>{@code
 * CreateVpc.in(accountA).cidr(VPC_CIDR).into(VPC)
 * }</pre>
 *
 * <p><b>Reads</b> the input of the block; <b>writes</b> the VPC's id.
 *
 * <p><b>Idempotent</b> by the tags of pipe, run, step and token, which the create call sets, since CreateVpc takes no client
 * token: a VPC of an earlier attempt is gone on with.
 *
 * <p><b>Retries:</b> throttling, lost connections, a VPC that EC2 does not show yet. A block that EC2 does not take
 * ({@code InvalidVpc.Range}) and an account that has as many VPCs as it may ({@code VpcLimitExceeded}) are permanent.
 *
 * <p><b>Undo</b> deletes the VPC and waits until it is not seen any more; one that something still uses is tried again.
 *
 * <p>Calls and needs {@code ec2:} CreateVpc (also as a dry run before the run, if the block is known by then), CreateTags,
 * DescribeVpcs, DeleteVpc. Immutable.
 */
public final class CreateVpc implements Step {
    private final AwsAccount account;
    private final Input<? extends Cidr> cidr;
    private final @Nullable Key<String> into;
    private final Duration pollEvery;

    private CreateVpc(AwsAccount account, Input<? extends Cidr> cidr, @Nullable Key<String> into, Duration pollEvery) {
        this.account = account;
        this.cidr = cidr;
        this.into = into;
        this.pollEvery = pollEvery;
    }

    /** Starts the description of a VPC in this account and region. */
    public static CreateVpc in(AwsAccount account) {
        return new CreateVpc(account, Missing.call("cidr(..)"), null, Duration.ofSeconds(1));
    }

    /** The VPC's IPv4 block, from /16 to /28. */
    public CreateVpc cidr(Cidr block) {
        return cidr(Input.value(block));
    }

    /** The VPC's IPv4 block, from /16 to /28. */
    public CreateVpc cidr(Input<? extends Cidr> block) {
        return new CreateVpc(account, block, into, pollEvery);
    }

    /** Writes the VPC's id under the key. */
    public CreateVpc into(Key<String> key) {
        return new CreateVpc(account, cidr, key, pollEvery);
    }

    /** How long to wait between two looks; defaults to one second. */
    public CreateVpc pollEvery(Duration interval) {
        return new CreateVpc(account, cidr, into, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        Contract contract = Contract.of("CreateVpc").reading(cidr);
        return into == null ? contract : contract.writing(into);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<Vpc> own = own(context);
            return own.getOrMake(vpc -> true, requestVpc(own, cidr.get(state))).map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        Own<Vpc> own = own(context);
        return own.all().map(all -> toFound(own, all));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        Own<Vpc> own = own(context);
        return own.toRemove().flatMap(all -> own.remove(all, vpc -> requestDelete(own, vpc)));
    }

    /** Checks the credentials and, if the block is known, by a dry run that EC2 permits the VPC. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        Own<Vpc> own = own(context);
        return account.identity(own.calls())
                .then(Mono.defer(() -> Mono.justOrEmpty(cidr.find(state))))
                .flatMap(block -> requestDryRun(own, block));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Own<Vpc> own(StepContext context) {
        return new Own<>(Kind.VPC, account, context, pollEvery);
    }

    private Mono<String> requestVpc(Own<Vpc> own, Cidr block) {
        return own.calls()
                .changing(
                        "CreateVpc " + block,
                        () -> account.ec2().createVpc(toRequest(own, block)),
                        made -> own.made(made.vpc().vpcId()))
                .map(made -> made.vpc().vpcId());
    }

    private Mono<Void> requestDryRun(Own<Vpc> own, Cidr block) {
        return DryRun.of(own.calls(), "CreateVpc " + block, () -> account.ec2()
                .createVpc(toRequest(own, block).toBuilder().dryRun(true).build()));
    }

    private Mono<?> requestDelete(Own<Vpc> own, Vpc vpc) {
        return own.calls()
                .changing("DeleteVpc " + vpc.vpcId(), () -> account.ec2().deleteVpc(r -> r.vpcId(vpc.vpcId())));
    }

    private static CreateVpcRequest toRequest(Own<Vpc> own, Cidr block) {
        return CreateVpcRequest.builder()
                .cidrBlock(block.toString())
                .tagSpecifications(own.tags())
                .build();
    }

    private Found toFound(Own<Vpc> own, List<Vpc> all) {
        return own.toFound(all, vpc -> Optional.empty(), this::toOutputs);
    }

    private Outputs toOutputs(Vpc vpc) {
        return into == null ? Outputs.none() : Outputs.of(into, vpc.vpcId());
    }
}
