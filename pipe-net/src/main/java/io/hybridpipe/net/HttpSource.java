// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Mono;

/** A document at an HTTP(S) URL, fetched by one GET without holding a thread. */
record HttpSource(URI uri, Optional<HttpClient> client) implements TextSource {
    /**
     * The URL written in this text.
     *
     * @throws IllegalArgumentException if it is none, or bears a password
     */
    static URI uri(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException bad) {
            // the text may bear a password or a signature: only its place is told
            throw new IllegalArgumentException("not a URL: " + bad.getReason()
                    + (bad.getIndex() < 0 ? "" : " at character " + (bad.getIndex() + 1)));
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("not a URL: it starts neither with http: nor with https:");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("not a URL: it names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    withoutSecrets(uri) + ": a URL must not bear a password; give a client with an authenticator");
        }
        return uri;
    }

    /** The URL as messages show it: queries and fragments often are signatures. */
    static String withoutSecrets(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + (uri.getRawPath() == null ? "" : uri.getRawPath())
                + (uri.getRawQuery() == null ? "" : "?…");
    }

    @Override
    public String shown() {
        return withoutSecrets(uri);
    }

    @Override
    public Mono<Fetched> fetch(int limit, StepContext context) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/json, application/yaml, text/plain;q=0.5, */*;q=0.1")
                .GET()
                .build();
        return HttpCall.send(() -> client.orElseGet(SharedHttpClient::get), request, BodyHandlers.ofPublisher())
                .flatMap(response -> toFetched(response, limit, context.clock()))
                .onErrorMap(error -> error instanceof StepFailure ? error : Unreachable.failure(shown(), error));
    }

    private Mono<Fetched> toFetched(HttpResponse<Publisher<List<ByteBuffer>>> response, int limit, Clock clock) {
        // a body that nobody reads holds its connection: leaving after the first bytes closes it
        if (response.statusCode() != 200) {
            return JdkFlowAdapter.flowPublisherToFlux(response.body())
                    .take(1)
                    .then(Mono.error(() -> toFailure(response, clock)));
        }
        String type = response.headers()
                .firstValue("Content-Type")
                .orElse("")
                .split(";")[0]
                .strip();
        return JdkFlowAdapter.flowPublisherToFlux(response.body())
                .collect(ByteArrayOutputStream::new, (all, buffers) -> add(all, buffers, limit))
                .map(all -> Fetched.of(all.toByteArray(), type, String.valueOf(uri.getPath())));
    }

    private void add(ByteArrayOutputStream all, List<ByteBuffer> buffers, int limit) {
        for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            all.writeBytes(bytes);
        }
        if (all.size() > limit) {
            throw StepFailure.permanent(shown() + ": it is longer than " + limit + " bytes");
        }
    }

    private StepFailure toFailure(HttpResponse<?> response, Clock clock) {
        int status = response.statusCode();
        String message = shown() + ": HTTP status " + status;
        Optional<Duration> retryAfter =
                response.headers().firstValue("Retry-After").flatMap(value -> retryAfter(value, clock));
        if (status == 429 || (status == 503 && retryAfter.isPresent())) {
            return StepFailure.throttled(retryAfter.orElse(Duration.ZERO), message, null);
        }
        boolean passing = status == 408 || status == 425 || status == 500 || (status >= 502 && status <= 504);
        return StepFailure.of(passing ? FailureClass.TRANSIENT : FailureClass.PERMANENT, message);
    }

    /** RFC 9110, 10.2.3: seconds, or a date. */
    static Optional<Duration> retryAfter(String value, Clock clock) {
        if (value.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            ZonedDateTime then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration left = Duration.between(clock.instant(), then.toInstant());
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeException neither) {
            return Optional.empty();
        }
    }
}
