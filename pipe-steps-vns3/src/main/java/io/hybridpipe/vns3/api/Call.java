// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.net.Ip;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** One operation on one controller: its request, the envelope of its answer, and its name in messages. */
final class Call {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String method;
    private final String path;
    private final Ip address;
    private final BodyPublisher body;
    private final String contentType;

    private Call(String method, String path, Ip address, BodyPublisher body, String contentType) {
        this.method = method;
        this.path = path;
        this.address = address;
        this.body = body;
        this.contentType = contentType;
    }

    static Call of(String method, String path, Ip address) {
        return new Call(method, path, address, BodyPublishers.noBody(), "");
    }

    static Call of(String method, String path, Ip address, Map<String, Object> body) {
        try {
            return new Call(
                    method,
                    path,
                    address,
                    BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)),
                    "application/json");
        } catch (JsonProcessingException e) {
            // without the cause: its message may quote the body, which may hold a secret
            throw new IllegalArgumentException("the body of " + method + " " + path + " cannot be written as JSON");
        }
    }

    static Call ofText(String method, String path, Ip address, String body) {
        return new Call(method, path, address, BodyPublishers.ofString(body), "text/plain");
    }

    /** Whether the call may change something; if not, repeating it does no harm. */
    boolean changes() {
        return !method.equals("GET");
    }

    /** Sends the request, once for each subscription, and emits what is in the answer's envelope. */
    Mono<Fields> send(HttpClient http, URI base, Credentials credentials, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve("/api" + path))
                .timeout(timeout)
                .header("Accept", "application/json")
                .header(credentials.header(), credentials.value().reveal())
                .method(method, body);
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        HttpRequest built = request.build();
        // the JDK's timeout ends with the answer's head, so this one is for the rest; it is later, since the JDK's
        // knows whether
        // there was a connection at all
        return Mono.<HttpResponse<String>>create(sink -> exchange(http, built, sink))
                .timeout(timeout.plusMillis(500))
                .onErrorMap(failure -> Translator.noAnswer(this, failure))
                .map(this::open);
    }

    private static void exchange(HttpClient http, HttpRequest request, MonoSink<HttpResponse<String>> sink) {
        AtomicBoolean left = new AtomicBoolean();
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
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

    private Fields open(HttpResponse<String> answer) {
        int status = answer.statusCode();
        Optional<JsonNode> json = read(answer.body());
        Optional<Vns3Error> error = json.flatMap(it -> errorIn(it, status));
        if (error.isPresent() || status < 200 || status > 299) {
            throw Translator.answer(this, error.orElseGet(() -> new Vns3Error(status, "", "", "")), retryAfter(answer));
        }
        JsonNode body = json.orElseThrow(() -> Translator.notAController(this, status));
        return new Fields(body.has("response") ? body.path("response") : body);
    }

    private static Optional<JsonNode> read(String body) {
        try {
            return Optional.of(JSON.readTree(body));
        } catch (JsonProcessingException notJson) {
            // dropped, because its message quotes the answer, which may hold a secret
            return Optional.empty();
        }
    }

    /** An error envelope counts whatever the status says: controllers have answered 200 with one in it. */
    private static Optional<Vns3Error> errorIn(JsonNode answer, int status) {
        JsonNode error = answer.path("error");
        if (error.isMissingNode() || error.isNull()) {
            return Optional.empty();
        }
        Fields fields = new Fields(error);
        return Optional.of(new Vns3Error(
                status,
                Line.of(fields.text("name").orElse("")),
                Line.of(fields.text("message").orElse(error.isTextual() ? error.asText() : "")),
                Line.of(fields.text("log").orElse(""))));
    }

    private static Optional<Duration> retryAfter(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    /** Method, path and host; never a body or a header. */
    @Override
    public String toString() {
        return method + " /api" + path + " on " + address;
    }
}
