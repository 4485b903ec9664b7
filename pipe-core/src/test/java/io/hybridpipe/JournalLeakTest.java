// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.json.Json;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Steps that blurt out every secret into all that a run writes down; each is a canary that is searched for in the records. */
class JournalLeakTest {
    private record Peer(String name, Secret<String> psk) {}

    private static final RunId RUN = RunId.of("r");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Key<String> LICENSE = Key.of("license", String.class).secret();
    private static final Key<Secret<String>> TOKEN = Key.of("token", new TypeRef<>() {});
    private static final Key<Peer> PEER = Key.of("peer", Peer.class);
    private static final Key<List<String>> NOTES = Key.listOf("notes", String.class);
    private static final Key<Peer> ITEM = Key.of("item", Peer.class);
    private static final Key<String> KEYSET = Key.of("keyset", String.class).secret();
    private static final Key<String> LOG = Key.of("log", String.class);
    private static final Key<Map<String, Secret<String>>> QUICK = Key.of("quick", new TypeRef<>() {});
    private static final Key<String> QUICK_LOG = Key.of("quick-log", String.class);

    private final Canaries canaries = new Canaries();
    private final String license = canaries.named("license");
    private final String token = canaries.named("token");
    private final String psk = canaries.named("psk");
    private final String item = canaries.named("item");
    private final String keyset = canaries.named("keyset");
    private final String quick = canaries.named("quick");
    private final String literal = canaries.named("literal");
    private final Input<Secret<String>> given = Input.value(Secret.of(literal));

    private final MemoryJournal journal = MemoryJournal.empty();
    private final List<Object> seen = new ArrayList<>();
    private boolean mended;

    private String everything() {
        return String.join(
                "\n",
                List.of(license, token, psk, item, keyset, quick, literal).stream()
                        .map(Canaries::blurt)
                        .toList());
    }

    private State input() {
        return State.of(LICENSE, license)
                .with(TOKEN, Secret.of(token))
                .with(PEER, new Peer("fed-1", Secret.of(psk)))
                .with(NOTES, List.of("plain", "it is " + license));
    }

    private Pipe pipe() {
        return Pipe.named("p")
                .needs(LICENSE, PEER, NOTES)
                .forEach(
                        "each",
                        Each.of(PEER.map(peer -> List.of(new Peer("a", Secret.of(item)))), ITEM, Peer::name),
                        body -> body.step("look", Steps.reads(ITEM)))
                .step(
                        "quick",
                        Step.opaque((state, context) -> Mono.just(Outputs.of(QUICK, Map.of("a", Secret.of(quick)))
                                .and(QUICK_LOG, "said " + quick + license))))
                .step(
                        "keyset",
                        Step.reading(LICENSE, Input.optional(TOKEN), given)
                                .writing(KEYSET, LOG)
                                .as((state, context) -> {
                                    given.get(state);
                                    context.made(new Resource("Thing", "id", "where", "before " + license + literal));
                                    return Mono.just(Outputs.of(KEYSET, keyset).and(LOG, everything()));
                                }))
                .step(
                        "stop",
                        Step.reading(LICENSE, TOKEN, PEER, NOTES, KEYSET, LOG, QUICK, QUICK_LOG)
                                .withoutEffect()
                                .as((state, context) -> {
                                    if (!mended) {
                                        return Mono.error(StepFailure.permanent("stop: " + everything()));
                                    }
                                    for (Key<?> key : all()) {
                                        seen.add(state.get(key));
                                    }
                                    return Mono.empty();
                                }))
                .build();
    }

    private static List<Key<?>> all() {
        return List.of(LICENSE, TOKEN, PEER, NOTES, KEYSET, LOG, QUICK, QUICK_LOG);
    }

    private List<Object> expected() {
        return List.of(
                license,
                Secret.of(token),
                new Peer("fed-1", Secret.of(psk)),
                List.of("plain", "it is " + license),
                keyset,
                everything(),
                Map.of("a", Secret.of(quick)),
                "said " + quick + license);
    }

    private void runUntilItStops(RunOptions options) {
        assertThatThrownBy(() -> pipe().run(
                                input().with(TOKEN.secret(), Secret.of(token)),
                                options.journal(journal).runId(RUN).onFailure(OnFailure.KEEP))
                        .block(LONG))
                .hasMessageContaining("stop: ***");
        mended = true;
    }

    private String journalled() {
        StringBuilder text = new StringBuilder();
        for (JournalRecord each : journal.records(RUN)) {
            text.append(each)
                    .append('\n')
                    .append(Json.compact().write(each.data()))
                    .append('\n');
        }
        return text.toString();
    }

    @Test
    void noSecretIsInAnyRecordAndWithTheKeyAllIsRestoredEqual() {
        SecretKey key = new SecretKeySpec(new byte[32], "AES");
        runUntilItStops(RunOptions.ofDefaults().secretsKey(key));

        Runs.of(journal)
                .resume(pipe(), RUN, State.empty(), RunOptions.ofDefaults().secretsKey(key))
                .block(LONG);

        assertThat(seen).isEqualTo(expected());
        assertThat(journalled())
                .contains("fed-1")
                .contains("plain")
                .contains("$sealed")
                .contains("before ***");
        assertThat(canaries.in(journalled())).isEmpty();
        assertThat(canaries.in(everything())).as("the same search finds them").hasSize(7 * 7);
    }

    @Test
    void withoutAKeyNoSecretIsInAnyRecordAndAResumeAsksForThemByName() {
        runUntilItStops(RunOptions.ofDefaults());

        assertThat(canaries.in(journalled())).isEmpty();
        assertThat(journalled()).contains("$withheld").doesNotContain("$sealed");
        assertThatThrownBy(() ->
                        Runs.of(journal).resume(pipe(), RUN, State.empty()).block(LONG))
                .hasMessageContaining("supply them: keyset, license, log, notes, peer, quick, quick-log, token");

        State given = input().with(KEYSET, keyset)
                .with(LOG, everything())
                .with(QUICK, Map.of("a", Secret.of(quick)))
                .with(QUICK_LOG, "said " + quick + license);
        Runs.of(journal).resume(pipe(), RUN, given).block(LONG);

        assertThat(seen).isEqualTo(expected());
        assertThat(canaries.in(journalled())).isEmpty();
    }
}
