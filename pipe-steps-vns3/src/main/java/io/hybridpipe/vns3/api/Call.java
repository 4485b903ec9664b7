// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** One operation on one controller: what it asks for, the envelope of its answer, and its name in messages. Immutable. */
final class Call {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_TYPE = "application/json";

    private final Ip address;
    private final Transport transport;
    private final String method;
    private final String path;
    private final String query;
    private final String contentType;
    private final Secret<byte[]> body;
    private final Optional<Vns3Version> since;

    private Call(
            Ip address,
            Transport transport,
            String method,
            String path,
            String query,
            String contentType,
            Secret<byte[]> body,
            Optional<Vns3Version> since) {
        this.address = address;
        this.transport = transport;
        this.method = method;
        this.path = path;
        this.query = query;
        this.contentType = contentType;
        this.body = body;
        this.since = since;
    }

    static Call of(Ip address, Transport transport, String method, String path) {
        return new Call(address, transport, method, path, "", "", Secret.of(new byte[0]), Optional.empty());
    }

    /** A part of a path that a caller chose. */
    static String segment(String text) {
        return encode(text);
    }

    /** A copy that carries this JSON. */
    Call with(Body json) {
        return with(JSON_TYPE, json.bytes());
    }

    /** A copy that carries this text. */
    Call with(Secret<String> text) {
        return with("text/plain", text.reveal().getBytes(StandardCharsets.UTF_8));
    }

    private Call with(String type, byte[] content) {
        return new Call(address, transport, method, path, query, type, Secret.of(content), since);
    }

    /** A copy with one more query parameter, if it has a value. */
    Call with(String name, Optional<?> value) {
        return value.map(each -> query(name, each.toString())).orElse(this);
    }

    private Call query(String name, String value) {
        String more = query + (query.isEmpty() ? "?" : "&") + name + "=" + encode(value);
        return new Call(address, transport, method, path, more, contentType, body, since);
    }

    /** A copy that says which version is needed if the controller does not know it. */
    Call since(String version) {
        return new Call(
                address, transport, method, path, query, contentType, body, Optional.of(Vns3Version.of(version)));
    }

    String method() {
        return method;
    }

    /** Path and query, below {@code /api}. */
    String target() {
        return path + query;
    }

    Optional<String> contentType() {
        return contentType.isEmpty() ? Optional.empty() : Optional.of(contentType);
    }

    byte[] body() {
        return body.reveal();
    }

    /** Whether the call may change something; if not, repeating it does no harm. */
    boolean changes() {
        return !method.equals("GET");
    }

    /** Sends it, once for each subscription, and emits what is in the answer's envelope. */
    Mono<Fields> answer() {
        return good().map(answer -> toFields(answer, json(answer).orElseThrow(() -> notAController(answer))));
    }

    /** The same for what may be answered with an empty body. */
    Mono<Fields> answerIfAny() {
        return good().map(answer -> answer.body().length == 0
                ? new Fields(MissingNode.getInstance())
                : toFields(answer, json(answer).orElseThrow(() -> notAController(answer))));
    }

    /** Sends it, once for each subscription, and emits the answer itself, which is in no envelope. */
    Mono<byte[]> file() {
        return good().map(Answer::body);
    }

    private Mono<Answer> good() {
        return Mono.defer(() -> transport.send(this))
                .doOnNext(this::refuseErrors)
                .onErrorResume(failure -> since.isPresent() && isNotFound(failure), this::orWhatIsNeeded);
    }

    private void refuseErrors(Answer answer) {
        Optional<Vns3Error> error = json(answer).flatMap(it -> errorIn(it, answer.status()));
        if (error.isPresent() || !answer.isGood()) {
            throw Translator.answer(
                    this, error.orElseGet(() -> new Vns3Error(answer.status(), "", "", "")), answer.retryAfter());
        }
    }

    /** What is not found may be what was asked for, or the operation itself; the controller's version tells which. */
    private Mono<Answer> orWhatIsNeeded(Throwable notFound) {
        return of(address, transport, "GET", "/config")
                .answer()
                .map(ControllerConfig::from)
                // whatever this look meets, what went wrong is that something was not found
                .onErrorResume(unknown -> Mono.empty())
                .flatMap(config -> Mono.justOrEmpty(config.version()))
                .filter(version ->
                        since.filter(needed -> version.compareTo(needed) < 0).isPresent())
                .<Answer>flatMap(version -> Mono.error(StepFailure.of(
                        FailureClass.PERMANENT,
                        this + " needs VNS3 " + since.map(Vns3Version::toString).orElse("") + " or later, it is "
                                + version,
                        notFound)))
                .switchIfEmpty(Mono.error(notFound));
    }

    private static boolean isNotFound(Throwable failure) {
        return Vns3Error.in(failure).filter(error -> error.status() == 404).isPresent();
    }

    private StepFailure notAController(Answer answer) {
        return Translator.notAController(this, answer.status());
    }

    private static Fields toFields(Answer answer, JsonNode json) {
        return new Fields(json.has("response") ? json.path("response") : json);
    }

    private static Optional<JsonNode> json(Answer answer) {
        try {
            return Optional.ofNullable(JSON.readTree(answer.body())).filter(json -> !json.isMissingNode());
        } catch (IOException notJson) {
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

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Method, path and host; never a query, a body or a header. */
    @Override
    public String toString() {
        return method + " /api" + path + " on " + address;
    }
}
