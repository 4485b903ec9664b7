// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** The way over HTTP: one request a call, with the caller's credentials, and an end to waiting. */
final class HttpTransport implements Transport {
    private final HttpClient http;
    private final URI base;
    private final Credentials credentials;
    private final Duration timeout;

    HttpTransport(HttpClient http, URI base, Credentials credentials, Duration timeout) {
        this.http = http;
        this.base = base;
        this.credentials = credentials;
        this.timeout = timeout;
    }

    @Override
    public Mono<Answer> send(Call call) {
        HttpRequest request = request(call);
        // the JDK's timeout ends with the answer's head, so this one is for the rest; it is later, since the JDK's
        // knows
        // whether there was a connection at all
        return Mono.<HttpResponse<byte[]>>create(sink -> exchange(request, sink))
                .timeout(timeout.plusMillis(500))
                .onErrorMap(failure -> Translator.noAnswer(call, failure))
                .map(response -> new Answer(response.statusCode(), retryAfter(response), response.body()));
    }

    private HttpRequest request(Call call) {
        byte[] body = call.body();
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/api" + call.target()))
                .timeout(timeout)
                .header("Accept", "application/json, */*;q=0.5")
                .header(credentials.header(), credentials.value().reveal())
                .method(call.method(), body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        call.contentType().ifPresent(type -> request.header("Content-Type", type));
        return request.build();
    }

    private void exchange(HttpRequest request, MonoSink<HttpResponse<byte[]>> sink) {
        AtomicBoolean left = new AtomicBoolean();
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, BodyHandlers.ofByteArray());
        sink.onCancel(() -> {
            left.set(true);
            answer.cancel(true);
        });
        answer.whenComplete((value, failure) -> {
            if (failure == null) {
                sink.success(value);
            } else if (!left.get()) {
                // the failure that a cancel causes has nobody to go to
                sink.error(failure);
            }
        });
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }
}
