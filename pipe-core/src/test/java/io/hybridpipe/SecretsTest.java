// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Resource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final Key<String> PASSWORD = Key.of("password", String.class).secret();
    private static final String VALUE = "p4ss/w\"o+r d%ü";

    private record Account(String user, Secret<String> password) {}

    private static Secrets knowing(String value) {
        Secrets secrets = new Secrets();
        secrets.learn(PASSWORD, value);
        return secrets;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aSecretIsScrubbedRaw() {
        assertThat(knowing(VALUE).scrub("refused " + VALUE + "!")).isEqualTo("refused ***!");
    }

    @Test
    void aSecretIsScrubbedJsonEscaped() {
        assertThat(knowing(VALUE).scrub("{\"a\":\"p4ss/w\\\"o+r d%ü\"}")).isEqualTo("{\"a\":\"***\"}");
        assertThat(knowing(VALUE).scrub("{\"a\":\"p4ss\\/w\\\"o+r d%ü\"}")).isEqualTo("{\"a\":\"***\"}");
        assertThat(knowing("line-one\nline\ttwo").scrub("line-one\\nline\\ttwo"))
                .isEqualTo("***");
    }

    @Test
    void aSecretIsScrubbedUrlEncoded() {
        String form = URLEncoder.encode(VALUE, StandardCharsets.UTF_8);

        assertThat(knowing(VALUE).scrub("?p=" + form)).isEqualTo("?p=***");
        assertThat(knowing(VALUE).scrub("?p=" + form.replace("+", "%20"))).isEqualTo("?p=***");
        assertThat(knowing(VALUE).scrub("?p=p4ss%2fw%22o%2br%20d%25%c3%bc")).isEqualTo("?p=***");
    }

    @Test
    void aSecretIsScrubbedInBase64() {
        assertThat(knowing(VALUE).scrub("x " + Base64.getEncoder().encodeToString(bytes(VALUE))))
                .isEqualTo("x ***");
        assertThat(knowing(VALUE)
                        .scrub("x " + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(VALUE))))
                .isEqualTo("x ***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc", "admin"})
    void aSecretIsScrubbedAsPartOfUserAndPasswordInBase64(String user) {
        for (String password : List.of("seven77", "eight888", "nine99999", "ten-tententen")) {
            String header = Base64.getEncoder().encodeToString(bytes(user + ":" + password));

            String clean = knowing(password).scrub(header);

            String[] around = clean.split("\\*\\*\\*", -1);
            assertThat(around).hasSize(2);
            // a character of Base64 has six bits: at each end one may hold some of the secret and some of its neighbour
            assertThat(around[0]).hasSizeLessThanOrEqualTo(((user.length() + 1) * 8 + 5) / 6);
            assertThat(around[1].replace("=", "")).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void aLineOfASecretOfManyLinesIsScrubbedToo() {
        Secrets secrets = knowing("-----BEGIN KEY-----\nMIIBVgIBADANBg\n-----END KEY-----\n");

        assertThat(secrets.scrub("bad line MIIBVgIBADANBg")).isEqualTo("bad line ***");
    }

    @Test
    void aSecretShorterThanFourCharactersIsNotLookedForSinceItWouldBlotOutWords() {
        assertThat(knowing("a").scrub("a plain message")).isEqualTo("a plain message");
    }

    @Test
    void theLongerOfTwoSecretsGoesFirstSoThatNothingOfItIsLeft() {
        Secrets secrets = knowing("horse");
        secrets.learn(PASSWORD, "horse-battery");

        assertThat(secrets.scrub("horse-battery horse")).isEqualTo("*** ***");
    }

    @Test
    void aSecretInsideRecordsListsMapsAndOptionalsIsKnown() {
        Secrets secrets = new Secrets();
        Account account = new Account("root", Secret.of("correct-horse"));

        secrets.learn(Map.of("a", List.of(Optional.of(account))), false);

        assertThat(secrets.scrub("root correct-horse")).isEqualTo("root ***");
    }

    @Test
    void ofASecretKeyEveryTextInsideIsSecret() {
        Secrets secrets = new Secrets();

        secrets.learn(List.of("first-one", "second-one".toCharArray(), bytes("third-one")), true);

        assertThat(secrets.scrub("first-one second-one third-one")).isEqualTo("*** *** ***");
    }

    @Test
    void aFailureWithoutSecretIsLeftAsItIs() {
        Throwable failure = new IllegalStateException("refused", new RuntimeException("cause"));

        assertThat(knowing(VALUE).scrub(failure)).isSameAs(failure);
    }

    @Test
    void aFailureWhoseCauseNamesASecretIsReplacedByACopyWithClassNameAndStack() {
        Throwable cause = new IllegalArgumentException("password " + VALUE);
        Throwable failure = new IllegalStateException("refused", cause);
        failure.addSuppressed(new RuntimeException());

        Throwable clean = knowing(VALUE).scrub(failure);

        assertThat(clean)
                .hasToString("java.lang.IllegalStateException: refused")
                .hasMessage("refused")
                .satisfies(it -> assertThat(it.getStackTrace()).isEqualTo(failure.getStackTrace()));
        assertThat(clean.getCause())
                .hasToString("java.lang.IllegalArgumentException: password ***")
                .satisfies(it -> assertThat(it.getStackTrace()).isEqualTo(cause.getStackTrace()));
        assertThat(clean.getSuppressed()).hasSize(1);
        assertThat(clean.getSuppressed()[0]).hasToString("java.lang.RuntimeException");
    }

    @Test
    void aResourceIsScrubbedInAllItsParts() {
        Resource resource = new Resource(VALUE, VALUE, VALUE, "show " + VALUE);

        assertThat(knowing(VALUE).scrub(resource)).isEqualTo(new Resource("***", "***", "***", "show ***"));
    }
}
