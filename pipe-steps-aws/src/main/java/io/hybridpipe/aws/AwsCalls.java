// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.StepContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The calls of one step, or of somebody outside of every run, to one account: each cold, one request for each subscription,
 * its errors translated by {@link AwsFailures}; cancel reaches the request.
 *
 * <p><b>Pace:</b> each request, each page too, waits for its turn if the account's pace asks for it ({@link AwsAccount}): outside of
 * the attempt's timeout, without a thread, and before it counts as sent. A step that is told to stop while it waits gives up
 * its place and sends nothing.
 *
 * <p><b>Who retries:</b> nobody here, nor in the SDK: one subscription is one request, whatever becomes of it. A loop that waits
 * looks again; the engine tries the step again, as often as {@link AwsAccount#stepOptions()} says. Thread-safe.
 */
public final class AwsCalls {
    private static final String OUTSIDE_OF_RUNS = "";

    private final AwsAccount account;
    private final @Nullable StepContext context;

    AwsCalls(AwsAccount account, @Nullable StepContext context) {
        this.account = Objects.requireNonNull(account, "account");
        this.context = context;
    }

    /**
     * A call that only reads.
     *
     * @param what the action and what it is about, for messages
     */
    public <T> Mono<T> reading(String what, Supplier<CompletableFuture<T>> call) {
        return inTurn(what, turn -> Mono.fromFuture(call)
                .onErrorMap(failure -> AwsFailures.ofRead(account, what, failure))
                .doOnError(failure -> account.pace().failed(turn, failure)));
    }

    /**
     * All items of a paged read; the next page is asked for when those before it were taken.
     *
     * @param page asks for one page; its token is null for the first one
     * @param items what a page holds
     * @param next the token of the page after this one, null or empty on the last one
     */
    public <P, T> Flux<T> readingAll(
            String what,
            Function<@Nullable String, CompletableFuture<P>> page,
            Function<? super P, List<T>> items,
            Function<? super P, @Nullable String> next) {
        return reading(what, () -> page.apply(null))
                .expand(there -> Optional.ofNullable(next.apply(there))
                        .filter(token -> !token.isEmpty())
                        .map(token -> reading(what, () -> page.apply(token)))
                        .orElseGet(Mono::empty))
                .concatMapIterable(items, 1);
    }

    /**
     * A call that changes something; a step's is sent through {@link StepContext#mutate}.
     *
     * @param what the action and what it is about, for messages
     */
    public <T> Mono<T> changing(String what, Supplier<CompletableFuture<T>> call) {
        return changing(what, call, answer -> {});
    }

    /**
     * A call that makes something; its answer is told even when the step was stopped meanwhile, as long as the engine listens
     * to the call.
     *
     * @param told what is done with the answer, mostly {@link StepContext#made}
     */
    public <T> Mono<T> changing(String what, Supplier<CompletableFuture<T>> call, Consumer<? super T> told) {
        return inTurn(what, turn -> {
            Mono<T> change = Mono.fromFuture(call)
                    .onErrorMap(failure -> AwsFailures.ofChange(account, what, failure))
                    .doOnError(failure -> account.pace().failed(turn, failure))
                    .doOnNext(told);
            return context == null ? change : context.mutate(change);
        });
    }

    private <T> Mono<T> inTurn(String what, Function<Pace.Turn, Mono<T>> request) {
        return Mono.defer(() -> account.pace()
                .turnNow()
                .map(Mono::just)
                .orElseGet(this::nextTurn)
                .flatMap(turn -> account.readyToSign()
                        .onErrorMap(failure -> AwsFailures.ofRead(account, what, failure))
                        .then(Mono.defer(() -> request.apply(turn)))));
    }

    private Mono<Pace.Turn> nextTurn() {
        if (context == null) {
            return account.pace().turn(OUTSIDE_OF_RUNS);
        }
        return context.waiting(
                "a turn to call " + account.where(),
                account.pace().turn(context.runId().value()));
    }
}
