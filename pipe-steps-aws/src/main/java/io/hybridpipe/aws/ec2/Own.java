// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/**
 * The resources of one kind that one step of a run makes, known by the tags that their create calls set: found again whatever
 * became of an answer, waited for, and taken away.
 */
record Own<R>(Kind<R> kind, AwsAccount account, StepContext context, Duration pollEvery) {
    private static final int LOOKS_FOR_MADE = 10;

    AwsCalls calls() {
        return account.calls(context);
    }

    /**
     * A change that is the same however often it is sent, by a client token or by nature: when nobody knows whether it took
     * effect, the next attempt looks, and sends it again.
     */
    static <T> Mono<T> repeatable(Mono<T> change) {
        return change.onErrorMap(
                failure -> FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME,
                failure -> StepFailure.of(FailureClass.TRANSIENT, String.valueOf(failure.getMessage()), failure));
    }

    /** What a create call sets: pipe, run, step and token. */
    TagSpecification tags() {
        return tags(context.tags());
    }

    /** What a create call sets, from tags of the context and others. */
    TagSpecification tags(Map<String, String> tags) {
        return tags(kind.tagged(), tags);
    }

    /** What a create call sets on a thing that it makes along with its resource. */
    static TagSpecification tags(ResourceType tagged, Map<String, String> tags) {
        return TagSpecification.builder()
                .resourceType(tagged)
                .tags(tags.entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList())
                .build();
    }

    /** Those of this step in this run, of any attempt, before and after an undo; says that they are made. */
    Mono<List<R>> all() {
        return seen().doOnNext(found -> found.forEach(each -> made(kind.id().apply(each))));
    }

    /**
     * What an undo takes away: those of {@link #all}, and those that earlier calls said they made and that EC2 does not list by
     * tag yet. These are looked for by id, and count as gone if they are not seen in ten looks.
     */
    Mono<List<R>> toRemove() {
        return all().flatMap(listed -> {
            Set<String> known = listed.stream().map(kind.id()).collect(Collectors.toSet());
            List<String> unlisted = context.madeBefore().stream()
                    .filter(made -> made.isSameAs(toResource(made.id())))
                    .map(Resource::id)
                    .filter(id -> !known.contains(id))
                    .distinct()
                    .toList();
            return lookFor(unlisted)
                    .map(late -> Stream.concat(listed.stream(), late.stream()).toList());
        });
    }

    private Mono<List<R>> lookFor(List<String> ids) {
        if (ids.isEmpty()) {
            return Mono.just(List.of());
        }
        Mono<List<R>> look = search(kind.idFilter(), ids).collectList();
        return Looks.until(
                Looks.patient(look.filter(seen -> seen.size() == ids.size())),
                pollEvery,
                pollEvery.multipliedBy(LOOKS_FOR_MADE),
                () -> look);
    }

    /** Whether an earlier call of this step said that it made it. */
    boolean isMadeBefore(String id) {
        return context.madeBefore().stream().anyMatch(toResource(id)::isSameAs);
    }

    /** Those of {@link #all()}, without saying that they are made. */
    Mono<List<R>> seen() {
        return Mono.defer(() -> sight().search(filters())
                .filter(each -> ownerOf(each).isStepOf(context))
                .collectList());
    }

    /** Those that attempts since the last completed undo have made. */
    List<R> current(List<R> all) {
        return all.stream().filter(each -> ownerOf(each).isAttemptOf(context)).toList();
    }

    /**
     * What became of an attempt that makes exactly one.
     *
     * @param lack what one that is there still lacks, if anything
     */
    Found toFound(List<R> all, Function<R, Optional<String>> lack, Function<R, Outputs> toOutputs) {
        if (all.isEmpty()) {
            return Found.absent();
        }
        List<R> current = current(all);
        if (all.size() > 1 || current.isEmpty()) {
            String ids = all.stream().map(kind.id()).collect(Collectors.joining(", "));
            return Found.partly(ids + (current.isEmpty() ? ": from before an undo" : ": more than one"));
        }
        R one = current.get(0);
        return lack.apply(one)
                .map(text -> Found.partly(kind.id().apply(one) + " " + text))
                .orElseGet(() -> Found.done(toOutputs.apply(one)));
    }

