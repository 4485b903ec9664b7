// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.resources.DeploymentCalls.Validated;
import io.hybridpipe.azure.resources.DeploymentWatch.Seen;
import io.hybridpipe.azure.resources.Doings.Doing;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.StepFailure;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The one deployment that a step of a run makes, from nothing to done, and found again.
 *
 * <p>The step's token is in its name, so that every attempt is the same deployment; its tags say whose it is, and which of its
 * resources were not there before.
 */
record DeploymentLife(
        DeploymentPlan plan,
        State state,
        StepContext context,
        DeploymentCalls calls,
        ResourceCalls resources,
        Told told) {
    private static final int LOOKS_AT_ONCE = 8;

    static DeploymentLife of(DeploymentPlan plan, State state, StepContext context) {
        // read when first needed; an undo goes on without it
        Mono<Optional<Template>> template = plan.template()
                .find(state, context)
                .map(Optional::of)
                .onErrorReturn(Optional.empty())
                .defaultIfEmpty(Optional.empty())
                .cache();
        ApiVersions versions = new ApiVersions(plan.account());
        DeploymentCalls calls = plan.calls(state, context);
        ResourceCalls resources = new ResourceCalls(plan.account(), context, id -> template.mapNotNull(
                        known -> known.flatMap(it -> it.apiVersion(id.type())).orElse(null))
                .switchIfEmpty(versions.of(id)));
        return new DeploymentLife(plan, state, context, calls, resources, Told.of(calls, resources));
    }

    /** Deploys the template, or goes on with the deployment that an earlier attempt has begun. */
    Mono<Outputs> make() {
        return calls.find().flatMap(this::goOn).switchIfEmpty(Mono.defer(() -> begin(NewOnes.of(told.all()))));
    }

    private Mono<Outputs> goOn(DeploymentExtendedInner there) {
        if (!isOwn(there)) {
            return Mono.error(StepFailure.permanent(calls.toString() + ": it is there already, " + owner(there)
                    + ", and is left as it is (" + plan.account().where() + ")"));
        }
        context.made(calls.toResource());
        boolean isBroken =
                AtRest.isFinal(Seen.state(there)) && !Seen.state(there).equals("Succeeded");
        // what a broken attempt has made is there by now, but not to stay when all is undone
        return isBroken
                ? begin(NewOnes.in(Seen.tags(there)).and(NewOnes.of(told.all())))
                : tellNew(there).then(Mono.defer(this::end));
    }

    /**
     * Says what a deployment is about to make whose acceptance nobody heard of: without its record, which somebody may delete, it
     * would not be known any more.
     */
    private Mono<Void> tellNew(DeploymentExtendedInner there) {
        NewOnes newOnes = NewOnes.in(Seen.tags(there));
        return told.lacks(newOnes) == 0
                ? Mono.empty()
                : plan.template()
                        .find(state, context)
                        .flatMap(template -> calls.requestValidate(plan.toBody(template, state, context.tags())))
                        .doOnNext(validated -> tell(validated.resources(), newOnes))
                        // each is said when it is made, too
                        .onErrorComplete()
                        .then();
    }

    private void tell(Collection<ResourceId> named, NewOnes newOnes) {
        named.stream().filter(newOnes::has).forEach(told::made);
    }

    private Mono<Outputs> begin(NewOnes before) {
        return plan.template()
                .get(state, context)
                .doOnNext(template -> plan.check(template, state))
                .flatMap(template -> ask(template).flatMap(isThere -> start(template, isThere, before)))
                .then(Mono.defer(this::end));
    }

    private Mono<Void> start(Template template, Map<ResourceId, Boolean> isThere, NewOnes before) {
        NewOnes newOnes = before.and(toNew(isThere, before));
        return calls.requestPut(plan.toBody(template, state, tags(newOnes)), () -> tell(isThere.keySet(), newOnes));
    }

    /** Which of the resources that the template names are there. */
    private Mono<Map<ResourceId, Boolean>> ask(Template template) {
        return calls.requestValidate(plan.toBody(template, state, context.tags()))
                .doOnNext(this::refuseWrong)
                .flatMapMany(validated -> Flux.fromIterable(validated.resources()))
                .flatMap(id -> resources.find(id).hasElement().map(there -> Map.entry(id, there)), LOOKS_AT_ONCE)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private void refuseWrong(Validated validated) {
        validated.error().ifPresent(error -> {
            throw calls.failure("validate " + calls, "", error);
        });
    }

    /** Those that are not there; says which are, since an undo leaves them as the template makes them. */
    private NewOnes toNew(Map<ResourceId, Boolean> isThere, NewOnes before) {
        Map<Boolean, List<ResourceId>> byPresence = isThere.entrySet().stream()
                .collect(Collectors.partitioningBy(
                        Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        String kept = byPresence.getOrDefault(true, List.of()).stream()
                .filter(id -> !before.has(id))
                .map(ResourceId::toString)
                .sorted()
                .collect(Collectors.joining(", "));
        if (!kept.isEmpty()) {
            context.progress(
                    0, isThere.size(), "resources; updates what was there before, which an undo leaves so: " + kept);
        }
        return NewOnes.of(byPresence.getOrDefault(false, List.of()));
    }

    private Map<String, String> tags(NewOnes newOnes) {
        Map<String, String> tags = new TreeMap<>(context.tags());
        tags.putAll(newOnes.toTags());
        return tags;
    }

    /** The outputs, when the deployment has succeeded. */
    private Mono<Outputs> end() {
        return watch().ended(plan.within())
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent(calls.toString() + ": it was deleted meanwhile ("
                        + plan.account().where() + ")")))
                .flatMap(seen -> seen.state().equals("Succeeded")
                        ? tellRemains(seen, unseen -> {})
                                .then(Mono.fromCallable(() -> plan.toOutputs(seen.outputs(), calls.toString())))
                        : failed(seen));
    }

    private Mono<Outputs> failed(Seen seen) {
        StepFailure failure = failure(seen);
        return tellRemains(seen, failure::addSuppressed).then(Mono.error(failure));
    }

    private StepFailure failure(Seen seen) {
        if (seen.state().equals("Canceled")) {
            return StepFailure.permanent(calls.toString() + ": somebody cancelled it ("
                    + plan.account().where() + ")");
        }
        String resource =
                seen.doings().firstFailure().map(doing -> doing.id().toString()).orElse("");
        return calls.failure(calls.toString(), resource, seen.error());
    }

    /**
     * A resource that could not be brought to its end may be there all the same, and one that was not begun is not; an undo looks
     * again at those that were not seen.
     */
    private Mono<Void> tellRemains(Seen seen, Consumer<Throwable> unseen) {
        Map<ResourceId, Doing> doings = seen.doings().byId();
        Set<ResourceId> open = new LinkedHashSet<>(told.all());
        doings.keySet().stream().filter(seen.newOnes()::has).forEach(open::add);
        open.removeIf(id -> doings.containsKey(id) && doings.get(id).isDone());
        return Flux.fromIterable(open)
                .flatMap(
                        id -> resources
                                .find(id)
                                .doOnNext(there -> told.made(id))
                                .switchIfEmpty(Mono.fromRunnable(() -> tellNotMade(id, doings.get(id))))
                                .doOnError(unseen)
                                // told by now, and no reason to hide why the deployment failed
                                .onErrorComplete(),
                        LOOKS_AT_ONCE)
                .then();
    }

    private void tellNotMade(ResourceId id, @Nullable Doing doing) {
        if (doing == null || doing.isOver()) {
            told.gone(id);
        }
    }

    /** What became of an attempt, as soon as the deployment is over. */
    Mono<Found> toFound() {
        return calls.find()
                .filter(this::isOwn)
                .doOnNext(there -> context.made(calls.toResource()))
                .flatMap(there -> tellNew(there).then(Mono.defer(() -> watch().ended(plan.within()))))
                .map(this::toFound)
                .defaultIfEmpty(Found.absent());
    }

    private Found toFound(Seen seen) {
        if (!seen.state().equals("Succeeded")) {
            return Found.partly(calls + " is " + seen.state());
        }
        try {
            return Found.done(plan.toOutputs(seen.outputs(), calls.toString()));
        } catch (StepFailure unusable) {
            return Found.partly(String.valueOf(unusable.getMessage()));
        }
    }

    /** Takes back what this step's deployment has made, wherever it was cut, and the record of it. */
    Mono<Void> remove() {
        return calls.find()
                .filter(this::isOwn)
                .flatMap(there -> new DeploymentUndo(calls, resources, told)
                        .takeBack(there)
                        .then(calls.requestDelete())
                        .thenReturn(there))
                .switchIfEmpty(new DeploymentUndo(calls, resources, told)
                        .takeBackTold()
                        .then(Mono.fromRunnable(this::tellGone)))
                .then();
    }

    private void tellGone() {
        if (context.madeBefore().stream().anyMatch(calls.toResource()::isSameAs)) {
            context.gone(calls.toResource());
        }
    }

    private DeploymentWatch watch() {
        return new DeploymentWatch(calls, told);
    }

    private boolean isOwn(DeploymentExtendedInner there) {
        return owner(there).isStepOf(context);
    }

    private static Owner owner(DeploymentExtendedInner there) {
        return new Owner(Seen.tags(there));
    }
}
