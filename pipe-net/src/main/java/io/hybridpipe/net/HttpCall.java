// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** One request as a Mono: each subscription sends it, a cancel closes its connection. */
final class HttpCall {
    private HttpCall() {}

    static <T> Mono<HttpResponse<T>> send(Supplier<HttpClient> client, HttpRequest request, BodyHandler<T> body) {
        // not Mono.fromFuture: the client wraps the cancellation, which Reactor then logs as a dropped error
        return Mono.create(sink -> {
            AtomicBoolean left = new AtomicBoolean();
            CompletableFuture<HttpResponse<T>> call = client.get().sendAsync(request, body);
            sink.onCancel(() -> {
                left.set(true);
                call.cancel(true);
            });
            call.whenComplete((response, error) -> {
                if (left.get()) {
                    return;
                }
                if (error == null) {
                    sink.success(response);
                } else {
                    sink.error(
                            error instanceof CompletionException && error.getCause() != null
                                    ? error.getCause()
                                    : error);
                }
            });
        });
    }
}
