// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hybridpipe.net.Ip;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Whatever answer the facts allow is understood, and nothing of it is lost or shown that is secret. */
class AnswersTest {
    private static final Facts FACTS = Facts.read();
    private static final long SEED = Long.getLong("hybridpipe.seed", 20_261_121L);
    private static final int TIMES = 40;

    /** What emits a part of its answer: the list in a field of it. */
    private static final Set<String> PARTS = Set.of("system().certificates()", "trafficPairs(endpoint).all()");

    private Answer answer = new Answer(200, Optional.empty(), new byte[0]);
    private Optional<String> asked = Optional.empty();
    private final Vns3Client client = new Vns3Client(Ip.of("10.1.0.5"), call -> {
        asked = Optional.of(FACTS.operation(call.method(), call.target().replaceFirst("\\?.*", "")));
        return Mono.just(answer);
    });

    static List<ClientOperation> operations() {
        return ClientOperation.all();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void anyAnswerIsUnderstoodAndNothingOfItIsLost(ClientOperation operation) {
        RandomArguments arguments = new RandomArguments(new Random(SEED));
        for (long seed = SEED; seed < SEED + TIMES; seed++) {
            Mono<Object> call = operation.call(client, arguments::of).cast(Object.class);
            answer = new Answer(200, Optional.empty(), "{}".getBytes(StandardCharsets.UTF_8));
            call.block();
            RandomAnswer random = new RandomAnswer(new Random(seed));
            JsonNode json = random.of(FACTS.answer(asked.orElseThrow()));
            String text = seed % 5 == 0
                    ? json.toString()
                    : JsonNodeFactory.instance
                            .objectNode()
                            .set("response", json)
                            .toString();
            answer = new Answer(200, Optional.empty(), text.getBytes(StandardCharsets.UTF_8));
            String what = "-Dhybridpipe.seed=" + seed + " " + operation + " answered " + text;
            Object read = call.blockOptional().orElse("");
            if (isRecord(operation.answer()) && !PARTS.contains(operation.toString())) {
                Set<String> lost = new HashSet<>(random.told());
                lost.removeAll(Told.in(read));
                assertThat(lost).as("what was lost of %s in %s", what, read).isEmpty();
            }
            random.secrets()
                    .forEach(secret -> assertThat(read.toString()).as(what).doesNotContain(secret));
            assertThat(call.blockOptional().orElse("")).as(what).isEqualTo(read).hasSameHashCodeAs(read);
        }
    }

    private static boolean isRecord(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class
                ? isRecord(list.getActualTypeArguments()[0])
                : type instanceof Class<?> plain && plain.isRecord();
    }
}
