// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is secret in a value is sealed or left out, and opens only with the key, for the run and in the place it was sealed for. */
class SealedValuesTest {
    private record Peer(String name, Secret<String> psk) {}

    private static final Key<Peer> PEER = Key.of("peer", Peer.class);
    private static final Key<List<String>> NOTES = Key.listOf("notes", String.class);
    private static final Key<String> LICENSE = Key.of("license", String.class).secret();
    private static final SecretKey KEY = aes(1, 32);

    private static SecretKey aes(int seed, int bytes) {
        byte[] key = new byte[bytes];
        Arrays.fill(key, (byte) seed);
        return new SecretKeySpec(key, "AES");
    }

    private final Secrets known = new Secrets();
    private final Values values = values("r", KEY);
    private final Values keyless = values("r", null);

    private Values values(String run, @Nullable SecretKey key) {
        return new Values(() -> RunId.of(run), known, key);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object written) {
        return (Map<String, Object>) written;
    }

    private static boolean isSealed(@Nullable Object written) {
        return written instanceof Map<?, ?> it && it.keySet().equals(java.util.Set.of("$sealed"));
    }

    @Test
    void onlyWhatIsSecretInsideIsSealedAndTheRestStaysReadable() {
        Map<String, Object> written = map(values.written(PEER, new Peer("fed-1", Secret.of("x"))));

        assertThat(written).containsEntry("name", "fed-1");
        assertThat(isSealed(written.get("psk"))).isTrue();
    }

    @Test
    void aTextInWhichAKnownSecretOccursIsSealedAndItsNeighboursStayReadable() {
        known.learn("horse battery", true);

        Object written = values.written(NOTES, List.of("plain", "the horse battery staple"));

        assertThat(written)
                .isInstanceOf(List.class)
                .asString()
                .contains("plain")
                .doesNotContain("horse");
        assertThat(values.read(NOTES, written)).contains(List.of("plain", "the horse battery staple"));
    }

    @Test
    void aNumberThatIsAKnownSecretIsSealed() {
        known.learn(20261121, true);

        Object written = values.written(Key.of("n", Integer.class), 20261121);

        assertThat(isSealed(written)).isTrue();
        assertThat(values.read(Key.of("n", Integer.class), written)).contains(20261121);
    }

    @Test
    void aMapWithAKnownSecretAmongItsNamesIsSealedWhole() {
        known.learn("horse battery", true);
        Key<Map<String, Integer>> key = Key.of("m", new TypeRef<>() {});

        Object written = values.written(key, Map.of("horse battery", 1));

        assertThat(isSealed(written)).isTrue();
        assertThat(values.read(key, written)).contains(Map.of("horse battery", 1));
    }

    @Test
    void withoutAKeyAnythingThatIsOrHoldsASecretIsLeftOutWholeAndMustBeAskedFor() {
        known.learn("horse battery", true);
        Map<String, Object> left = Map.of("$withheld", true);

        assertThat(keyless.written(LICENSE, "")).isEqualTo(left);
        assertThat(keyless.written(PEER, new Peer("fed-1", Secret.of("x")))).isEqualTo(left);
        assertThat(keyless.written(NOTES, List.of("plain", "horse battery"))).isEqualTo(left);
        assertThat(keyless.written(NOTES, List.of("plain"))).isEqualTo(List.of("plain"));
        assertThat(keyless.read(LICENSE, left)).isEmpty();
        assertThat(values.read(PEER, left)).isEmpty();
    }

    @Test
    void whatIsSealedMustBeAskedForByAResumeThatHasNoKey() {
        assertThat(keyless.read(LICENSE, values.written(LICENSE, "x"))).isEmpty();
        assertThat(keyless.read(PEER, values.written(PEER, new Peer("fed-1", Secret.of("x")))))
                .isEmpty();
    }

