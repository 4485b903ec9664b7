// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.retry.StepFailure;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Puts one book on the shelf, as a step should. */
public class PutBook implements Step {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Shelf shelf;

    PutBook(Shelf shelf) {
        this.shelf = shelf;
    }

    @Override
    public Contract contract() {
        return Contract.of("PutBook");
    }

    @Override
    public StepOptions options() {
        return StepOptions.ofDefaults()
                .withRetry(RetryPolicy.ofAll(
                        new Backoff(Duration.ofMillis(500), Duration.ofSeconds(15), 12, Duration.ofMinutes(15))))
                .withVisibility(Duration.ofSeconds(5));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return context.mutate(request("POST", context).doOnNext(status -> context.made(toResource(context))))
                .thenReturn(Outputs.none());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return request("GET", context)
                .map(status -> status == 404 ? Found.absent() : Found.done(Outputs.none()))
                .doOnNext(found -> {
                    if (found instanceof Found.Done) {
                        context.made(toResource(context));
                    }
                });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return context.mutate(request("DELETE", context))
                .doOnNext(status -> context.gone(toResource(context)))
                .then();
    }

    private Mono<Integer> request(String method, StepContext context) {
        return Mono.fromFuture(() -> HTTP.sendAsync(
                        HttpRequest.newBuilder(shelf.of(context.token()))
                                .method(method, BodyPublishers.noBody())
                                .timeout(shelf.patience)
                                .build(),
                        BodyHandlers.discarding()))
                .onErrorMap(lost -> StepFailure.of(
                        method.equals("GET") ? FailureClass.TRANSIENT : FailureClass.UNKNOWN_OUTCOME,
                        "no answer",
                        lost))
                .flatMap(answer -> switch (answer.statusCode()) {
                    case 200, 404 -> Mono.just(answer.statusCode());
                    case 429 -> Mono.error(StepFailure.of(FailureClass.THROTTLED, "slow down"));
                    default ->
                        Mono.error(StepFailure.of(FailureClass.UNKNOWN_OUTCOME, "status " + answer.statusCode()));
                });
    }

    private static Resource toResource(StepContext context) {
        return Resource.of("book", context.token(), "shelf");
    }
}
