// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.net.Ip;
import java.io.IOException;
import java.lang.reflect.Parameter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What is sent has the fields and types that the vendor's description says, whatever the arguments. */
class RequestTypesTest {
    private static final Facts FACTS = Facts.read();
    private static final long SEED = Long.getLong("hybridpipe.seed", 20_261_121L);
    private static final int TIMES = 30;

    private final List<Call> sent = new ArrayList<>();
    private final Vns3Client client = new Vns3Client(Ip.of("10.1.0.5"), call -> {
        sent.add(call);
        return Mono.just(new Answer(200, Optional.empty(), "{\"response\":{}}".getBytes(StandardCharsets.UTF_8)));
    });

    static List<ClientOperation> operations() {
        return ClientOperation.all();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void whatIsSentIsWhatTheDescriptionSays(ClientOperation operation) throws IOException {
        for (long seed = SEED; seed < SEED + TIMES; seed++) {
            RandomArguments arguments = new RandomArguments(new Random(seed));
            Map<Parameter, Object> given = new HashMap<>();
            Mono<?> call = operation.call(client, parameter -> given.computeIfAbsent(parameter, arguments::of));
            assertThat(sent).as("nothing is sent before somebody subscribes").isEmpty();
            call.block();
            assertThat(sent).as("one call a subscription").hasSize(1);
            Call one = sent.remove(0);
            check(one, "-Dhybridpipe.seed=" + seed + " " + operation + " with " + given.values() + " sent " + one);
            assertThat(given + " " + one).doesNotContain(RandomArguments.CANARY);
        }
    }

    private static void check(Call call, String what) throws IOException {
        String[] target = call.target().split("\\?", 2);
        String operation = FACTS.operation(call.method(), target[0]);
        if (target.length == 2) {
            for (String pair : target[1].split("&")) {
                String[] parameter = pair.split("=", 2);
                JsonNode type = FACTS.query(operation).path(parameter[0]);
                assertThat(type.isMissingNode())
                        .as("%s: query parameter %s", what, parameter[0])
                        .isFalse();
                String value = URLDecoder.decode(parameter[1], StandardCharsets.UTF_8);
                assertThat(Facts.fits(Facts.word(value, type), type))
                        .as("%s: query %s=%s is %s", what, parameter[0], value, type)
                        .isTrue();
            }
        }
        JsonNode request = FACTS.request(operation);
        if (request.asText().equals("text")) {
            assertThat(call.contentType()).as(what).contains("text/plain");
        } else if (call.body().length > 0) {
            assertThat(call.contentType()).as(what).contains("application/json");
            JsonNode body = Facts.JSON.readTree(call.body());
            body.properties().forEach(field -> assertThat(Facts.fits(field.getValue(), request.path(field.getKey())))
                    .as("%s: %s is %s", what, field, request.path(field.getKey()))
                    .isTrue());
            FACTS.required(operation)
                    .forEach(name -> assertThat(NEEDS_MORE.contains(operation) || body.has(name.asText()))
                            .as("%s has the required %s", what, name)
                            .isTrue());
        } else {
            assertThat(request.isMissingNode() || FACTS.required(operation).isEmpty())
                    .as("%s has a body", what)
                    .isTrue();
        }
    }

    /** Those whose settings may be empty for a change, and are the same for making one. */
    private static final List<String> NEEDS_MORE =
            List.of("POST /interfaces/system", "POST /interfaces/system/{interface_id}/addresses");
}
