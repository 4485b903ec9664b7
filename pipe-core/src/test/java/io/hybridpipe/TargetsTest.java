// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.MemoryJournal;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Runs of one pipe on the same input meet at one target, wherever and whenever they are started. */
class TargetsTest {
    private record Peer(String name, Secret<String> psk, Set<String> zones) {}

    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<URI> WHERE = Key.of("where", URI.class);
    private static final Key<String> LICENSE = Key.of("license", String.class).secret();
    private static final Key<Peer> PEER = Key.of("peer", Peer.class);
    private static final Key<Map<String, Integer>> SIZES = Key.of("sizes", new TypeRef<>() {});

    private final Secrets secrets = new Secrets();

    private String target(State input, Key<?>... needs) {
        return Targets.of(Pipe.named("fednet").needs(needs).build(), input, secrets);
    }

    @Test
    void itSaysThePipeAndItsInputByName() {
        State input = State.of(NAME, "orders").with(WHERE, URI.create("tcp://192.0.2.66/32"));

        assertThat(target(input, WHERE, NAME))
                .isEqualTo("fednet name=orders where=tcp://192.0.2.66/32")
                .isEqualTo(target(input, NAME, WHERE));
        assertThat(target(State.empty())).isEqualTo("fednet");
    }

    @Test
    void aTextWithSpacesCannotPassForTwoInputs() {
        assertThat(target(State.of(NAME, "a where=b"), NAME)).isEqualTo("fednet name=\"a where=b\"");
    }

    @Test
    void secretsDoNotCount() {
        State one = State.of(LICENSE, "one").with(PEER, new Peer("fed-1", Secret.of("psk-1"), Set.of()));
        State two = State.of(LICENSE, "two").with(PEER, new Peer("fed-1", Secret.of("psk-2"), Set.of()));

        assertThat(target(one, LICENSE, PEER))
                .isEqualTo("fednet peer={\"name\":\"fed-1\",\"zones\":[]}")
                .isEqualTo(target(two, LICENSE, PEER));
    }

    @Test
    void whatTheCallerCallsASecretOrWhatASecretOccursInDoesNotCount() {
        secrets.learn("horse battery", true);

        assertThat(target(State.of(NAME.secret(), "x"), NAME)).isEqualTo("fednet");
        assertThat(target(State.of(NAME, "the horse battery"), NAME)).isEqualTo("fednet");
    }

    @Test
    void theOrderOfMapsAndSetsDoesNotMatter() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("b", 2);
        sizes.put("a", 1);
        Set<String> zones = new LinkedHashSet<>(List.of("z", "y", "x"));
        State one = State.of(SIZES, sizes).with(PEER, new Peer("p", Secret.of("s"), zones));
        State two = State.of(SIZES, Map.of("a", 1, "b", 2))
                .with(
                        PEER,
                        new Peer(
                                "p",
                                Secret.of("s"),
                                Collections.unmodifiableSet(new LinkedHashSet<>(List.of("x", "y", "z")))));

        assertThat(target(one, SIZES, PEER))
                .isEqualTo("fednet peer={\"name\":\"p\",\"zones\":[\"x\",\"y\",\"z\"]} sizes={\"a\":1,\"b\":2}")
                .isEqualTo(target(two, SIZES, PEER));
    }

    @Test
    void aLongOneIsAHashThatIsTheSameInEveryJvm() {
        String longName = "x".repeat(200);

        assertThat(target(State.of(NAME, longName), NAME))
                .isEqualTo("fednet 5d14354e1d7f62f1a104bf9346589725")
                .isNotEqualTo(target(State.of(NAME, longName + "y"), NAME));
    }

    @Test
    void twoRunsOnTheSameInputMeetAndTwoOnOthersDoNot() {
        MemoryJournal journal = MemoryJournal.empty();

        Trial first = waiting(journal, "first", "one");
        Trial other = waiting(journal, "other", "two");
        Trial second = waiting(journal, "second", "one");

        assertThat(first.isSettled()).isFalse();
        assertThat(other.isSettled()).isFalse();
        assertThat(second.report().failure().orElseThrow().message())
                .startsWith("target p name=one is held by run first");
    }

    private static Trial waiting(MemoryJournal journal, String run, String name) {
        Trial trial = new Trial().options(it -> it.journal(journal).runId(RunId.of(run)));
        Act endless = trial.act("wait").runs(context -> Mono.never());
        return trial.start(Pipe.named("p").needs(NAME).step("wait", endless).build(), State.of(NAME, name));
    }
}
