// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import java.util.List;
import java.util.function.Function;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What was secret in the life before is secret after a resume, and a key that does not fit changes nothing. */
class ResumedSecretsTest {
    private static final String SECRET = "a very secret text";
    private static final Key<String> PSK = Key.of("psk", String.class);

    private final Trial trial = new Trial();
    private final Lives lives = new Lives(trial);

    private void sealedWith(int key) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) key;
        trial.options(it -> it.secretsKey(new SecretKeySpec(bytes, "AES")));
    }

    private Pipe pipeThatRepeatsIt() {
        Act a = trial.act("a");
        Act b = trial.act("b")
                .contract(it -> it.reading(PSK))
                .writing(Key.of("out", String.class), "the psk is " + SECRET);
        return Pipe.named("p").needs(PSK).element(a.step()).element(b.step()).build();
    }

    private void isNotWrittenWhenGiven(State given) {
        Pipe pipe = pipeThatRepeatsIt();
        lives.dyingAfter("RESULT a").start(pipe, State.of(PSK.secret(), SECRET));

        lives.resume(pipe, given);

        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(lives.records().toString()).doesNotContain(SECRET);
    }

    @Test
    void whatOnlyTheCallerCallsASecretIsOneAlsoWhenItIsGivenAgain() {
        isNotWrittenWhenGiven(State.of(PSK.secret(), SECRET));
    }

    @Test
    void aTextThatWasLeftOutIsASecretUnderWhateverKeyItIsGivenAgain() {
        isNotWrittenWhenGiven(State.of(PSK, SECRET));
    }

    @Test
    void aTextThatWasSealedIsASecretUnderWhateverKeyAnotherOneIsGivenForIt() {
        sealedWith(1);
        Pipe pipe = pipeThatRepeatsIt();
        lives.dyingAfter("RESULT a").start(pipe, State.of(PSK.secret(), "the one before"));

        lives.resume(pipe, State.of(PSK, SECRET));

        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(lives.records().toString()).doesNotContain(SECRET);
    }

    @Test
    void whatIsTooShortToBeLookedForIsSealedAgainWhenTheInputIsWrittenAgain() {
        sealedWith(1);
        Act a = trial.act("a").contract(it -> it.reading(PSK));
        Pipe pipe = Pipe.named("p").needs(PSK).element(a.step()).build();
        Pipe edited = Pipe.named("p")
                .needs(PSK)
                .element(a.step())
                .element(trial.act("appended").step())
                .build();
        lives.dyingAfter("RESULT a").start(pipe, State.of(PSK.secret(), "q~z"));

        lives.resume(edited, State.empty());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(lives.written()).filteredOn("RUN_STARTED p"::equals).hasSize(2);
        assertThat(lives.records().toString()).doesNotContain("q~z");
    }

    @Test
    void anotherSecretsKeyIsRefusedAlsoIfOnlyItemsAreSealed() {
        Act before = trial.act("before");
        Act a = trial.act("a");
        Pipe pipe = Pipe.named("p")
                .element(before.step())
                .forEach(
                        "each",
                        Each.of(
                                Input.value(List.of(Secret.of(SECRET))),
                                Key.of("item", new TypeRef<Secret<String>>() {}),
                                (Function<Secret<String>, String>) it -> "x"),
                        body -> body.element(a.step()))
                .build();
        sealedWith(1);
        lives.dyingAfter("INTENT a").start(pipe, State.empty());

        sealedWith(2);
        lives.resume(pipe, State.empty());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).startsWith("the secretsKey does not fit what is sealed under key 'item'");
        assertThat(before.there).isTrue();
    }

    @Test
    void anotherSecretsKeyIsRefusedAlsoIfOnlyTheOutputsOfAClosedScopeAreSealed() {
        Act door = trial.act("door").writing(Key.of("token", String.class).secret(), SECRET);
        Act a = trial.act("a");
        Act b = trial.act("b");
        Pipe pipe = Lives.pipe(door.around(a.step()), b.step());
        sealedWith(1);
        lives.dyingAfter("UNDO_RESULT door").start(pipe, State.empty());

        sealedWith(2);
        lives.resume(pipe, State.empty());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).startsWith("the secretsKey does not fit what is sealed under key 'token'");
    }
}
