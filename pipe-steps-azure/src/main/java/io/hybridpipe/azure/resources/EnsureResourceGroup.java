// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceExpandedInner;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes a resource group if it is not there; one that is there is used as it is.
 *
 * <pre>{@code
 * EnsureResourceGroup.in(federation).named("fed").location("westeurope").into(GROUP)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs it is given; <b>writes</b> the name of the group, for steps that make something in it.
 *
 * <p><b>Idempotent</b> by the name. A group that exists keeps its tags, whoever made it; one in another location is refused,
 * before the run if name and location are known by then. One that is being deleted is waited for, and then made anew. Of two
 * programs that make the same group in the same second, the later one counts as its maker.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code ResourceGroupBeingDeleted}. A location that Azure does not have is
 * permanent.
 *
 * <p><b>Undo</b> deletes the group if this step made it, known by the tags of pipe, run and step, and nothing is in it; and waits
 * until it is gone. A group that still holds something is left as it is, and what is in it is listed: things of the same run
 * are waited for by trying again, others make the undo fail. Azure's list may lag behind a deletion, so each thing on it is looked
 * at by its id: only what is there counts. What somebody puts into the group between that list and the deletion goes with the
 * group: Azure has no deletion of a group on condition that it is empty.
 *
 * <p>Calls and needs {@code Microsoft.Resources/subscriptions/resourceGroups/} read, write and delete, {@code
 * …/resourceGroups/resources/read} and {@code Microsoft.Resources/subscriptions/providers/read} for an undo, which also looks at
 * what is in the group (without the permission to read a thing there, the thing counts as being there), and {@code Microsoft.Resources/subscriptions/read} when the name is known only
 * later in the run. Immutable.
 */
public final class EnsureResourceGroup implements Step {
    /** How many of the things that a group holds a failure lists. */
    private static final int LISTED = 10;

    private final AzureAccount account;
    private final @Nullable Input<? extends String> name;
    private final @Nullable Input<? extends String> location;
    private final @Nullable Key<String> into;

    private EnsureResourceGroup(
            AzureAccount account,
            @Nullable Input<? extends String> name,
            @Nullable Input<? extends String> location,
            @Nullable Key<String> into) {
        this.account = account;
        this.name = name;
        this.location = location;
        this.into = into;
    }

    /** Starts the description of a resource group in this account. */
    public static EnsureResourceGroup in(AzureAccount account) {
        return new EnsureResourceGroup(account, null, null, null);
    }

    /**
     * The name of the group.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public EnsureResourceGroup named(String name) {
        return named(Input.value(name));
    }

    /** The name of the group. */
    public EnsureResourceGroup named(Input<? extends String> name) {
        return new EnsureResourceGroup(
                account, NameRule.RESOURCE_GROUP.in("EnsureResourceGroup", name), location, into);
    }

    /** The region where the group's own data is kept, such as {@code westeurope}; what is in it may be elsewhere. */
    public EnsureResourceGroup location(String location) {
        return location(Input.value(location));
    }

    /** The region where the group's own data is kept, such as {@code westeurope}; what is in it may be elsewhere. */
    public EnsureResourceGroup location(Input<? extends String> location) {
        return new EnsureResourceGroup(account, name, location, into);
    }

    /** Writes the name of the group under the key. */
    public EnsureResourceGroup into(Key<String> key) {
        return new EnsureResourceGroup(account, name, location, Objects.requireNonNull(key, "key"));
    }