    /** The one that fits and that an earlier attempt made, or else the one that the call makes, as soon as it is seen. */
    Mono<R> getOrMake(Predicate<? super R> fits, Mono<String> requestCreate) {
        return all().flatMap(all -> current(all).stream()
                .filter(fits)
                .findFirst()
                .map(Mono::just)
                .orElseGet(() -> requestCreate.flatMap(this::waitUntilSeen)));
    }

    /** The resource, as soon as EC2 shows it. */
    Mono<R> waitUntilSeen(String id) {
        return waitUntil(id, seen -> true, "is not seen");
    }

    /** The resource, as soon as it is as wanted. */
    Mono<R> waitUntil(String id, Predicate<? super R> wanted, String otherwise) {
        return waitUntilAll(List.of(id), wanted, otherwise).map(all -> all.get(0));
    }

    /** The resources in the order of their ids, as soon as each is as wanted; one look is for all of them. */
    Mono<List<R>> waitUntilAll(List<String> ids, Predicate<? super R> wanted, String otherwise) {
        return sight().waitUntilAll(ids, wanted, otherwise);
    }

    /** The resource, if it is seen. */
    Mono<R> find(String id) {
        return sight().find(id);
    }

    /** Those of this kind, whoever made them, that pass a filter of the Describe action. */
    Flux<R> search(String filter, List<String> values) {
        return sight().search(filter, values);
    }

    /**
     * What to make of a change that EC2 refused because something of this kind is in its way: an attempt of this step that came
     * through late is gone on with, anything else is named with its owner and left alone.
     */
    Mono<R> oursOrRefused(Throwable refusal, Flux<R> inTheWay) {
        return inTheWay.collectList().flatMap(there -> {
            List<R> ours = current(there);
            if (!ours.isEmpty()) {
                made(kind.id().apply(ours.get(0)));
                return Mono.just(ours.get(0));
            }
            String named = there.stream()
                    .map(each -> kind.id().apply(each) + " (" + ownerOf(each) + ")")
                    .collect(Collectors.joining(", "));
            return Mono.error(
                    there.isEmpty()
                            ? StepFailure.of(
                                    FailureClass.NOT_YET_VISIBLE,
                                    refusal.getMessage() + "; what is in the way is not seen yet",
                                    refusal)
                            : StepFailure.of(
                                    FailureClass.PERMANENT,
                                    refusal.getMessage() + "; in the way, and left as it is: " + named,
                                    refusal));
        });
    }

    /**
     * Takes away one after the other, until each is not seen any more.
     *
     * @param requestDelete deletes one; an answer that it does not exist ({@code ….NotFound}) is as good as success
     */
    Mono<Void> remove(List<R> all, Function<R, Mono<?>> requestDelete) {
        return removeUntil(all, requestDelete, gone -> false);
    }

    /** As {@link #remove}, for things that are still shown when they are gone. */
    Mono<Void> removeUntil(List<R> all, Function<R, Mono<?>> requestDelete, Predicate<? super R> isGone) {
        return Flux.fromIterable(all)
                .filter(isGone.negate())
                .concatMap(each -> remove(each, requestDelete, isGone))
                .then();
    }

    private Mono<Void> remove(R each, Function<R, Mono<?>> requestDelete, Predicate<? super R> isGone) {
        return sight().remove(each, requestDelete, isGone)
                .then(Mono.fromRunnable(() -> context.gone(toResource(kind.id().apply(each)))));
    }

    /** Says that the resource is made: to be called as soon as its id is known. */
    void made(String id) {
        context.made(toResource(id));
    }

    Resource toResource(String id) {
        return sight().toResource(id);
    }

    Owner ownerOf(R each) {
        return sight().ownerOf(each);
    }

    private Sight<R> sight() {
        return new Sight<>(kind, account, calls(), pollEvery);
    }

    private List<Filter> filters() {
        return Owner.keysOfStep().stream()
                .map(key -> Filter.builder()
                        .name("tag:" + key)
                        .values(Optional.ofNullable(context.tags().get(key)).orElse(""))
                        .build())
                .toList();
    }
}
