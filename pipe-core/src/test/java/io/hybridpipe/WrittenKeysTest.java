// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that could not be read back is found by its key's type before a run starts, not when a step has succeeded. */
class WrittenKeysTest {
    private record Holder(String name, List<Thread> threads) {}

    private sealed interface Bare {}

    private record BareCase(int x) implements Bare {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Listed.class))
    private sealed interface Half {}

    private record Listed(int x) implements Half {}

    private record Forgotten(int x) implements Half {}

    private static final class OneWay {
        @JsonValue
        String text() {
            return "";
        }
    }

    private static final class Client {
        private final String address;

        Client(String address, int retries) {
            this.address = address + retries;
        }

        @Override
        public String toString() {
            return address;
        }
    }

    private static Arguments refused(TypeRef<?> type, String why) {
        return Arguments.of(type.type(), why);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused(new TypeRef<Thread>() {}, "java.lang.Thread has no JSON form that can be read back"),
                refused(new TypeRef<Holder>() {}, "at 'threads[]': java.lang.Thread has no JSON form"),
                refused(new TypeRef<Map<String, List<Holder>>>() {}, "at '[][].threads[]': java.lang.Thread"),
                refused(new TypeRef<Secret<Thread>>() {}, "java.lang.Thread has no JSON form"),
                refused(new TypeRef<Optional<Supplier<String>>>() {}, "java.util.function.Supplier has no JSON form"),
                refused(new TypeRef<Optional<Optional<String>>>() {}, "an Optional in an Optional"),
                refused(new TypeRef<Object>() {}, "values of no known type cannot be read back"),
                refused(new TypeRef<List<?>>() {}, "at '[]': values of no known type"),
                refused(new TypeRef<Number>() {}, "java.lang.Number has no JSON form"),
                refused(new TypeRef<AtomicInteger>() {}, "java.util.concurrent.atomic.AtomicInteger"),
                refused(
                        new TypeRef<Map<Secret<String>, String>>() {},
                        "io.hybridpipe.Secret cannot be the key of a map"),
                refused(new TypeRef<Map<BareCase, String>>() {}, "BareCase cannot be the key of a map"),
                refused(
                        new TypeRef<Bare>() {},
                        "Bare does not say which class its values are of; it needs @JsonTypeInfo"),
                refused(new TypeRef<Half>() {}, "Forgotten is not among the @JsonSubTypes of"),
                refused(new TypeRef<OneWay>() {}, "OneWay has a @JsonValue but no @JsonCreator"),
                refused(new TypeRef<Client>() {}, "Client cannot be made when it is read; make it a record"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeReadBackIsToldByItsTypeAlone(java.lang.reflect.Type type, String why) {
        assertThat(Values.Form.JSON.problem(type).orElse("no problem")).contains(why);
    }

    private static final Key<Thread> NEEDED = Key.of("needed", Thread.class);
    private static final Key<Thread> MAYBE = Key.of("maybe", Thread.class);
    private static final Key<Thread> ITEM = Key.of("item", Thread.class);
    private static final Key<Client> CLIENT = Key.of("client", Client.class);
    private static final Key<Instant> FINE = Key.of("fine", Instant.class);

    @Test
    void eachKeyThatARunWouldWriteIsChecked() {
        Pipe pipe = Pipe.named("p")
                .needs(NEEDED)
                .step("look", Steps.reads(Input.optional(MAYBE)))
                .forEach(
                        "each",
                        Each.of(NEEDED.map(List::of), ITEM, Thread::getName),
                        body -> body.step("make", Steps.writes(CLIENT, new Client("a", 1))))
                .step("fine", Steps.writes(FINE, Instant.EPOCH))
                .build();

        assertThat(WrittenKeys.problems(pipe))
                .extracting(it -> it.split(" ", 3)[1])
                .containsExactly("'client'", "'item'", "'maybe'", "'needed'");
        assertThat(WrittenKeys.problems(pipe))
                .contains(
                        "key 'needed' of type java.lang.Thread cannot be written to a journal: java.lang.Thread has no"
                                + " JSON form that can be read back; use a record or a text that says how to get it");
    }

    @Test
    void whatANestedPipeIsGivenByAFunctionIsNotWrittenAndMayBeAnything() {
        Pipe nested = Pipe.named("nested")
                .needs(CLIENT)
                .step("look", Steps.reads(CLIENT))
                .build();
        Pipe pipe = Pipe.named("p")
                .needs(FINE)
                .pipe("nested", nested, wiring -> wiring.in(CLIENT, FINE.map(it -> new Client("a", 1))))
                .build();

        assertThat(WrittenKeys.problems(pipe)).isEmpty();
    }

    @Test
    void aRunThatCouldNotBeWrittenDownIsRefusedBeforeAnythingIsDone() {
        MemoryJournal journal = MemoryJournal.empty();
        Trial trial = new Trial().options(it -> it.journal(journal));
        Pipe pipe = Pipe.named("p").needs(NEEDED).step("a", trial.act("a")).build();

        trial.start(pipe, State.of(NEEDED, Thread.currentThread())).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message())
                .contains("key 'needed' of type java.lang.Thread cannot be written");
        assertThat(trial.calls).isEmpty();
        assertThat(journal.runs().block()).isEmpty();
    }

    @Test
    void withoutAJournalAValueMayBeOfAnyType() {
        Trial trial = new Trial();
        Pipe pipe = Pipe.named("p").needs(NEEDED).step("a", trial.act("a")).build();

        trial.start(pipe, State.of(NEEDED, Thread.currentThread())).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aSecretsKeyThatIsNoAesKeyIsRefusedBeforeAnythingIsDone() {
        Trial trial = new Trial()
                .options(it -> it.journal(MemoryJournal.empty()).secretsKey(new SecretKeySpec(new byte[5], "AES")));

        trial.start(trial.act("a").step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message())
                .contains("the secretsKey is no AES key of 128, 192 or 256 bits");
        assertThat(trial.calls).isEmpty();
    }
}