    /** How often to look while a group is being deleted; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public EnsureResourceGroup pollEvery(Duration interval) {
        return new EnsureResourceGroup(
                account.pollEvery(Looks.positive(interval, "poll interval")), name, location, into);
    }

    @Override
    public Contract contract() {
        Contract contract =
                Contract.of("EnsureResourceGroup").reading(given(name, "named"), given(location, "location"));
        return into == null ? contract : contract.writing(into);
    }

    /** Those of {@link AzureAccount#stepOptions()}. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(
                () -> getOrMake(group(state), given(location, "location").get(state), context)
                        .map(this::toOutputs));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Group group = group(state);
            return group.atRest()
                    .filter(there -> Group.owner(there.tags()).isStepOf(context))
                    .doOnNext(there -> context.made(group.toResource()))
                    .map(there -> Group.owner(there.tags()).isAttemptOf(context)
                            ? Found.done(toOutputs(there))
                            : Found.partly(group + " is from before an undo"))
                    .defaultIfEmpty(Found.absent());
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Group group = group(state);
            return group.atRest()
                    .filter(there -> Group.owner(there.tags()).isStepOf(context))
                    .flatMap(there -> contentOf(group, context)
                            .doOnNext(content -> refuseContent(group, content, context))
                            .then(group.delete(context)))
                    .then(Mono.fromRunnable(() -> context.gone(group.toResource())));
        });
    }

    /** Checks the credential, and, if name and location are known by then, that no group of that name is elsewhere. */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            Optional<? extends String> knownName = given(name, "named").find(state);
            Optional<? extends String> knownLocation =
                    given(location, "location").find(state);
            return knownName.isEmpty()
                    ? account.checkCredential()
                    : group(state)
                            .find()
                            .doOnNext(there -> knownLocation.ifPresent(wanted -> refuseElsewhere(there, wanted)))
                            .then();
        });
    }

    private Mono<ResourceGroupInner> getOrMake(Group group, String location, StepContext context) {
        // one after the other, or each of two siblings would find none and take the group for its own
        return account.inTurn(
                context,
                group.id(),
                group.atRest()
                        .doOnNext(there -> refuseElsewhere(there, location))
                        .filter(there -> !isFromBeforeUndo(there, context))
                        .doOnNext(there -> {
                            if (Group.owner(there.tags()).isStepOf(context)) {
                                context.made(group.toResource());
                            }
                        })
                        .switchIfEmpty(Mono.defer(() -> group.make(location, context))));
    }

    private static boolean isFromBeforeUndo(ResourceGroupInner there, StepContext context) {
        return Group.owner(there.tags()).isStepOf(context)
                && !Group.owner(there.tags()).isAttemptOf(context);
    }

    private void refuseElsewhere(ResourceGroupInner there, String wanted) {
        if (!plain(wanted).equals(plain(there.location()))) {
            throw StepFailure.permanent("use resource group " + there.name() + ": it is in " + there.location()
                    + ", not in "
                    + wanted + ", and a group cannot move; choose its location or another name (" + account.where()
                    + ")");
        }
    }

    /** Azure takes "West Europe" for westeurope. */
    private static String plain(String location) {
        return location.replace(" ", "").toLowerCase(Locale.ROOT);
    }

    /** What is in the group, without what is only listed still: its list lags behind deletions. */
    private Mono<List<GenericResourceExpandedInner>> contentOf(Group group, StepContext context) {
        ResourceCalls resources = new ResourceCalls(account, context, new ApiVersions(account)::of);
        return group.content()
                .flatMapMany(Flux::fromIterable)
                .filterWhen(listed -> isThere(resources, listed))
                .collectList();
    }

    private static Mono<Boolean> isThere(ResourceCalls resources, GenericResourceExpandedInner listed) {
        return Mono.fromCallable(() -> ResourceId.of(listed.id()))
                .flatMap(id -> resources.find(id).hasElement())
                .onErrorReturn(failure -> !FailureClass.isPassing(failure), true);
    }

    private void refuseContent(Group group, List<GenericResourceExpandedInner> content, StepContext context) {
        if (content.isEmpty()) {
            return;
        }
        int others = content.size() - LISTED;
        String text = "delete " + group + ": it is left as it is, since it holds "
                + content.stream()
                        .map(each -> each.type() + " " + each.name() + ", " + Group.owner(each.tags()))
                        .sorted()
                        .limit(LISTED)
                        .collect(Collectors.joining("; "))
                + (others > 0 ? "; and " + others + " more" : "") + " (" + account.where() + ")";
        boolean onlyOurs =
                content.stream().allMatch(each -> Group.owner(each.tags()).isOfRun(context));
        throw StepFailure.of(onlyOurs ? FailureClass.TRANSIENT : FailureClass.PERMANENT, text);
    }

    private Outputs toOutputs(ResourceGroupInner group) {
        return into == null ? Outputs.none() : Outputs.of(into, group.name());
    }

    private Group group(State state) {
        return new Group(account, given(name, "named").get(state));
    }

    private static <T> Input<? extends T> given(@Nullable Input<? extends T> input, String method) {
        if (input == null) {
            throw new IllegalStateException("EnsureResourceGroup: call " + method + "(..)");
        }
        return input;
    }
}
