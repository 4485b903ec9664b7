// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class ViciTest {
    private static final int SEEDED = 2_000;

    @TempDir
    private Path folder;

    private static ByteBuffer hex(String text) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    private static String text(Random random, int atMost) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(atMost);
        for (int i = 0; i < length; i++) {
            text.append("abcXYZ019-_./ äß€=".charAt(random.nextInt(18)));
        }
        return text.toString();
    }

    private static ViciMessage message(Random random, int depth) {
        ViciMessage message = ViciMessage.empty();
        int fields = random.nextInt(5);
        for (int i = 0; i < fields; i++) {
            String name = i + text(random, 12);
            switch (random.nextInt(depth > 3 ? 2 : 3)) {
                case 0 -> message = message.with(name, text(random, 300));
                case 1 -> {
                    List<String> items = new ArrayList<>();
                    int count = random.nextInt(4);
                    while (items.size() < count) {
                        items.add(text(random, 40));
                    }
                    message = message.with(name, items);
                }
                default -> message = message.with(name, message(random, depth + 1));
            }
        }
        return message;
    }

    @Test
    void everyMessageIsReadAsItWasWritten() throws IOException {
        for (long seed = 0; seed < SEEDED; seed++) {
            ViciMessage message = message(new Random(seed), 0);
            assertThat(ViciMessage.decode(ByteBuffer.wrap(message.encode())))
                    .as("seed %d", seed)
                    .isEqualTo(message);
        }
    }

    /** Written by hand, from the element types in the protocol's README. */
    @Test
    void aMessageLooksAsTheProtocolDescribesIt() {
        ViciMessage message = ViciMessage.of("version", "2")
                .with(
                        "left",
                        ViciMessage.empty()
                                .with("auth", ViciMessage.of("id", "fed-1"))
                                .with("ts", List.of("10.1", "10.2")));
        assertThat(message.encode())
                .isEqualTo(hex("03 07 76657273696f6e 0001 32"
                                + "01 04 6c656674"
                                + "01 04 61757468"
                                + "03 02 6964 0005 6665642d31"
                                + "02"
                                + "04 02 7473"
                                + "05 0004 31302e31"
                                + "05 0004 31302e32"
                                + "06 02")
                        .array());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "03 04 6b6579            | ends inside of an element",
                "03 01 6b 0005 31        | ends inside of an element",
                "01 01 73                | ends inside of a list or section",
                "04 01 6c                | ends inside of a list or section",
                "02                      | section that did not begin",
                "06                      | list that did not begin",
                "05 0001 31              | outside of a list",
                "04 01 6c 03 01 6b 0000  | inside of a list",
                "07                      | unknown vici element 7",
                "00                      | unknown vici element 0",
            })
    void aMalformedMessageIsRefused(String bytes, String why) {
        assertThatThrownBy(() -> ViciMessage.decode(hex(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aDamagedMessageIsReadOrRefusedAndNothingElse() {
        for (long seed = 0; seed < SEEDED; seed++) {
            Random random = new Random(seed);
            byte[] bytes = message(random, 0).with("last", "one").encode();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            ByteBuffer damaged = ByteBuffer.wrap(bytes, 0, bytes.length - random.nextInt(2));
            assertThatCode(() -> {
                        try {
                            ViciMessage.decode(damaged);
                        } catch (IOException refused) {
                            assertThat(refused).hasMessageContaining("vici");
                        }
                    })
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whatDoesNotFitIsNotSent() {
        String name = "n".repeat(256);
        String value = "v".repeat(65_536);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ViciMessage.of(name, "").encode())
                .withMessageContaining("255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ViciMessage.of("key", value).encode())
                .withMessageContaining("65535");
        List<String> many = Collections.nCopies(9, value.substring(1));
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            assertThatThrownBy(
                            () -> charon.vici().call("load", ViciMessage.empty().with("many", many)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("at most 524288");
        }
    }

    @Test
    void anAnswerPrintsNoValuesSinceTheyMayBeKeys() {
        assertThat(ViciMessage.of("data", "s3cret-psk")).hasToString("ViciMessage[data]");
    }

    @Test
    void aCommandIsAnsweredAndItsConnectionEnds() throws IOException {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.answers(1, "", ViciMessage.of("daemon", "charon-systemd"));
            assertThat(charon.vici().call("version", ViciMessage.of("a", "b")).text("daemon"))
                    .contains("charon-systemd");
            assertThat(charon.request()).isEqualTo("0 version ViciMessage[a]");
        }
    }

    @Test
    void eventsAreCollectedUntilTheAnswerEvenOfARefusal() throws IOException {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.answers(5, null, null)
                    .answers(7, "control-log", ViciMessage.of("msg", "initiating"))
                    .answers(7, "control-log", ViciMessage.of("msg", "received AUTHENTICATION_FAILED notify error"))
                    .answers(1, "", ViciMessage.of("success", "no").with("errmsg", "establishing CHILD_SA failed"));
            Vici.Answer answer = charon.vici().stream("initiate", "control-log", ViciMessage.empty());
            assertThat(answer.success()).isFalse();
            assertThat(answer.error()).isEqualTo("establishing CHILD_SA failed");
            assertThat(answer.events())
                    .hasSize(2)
                    .last()
                    .isEqualTo(ViciMessage.of("msg", "received AUTHENTICATION_FAILED notify error"));
        }
    }

    @Test
    void aRefusedCommandIsAnErrorWithCharonsWords() {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.answers(1, "", ViciMessage.of("success", "no").with("errmsg", "invalid value for: proposals"));
            assertThatThrownBy(() -> charon.vici().call("load-conn", ViciMessage.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("load-conn: invalid value for: proposals");
        }
    }

    @Test
    void anUnknownCommandIsSaidToBeUnknown() {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.answers(2, null, null);
            assertThatThrownBy(() -> charon.vici().call("load-nothing", ViciMessage.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not know the command load-nothing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00080001", "ffffffff", "7fffffff"})
    void aPacketOfAnImpossibleLengthIsRefused(String length) {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.sends(hex(length).array());
            assertThatThrownBy(() -> charon.vici().call("version", ViciMessage.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a vici packet that says it has");
        }
    }

    @Test
    void aConnectionThatEndsTooEarlyIsAnError() {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            charon.sends(hex("00000010 01 03").array()).hangsUp();
            assertThatThrownBy(() -> charon.vici().call("version", ViciMessage.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("closed the vici socket");
        }
    }

    @Test
    void aCharonThatDoesNotAnswerIsGivenUp() {
        try (ScriptedCharon charon = ScriptedCharon.at(folder)) {
            assertThatThrownBy(() -> charon.vici(Duration.ofMillis(100)).call("version", ViciMessage.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not answer in time");
        }
    }

    @Test
    void aSocketThatIsNotThereIsSaidToBeThatOne() {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> Vici.at(nowhere, Duration.ofSeconds(1)).call("version", ViciMessage.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nowhere.toString());
    }
}
