// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.vns3.SimVns3;
import java.io.IOException;
import java.lang.reflect.Parameter;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Each operation on a real socket: what is on the wire, and what comes of the answer. */
@Timeout(180)
class EveryOperationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Secret<String> PASSWORD = Secret.of("i-0abc");
    private static final Ip ADDRESS = Ip.of("203.0.113.10");

    static Stream<Row> onStandIns() {
        return Rows.all().stream().filter(row -> row.script().isEmpty());
    }

    static Stream<Row> onScripts() {
        return Rows.all().stream().filter(row -> row.script().isPresent());
    }

    private static Stream<Row> newer() {
        return Rows.all().stream().filter(row -> row.since().isPresent());
    }

    static Stream<Row> allTimes() {
        return Rows.all().stream().filter(row -> row.since().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("onStandIns")
    void aStandInIsAskedAndUnderstoodOverTls(Row row) throws IOException {
        try (SimClock clock = SimClock.manual(NOW);
                SimVns3 controller = controller(row, clock)) {
            Map<String, String> known = new HashMap<>();
            for (Row.Past past : row.past()) {
                JsonNode answer = controller.configure(
                        past.method(), filled(past.path(), known), json(filled(past.body(), known)));
                clock.advance(Duration.ofMinutes(1));
                for (String name : List.of("id", "token", "uuid", "url")) {
                    if (answer.has(name)) {
                        known.put("$" + name, answer.path(name).asText());
                    }
                }
            }
            Vns3Client client = client(controller);
            controller.calls().clear();
            Optional<Object> emitted =
                    call(row, client, known).cast(Object.class).blockOptional(SOON);
            assertThat(row.answer().test(emitted.isPresent() ? emitted.get() : emitted))
                    .as("%s emitted %s", row, emitted)
                    .isTrue();
            assertThat(controller.calls().all()).hasSize(1);
            Call asked = controller.calls().all().get(0);
            SimRequest request = asked.request();
            check(
                    row,
                    known,
                    request.method() + " " + request.path().substring("/api".length())
                            + (request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery()),
                    request.body());
            assertThat(request.header("Content-Type"))
                    .isEqualTo(
                            row.body().isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(row.body().startsWith("{") ? "application/json" : "text/plain"));
        }
    }

    private static SimVns3 controller(Row row, SimClock clock) {
        SimVns3.Builder builder = builder(clock);
        return (row.fresh() ? builder : builder.inService()).start();
    }

    private static SimVns3.Builder builder(SimClock clock) {
        return SimVns3.builder()
                .clock(clock)
                .machine(PASSWORD.reveal())
                .address("10.1.0.10")
                .publicAddress(ADDRESS.toString())
                .running();
    }

    private static Vns3Client client(SimVns3 controller) {
        return Vns3Access.trusting(TlsTrust.fingerprint(controller.fingerprint()))
                .withUris(address -> controller.uri())
                .client(ADDRESS, Credentials.password(PASSWORD));
    }

    @ParameterizedTest
    @MethodSource("onScripts")
    void aScriptIsAskedAndUnderstood(Row row) throws IOException {
        try (ScriptedServer server = new ScriptedServer()) {
            server.answers(200, row.script().orElseThrow());
            Vns3Client client = Vns3Access.over(HttpClient.newHttpClient())
                    .withUris(address -> server.uri())
                    .client(ADDRESS, Credentials.password(PASSWORD));
            Optional<Object> emitted =
                    call(row, client, Map.of()).cast(Object.class).blockOptional(SOON);
            assertThat(row.answer().test(emitted.isPresent() ? emitted.get() : emitted))
                    .as("%s emitted %s", row, emitted)
                    .isTrue();
            check(
                    row,
                    Map.of(),
                    server.lastAsked().line().replace("/api/", "/"),
                    server.lastAsked().body());
        }
    }

    @Test
    void anOldStandInDoesNotKnowWhatIsNewerAndTheFailureSaysWhichVersionHasIt() {
        try (SimClock clock = SimClock.manual(NOW);
                SimVns3 controller =
                        builder(clock).version("4.8.4-20191220").inService().start()) {
            Vns3Client client = client(controller);
            newer().forEach(row -> StepVerifier.create(call(row, client, Map.of("$id", "1")))
                    .expectErrorSatisfies(failure -> {
                        assertThat(FailureClass.of(failure)).isEqualTo(FailureClass.PERMANENT);
                        assertThat(failure)
                                .hasMessageEndingWith(
                                        " needs VNS3 " + row.since().orElseThrow() + " or later, it is 4.8.4-20191220");
                        assertThat(Vns3Error.in(failure)).isPresent();
                    })
                    .verify(SOON));
        }
    }

    @ParameterizedTest
    @MethodSource("allTimes")
    void whatAllVersionsHaveNeedsNone(Row row) {
        Vns3Client client = new Vns3Client(ADDRESS, call -> Mono.just(new Answer(404, Optional.empty(), new byte[0])));
        StepVerifier.create(call(row, client, Map.of("$id", "1")))
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageEndingWith(" answered 404"))
                .verify(SOON);
    }

    @Test
    void noOperationIsWithoutARow() {
        Set<ClientOperation> missing = new HashSet<>(ClientOperation.all());
        Rows.all().forEach(row -> missing.remove(Rows.operation(row)));
        assertThat(missing).as("operations of the client without a row in Rows").isEmpty();
    }

    private static void check(Row row, Map<String, String> known, String line, String body) throws IOException {
        assertThat(line).isEqualTo(filled(row.request(), known));
        String wanted = filled(row.body(), known);
        if (wanted.startsWith("{")) {
            assertThat(Facts.JSON.readTree(body)).isEqualTo(Facts.JSON.readTree(json(wanted)));
        } else {
            assertThat(body).isEqualTo(wanted);
        }
    }

    private static Mono<?> call(Row row, Vns3Client client, Map<String, String> known) {
        List<Object> arguments = new ArrayList<>(Rows.onTheWay(row));
        row.arguments().forEach(each -> arguments.add(filled(each, known)));
        Deque<Object> next = new ArrayDeque<>(arguments);
        return Rows.operation(row).call(client, parameter -> toParameter(parameter, next.remove()));
    }

    private static Object toParameter(Parameter parameter, Object given) {
        boolean number = parameter.getType() == int.class && given instanceof String;
        return number ? Integer.valueOf((String) given) : given;
    }

    private static Object filled(Object argument, Map<String, String> known) {
        if (argument instanceof String text) {
            return filled(text, known);
        }
        if (argument instanceof Secret<?> secret && secret.reveal() instanceof String text) {
            return Secret.of(filled(text, known));
        }
        if (argument instanceof List<?> list) {
            return list.stream().map(each -> filled(each, known)).toList();
        }
        return argument;
    }

    private static String filled(String text, Map<String, String> known) {
        String filled = text;
        for (Map.Entry<String, String> each : known.entrySet()) {
            filled = filled.replace(each.getKey(), each.getValue());
        }
        return filled;
    }

    private static String json(String text) {
        return text.startsWith("{") ? text.replace('\'', '"') : text;
    }
}
