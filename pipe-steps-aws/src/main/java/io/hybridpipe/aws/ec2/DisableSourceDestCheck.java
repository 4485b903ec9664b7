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
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Lets a network interface take and send packets that are not its own, as a controller that routes for others must.
 *
 * <pre>{@code
 * DisableSourceDestCheck.in(accountA).networkInterface(CONTROLLER_ENI)
 * }</pre>
 *
 * <p><b>Reads</b> the input of the interface; <b>writes</b> nothing. An interface whose check is off already is left alone.
 *
 * <p><b>Idempotent:</b> the step first writes its token into a tag of the interface, {@code hybridpipe:source-dest-check}: the
 * check was turned off by it if and only if the interface bears that tag.
 *
 * <p><b>Retries:</b> throttling, lost connections, an interface that EC2 does not see yet.
 *
 * <p><b>Undo</b> turns the check on again if this step turned it off, and removes the tag; an interface that is gone is no error.
 *
 * <p>Calls and needs {@code ec2:} DescribeNetworkInterfaces, CreateTags, ModifyNetworkInterfaceAttribute (as a dry run before the
 * run, if the interface is known by then), DeleteTags. Immutable.
 */
public final class DisableSourceDestCheck implements Step {
    private static final String MARK = "hybridpipe:source-dest-check";
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration SEEN_WITHIN = Duration.ofMinutes(5);

    private final AwsAccount account;
    private final Input<? extends String> networkInterface;
    private final Duration pollEvery;

    private DisableSourceDestCheck(AwsAccount account, Input<? extends String> networkInterface, Duration pollEvery) {
        this.account = account;
        this.networkInterface = networkInterface;
        this.pollEvery = pollEvery;
    }

    /** For an interface in this account and region. */
    public static DisableSourceDestCheck in(AwsAccount account) {
        return new DisableSourceDestCheck(account, Missing.call("networkInterface(..)"), POLL);
    }

    /** The interface's id. */
    public DisableSourceDestCheck networkInterface(String id) {
        return networkInterface(Input.value(id));
    }

    /** The interface's id. */
    public DisableSourceDestCheck networkInterface(Input<? extends String> id) {
        return new DisableSourceDestCheck(account, id, pollEvery);
    }

    /** How often it looks whether the change is seen; default every second. */
    public DisableSourceDestCheck pollEvery(Duration interval) {
        return new DisableSourceDestCheck(account, networkInterface, Looks.positive(interval, "poll interval"));
    }

    @Override
    public Contract contract() {
        return Contract.of("DisableSourceDestCheck").reading(networkInterface);
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            String id = networkInterface.get(state);
            return getInterface(id, context)
                    .flatMap(there -> there.sourceDestCheck() ? turnOff(there, context) : Mono.empty())
                    .thenReturn(Outputs.none());
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> getInterface(networkInterface.get(state), context)
                .filter(there -> there.tagSet().contains(mark(context)))
                .map(there -> toFound(there, context))
                .onErrorResume(AwsFailures.hasCode("InvalidNetworkInterfaceID.NotFound"), gone -> Mono.empty())
                .defaultIfEmpty(Found.absent()));
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> getInterface(networkInterface.get(state), context)
                .filter(there -> there.tagSet().contains(mark(context)))
                // even when it is shown as on: what is shown may be old
                .flatMap(there -> turn(there, true, context)
                        .then(requestUnmark(there, context))
                        .then(Mono.<Void>fromRunnable(() -> context.gone(toResource(there)))))
                .onErrorResume(AwsFailures.hasCode("InvalidNetworkInterfaceID.NotFound"), gone -> Mono.empty()));
    }

    /** Checks the credentials and, if the interface is known, by a dry run that EC2 permits the change. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return account.identity(account.calls(context))
                .then(Mono.defer(() -> Mono.justOrEmpty(networkInterface.find(state))))
                .flatMap(id ->
                        DryRun.of(account.calls(context), "ModifyNetworkInterfaceAttribute " + id, () -> account.ec2()
                                .modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(id)
                                        .sourceDestCheck(value -> value.value(false))
                                        .dryRun(true))));
    }

    /** Those of {@link AwsAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AwsAccount.stepOptions();
    }

    private Mono<Void> turnOff(NetworkInterface there, StepContext context) {
        return requestMark(there, context).then(turn(there, false, context));
    }

    /** Until both the check and the mark are seen: without its mark an undo would not know the change. */
    private Mono<Void> turn(NetworkInterface there, boolean checked, StepContext context) {
        String id = there.networkInterfaceId();
        return requestCheck(there, checked, context)
                .then(Looks.until(
                        Looks.patient(getInterface(id, context)
                                .filter(seen -> seen.sourceDestCheck() == checked)
                                .filter(seen -> seen.tagSet().contains(mark(context)))),
                        pollEvery,
                        SEEN_WITHIN,
                        () -> Mono.error(StepFailure.of(
                                FailureClass.NOT_YET_VISIBLE,
                                "the check of " + id + " in " + account.where() + " is not seen to be "
                                        + (checked ? "on" : "off") + " after " + SEEN_WITHIN))))
                .then();
    }

    private Mono<NetworkInterface> getInterface(String id, StepContext context) {
        return account.calls(context)
                .reading("DescribeNetworkInterfaces " + id, () -> account.ec2()
                        .describeNetworkInterfaces(r -> r.networkInterfaceIds(id)))
                .flatMap(answer ->
                        Mono.justOrEmpty(answer.networkInterfaces().stream().findFirst()))
                .switchIfEmpty(Mono.error(() -> StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE, "network interface " + id + " is not in " + account.where())));
    }

    private Mono<Void> requestMark(NetworkInterface there, StepContext context) {
        String id = there.networkInterfaceId();
        return account.calls(context)
                .changing("CreateTags " + id, () -> account.ec2()
                        .createTags(r -> r.resources(id).tags(mark(context))))
                .then();
    }

    private Mono<Void> requestCheck(NetworkInterface there, boolean checked, StepContext context) {
        String id = there.networkInterfaceId();
        return account.calls(context)
                .changing(
                        "ModifyNetworkInterfaceAttribute " + id,
                        () -> account.ec2().modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(id)
                                .sourceDestCheck(value -> value.value(checked))),
                        changed -> {
                            if (!checked) {
                                context.made(toResource(there));
                            }
                        })
                .then();
    }

    private Mono<Void> requestUnmark(NetworkInterface there, StepContext context) {
        String id = there.networkInterfaceId();
        return account.calls(context)
                .changing("DeleteTags " + id, () -> account.ec2()
                        .deleteTags(r -> r.resources(id).tags(mark(context))))
                .then();
    }

    private static Tag mark(StepContext context) {
        return Tag.builder().key(MARK).value(context.token()).build();
    }

    private Found toFound(NetworkInterface there, StepContext context) {
        if (there.sourceDestCheck()) {
            return Found.partly(there.networkInterfaceId() + " bears the step's tag, but its check is on");
        }
        context.made(toResource(there));
        return Found.done(Outputs.none());
    }

    private Resource toResource(NetworkInterface there) {
        return account.resource(
                "AWS::EC2::NetworkInterface sourceDestCheck=false",
                there.networkInterfaceId(),
                "ec2 describe-network-interfaces --network-interface-ids " + there.networkInterfaceId());
    }
}
