// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a step of a resumed run sees is what it would have seen without the crash. */
class RestoredValuesTest {
    private record Place(String name, Duration away) {}

    private static final RunId RUN = RunId.of("r");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<Place> HINT = Key.of("hint", Place.class);
    private static final Key<Map<String, List<Place>>> PLACES = Key.of("places", new TypeRef<>() {});
    private static final Key<String> TOKEN = Key.of("token", String.class).secret();
    private static final Key<Place> INNER = Key.of("inner", Place.class);
    private static final Key<List<Place>> ALL = Key.listOf("all", Place.class);
    private static final Place HERE = new Place("here", Duration.ofHours(1));

    private final MemoryJournal journal = MemoryJournal.empty();
    private final SecretKey key = new SecretKeySpec(new byte[16], "AES");
    private final List<Object> seen = new ArrayList<>();
    private boolean mended;

    /** Refuses until it is mended, and then shows what it sees. */
    private Step stopping(Contract contract, Function<State, Object> look) {
        return new Step() {
            @Override
            public Contract contract() {
                return contract.withEffect(Effect.none());
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                if (!mended) {
                    return Mono.error(StepFailure.permanent("not yet"));
                }
                seen.add(look.apply(state));
                return Mono.empty();
            }
        };
    }

    private Object seenAfterResume(Pipe pipe, State input, RunOptions options) {
        assertThatThrownBy(() -> pipe.run(
                                input, options.journal(journal).runId(RUN).onFailure(OnFailure.KEEP))
                        .block(LONG))
                .hasMessageContaining("not yet");
        mended = true;
        Runs.of(journal).resume(pipe, RUN, State.empty(), options).block(LONG);
        assertThat(seen).hasSize(1);
        return seen.get(0);
    }

    private Step opaque() {
        return Step.opaque((state, context) -> Mono.just(
                Outputs.of(PLACES, Map.of("a", List.of(HERE))).and(INNER, HERE).and(TOKEN, "horse battery")));
    }

    @Test
    void whatAnOpaqueStepWroteIsReadUnderTheTypeOfWhoReadsIt() {
        Pipe pipe = Pipe.named("p")
                .step("quick", opaque())
                .step(
                        "look",
                        stopping(
                                Contract.of("Look").reading(PLACES, TOKEN),
                                state -> List.of(
                                        state.get(PLACES), state.get(TOKEN), state.get(PLACES) == state.get(PLACES))))
                .build();

        assertThat(seenAfterResume(pipe, State.empty(), RunOptions.ofDefaults().secretsKey(key)))
                .isEqualTo(List.of(Map.of("a", List.of(HERE)), "horse battery", true));
    }

    @Test
    void whatAnOpaqueStepWroteCanBePassedToANestedPipeAndCollected() {
        Pipe nested = Pipe.named("nested")
                .needs(INNER)
                .gives(INNER)
                .step("inside", Steps.reads(INNER))
                .build();
        Pipe pipe = Pipe.named("p")
                .forEach(
                        "each",
                        Each.of(Input.value(List.of("x", "y")), NAME, Function.<String>identity())
                                .collect(INNER, ALL),
                        body -> body.step("quick", opaque()).pipe("nested", nested))
                .step("look", stopping(Contract.of("Look").reading(ALL), state -> state.get(ALL)))
                .build();

        assertThat(seenAfterResume(pipe, State.empty(), RunOptions.ofDefaults().secretsKey(key)))
                .isEqualTo(List.of(HERE, HERE));
    }

    @Test
    void inputThatIsReadOnlyIfItIsThereIsThereAgain() {
        Pipe pipe = Pipe.named("p")
                .needs(NAME)
                .step(
                        "look",
                        stopping(
                                Contract.of("Look").reading(NAME, Input.optional(HINT), Input.optional(TOKEN)),
                                state -> List.of(state.find(HINT), state.find(TOKEN))))
                .build();

        assertThat(seenAfterResume(pipe, State.of(NAME, "n").with(HINT, HERE), RunOptions.ofDefaults()))
                .isEqualTo(List.of(Optional.of(HERE), Optional.empty()));
    }

    @Test
    void aKeyThatOnlyTheCallerCallsASecretIsOneInTheJournalToo() {
        Pipe pipe = Pipe.named("p")
                .needs(NAME)
                .step("look", stopping(Contract.of("Look").reading(NAME), state -> state.get(NAME)))
                .build();

        assertThat(seenAfterResume(
                        pipe,
                        State.of(NAME.secret(), "x"),
                        RunOptions.ofDefaults().secretsKey(key)))
                .isEqualTo("x");
        assertThat(journal.records(RUN).toString()).contains("name={$sealed=").doesNotContain("name=x");
    }
}