    @Test
    void anotherKeyIsRefusedInOneLineThatNamesTheKeyAndNotTheValue() {
        Object written = values.written(LICENSE, "the license");
        Object inside = values.written(PEER, new Peer("fed-1", Secret.of("the psk")));

        for (SecretKey other : List.of(aes(2, 32), aes(1, 16))) {
            assertThatThrownBy(() -> values("r", other).read(LICENSE, written))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the secretsKey does not fit what is sealed under key 'license', or that was changed since")
                    .hasNoCause();
            assertThatThrownBy(() -> values("r", other).read(PEER, inside)).hasMessageContaining("'peer'");
        }
    }

    @Test
    void whatIsSealedOpensInNoOtherRunUnderNoOtherKeyAndInNoOtherPlace() {
        Object written = values.written(LICENSE, "the license");
        Key<String> other = Key.of("other", String.class).secret();
        Key<List<Secret<String>>> list = Key.of("list", new TypeRef<>() {});
        List<?> two = (List<?>) values.written(list, List.of(Secret.of("a"), Secret.of("b")));

        assertThatThrownBy(() -> values("r2", KEY).read(LICENSE, written)).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> values.read(other, written)).hasMessageContaining("does not fit");
        assertThatThrownBy(() -> values.read(list, List.of(two.get(1), two.get(0))))
                .hasMessageContaining("does not fit");
        assertThat(values.read(list, two)).contains(List.of(Secret.of("a"), Secret.of("b")));
    }

    @Test
    void eachChangedByteIsNoticed() {
        String sealed = (String) map(values.written(LICENSE, "the license")).get("$sealed");
        byte[] bytes = Base64.getDecoder().decode(sealed);

        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            refused(Base64.getEncoder().encodeToString(changed));
            refused(Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, i)));
        }
        refused("no Base64!");
    }

    private void refused(String sealed) {
        assertThatThrownBy(() -> values.read(LICENSE, Map.of("$sealed", sealed)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'license'")
                .hasMessageContaining("does not fit");
    }

    @Test
    void theSameSecretIsSealedDifferentlyEachTime() {
        assertThat(values.written(LICENSE, "x")).isNotEqualTo(values.written(LICENSE, "x"));
    }

    @Test
    void secretsOfAnyLengthAndKindAreNotSeen() {
        Key<char[]> pin = Key.of("pin", char[].class).secret();
        Key<byte[]> raw = Key.of("raw", byte[].class).secret();
        Key<Secret<char[]>> hidden = Key.of("hidden", new TypeRef<>() {});
        Key<Optional<Secret<Boolean>>> flag = Key.of("flag", new TypeRef<>() {});

        assertThat(isSealed(values.written(pin, new char[] {'7'}))).isTrue();
        assertThat(isSealed(values.written(raw, new byte[] {7}))).isTrue();
        assertThat(isSealed(values.written(hidden, Secret.of(new char[] {'7'}))))
                .isTrue();
        assertThat(isSealed(values.written(flag, Optional.of(Secret.of(true))))).isTrue();
        assertThat((char[])
                        values.read(pin, values.written(pin, new char[] {'7'})).orElseThrow())
                .containsExactly('7');
    }

    @Test
    void aMapOfSomebodyThatLooksSealedIsNotTakenForOne() {
        Key<Map<String, String>> key = Key.of("m", new TypeRef<>() {});
        Map<String, String> odd = new LinkedHashMap<>();
        odd.put("$sealed", "AAAA");

        assertThat(isSealed(values.written(key, odd))).isFalse();
        assertThat(values.read(key, values.written(key, odd))).contains(odd);
    }

    @Test
    void whatIsOpenedIsASecretThatTheRunKnowsAgain() {
        Object license = values.written(LICENSE, "horse battery");
        Object peer = values.written(PEER, new Peer("fed-1", Secret.of("correct staple")));
        Secrets fresh = new Secrets();
        Values resumed = new Values(() -> RunId.of("r"), fresh, KEY);

        assertThat(resumed.read(LICENSE, license)).isPresent();
        assertThat(resumed.read(PEER, peer)).isPresent();

        assertThat(fresh.scrub("horse battery, correct staple, fed-1")).isEqualTo("***, ***, fed-1");
    }
}
