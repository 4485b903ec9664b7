// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The resources of one kind in an account and region, whoever made them: looked for, waited for, and taken away. */
record Sight<R>(Kind<R> kind, AwsAccount account, AwsCalls calls, Duration pollEvery) {
    private static final Duration SEEN_WITHIN = Duration.ofMinutes(5);
    private static final Duration GONE_WITHIN = Duration.ofMinutes(10);

    /** All that pass these filters of the Describe action. */
    Flux<R> search(List<Filter> filters) {
        return Flux.defer(() -> kind.search().all(account, calls, filters));
    }

    /** All that pass a filter of the Describe action; what EC2 does not know passes none. */
    Flux<R> search(String filter, List<String> values) {
        return search(List.of(Filter.builder().name(filter).values(values).build()))
                .onErrorResume(Sight::saysMissing, missing -> Flux.empty());
    }

    /** The resource, if it is seen. */
    Mono<R> find(String id) {
        return search(kind.idFilter(), List.of(id)).next();
    }

    /** The resources in the order of their ids, as soon as each is as wanted; one look is for all of them. */
    Mono<List<R>> waitUntilAll(List<String> ids, Predicate<? super R> wanted, String otherwise) {
        if (ids.isEmpty()) {
            return Mono.just(List.of());
        }
        Mono<List<R>> look = search(kind.idFilter(), ids)
                .filter(wanted)
                .filter(each -> ids.contains(idOf(each)))
                .sort(Comparator.comparingInt(each -> ids.indexOf(idOf(each))))
                .collectList()
                .filter(seen -> seen.size() == ids.size());
        return Looks.until(
                Looks.patient(look),
                pollEvery,
                SEEN_WITHIN,
                () -> Mono.error(StepFailure.of(
                        FailureClass.NOT_YET_VISIBLE,
                        String.join(", ", ids) + " in " + account.where() + " " + otherwise + " after "
                                + SEEN_WITHIN)));
    }

    /**
     * Takes one away, until it is not seen any more.
     *
     * @param requestDelete deletes it; an answer that it does not exist ({@code ….NotFound}) is as good as success
     * @param isGone whether it is gone although it is still shown
     */
    Mono<Void> remove(R each, Function<R, Mono<?>> requestDelete, Predicate<? super R> isGone) {
        return Mono.defer(() -> requestDelete.apply(each))
                .onErrorResume(Sight::saysMissing, gone -> Mono.empty())
                .then(waitUntilGone(idOf(each), isGone));
    }

    private Mono<Void> waitUntilGone(String id, Predicate<? super R> isGone) {
        Mono<Boolean> look = find(id).filter(isGone.negate()).hasElement().filter(there -> !there);
        return Looks.until(
                        Looks.patient(look),
                        pollEvery,
                        GONE_WITHIN,
                        () -> Mono.error(StepFailure.of(
                                FailureClass.TRANSIENT,
                                id + " in " + account.where() + " is still there " + GONE_WITHIN
                                        + " after its delete")))
                .then();
    }

    String idOf(R each) {
        return kind.id().apply(each);
    }

    Owner ownerOf(R each) {
        return new Owner(kind.tags().apply(each).stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    Resource toResource(String id) {
        return account.resource(kind.type(), id, kind.show() + " " + id);
    }

    private static boolean saysMissing(Throwable failure) {
        return AwsFailures.code(failure)
                .filter(code -> code.endsWith(".NotFound"))
                .isPresent();
    }
}
