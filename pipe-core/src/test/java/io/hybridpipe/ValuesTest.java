// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.hybridpipe.event.RunId;
import io.hybridpipe.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each value is read back equal to what was written, and no secret is seen in what was written. */
class ValuesTest {
    private record Box<T>(String name, T content) {}

    private record Place(
            String street, int number, @Nullable String note) {
        boolean isEven() {
            return number % 2 == 0;
        }

        String getLabel() {
            return street + " " + number;
        }
    }

    private record Nothing() {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Sparse(@Nullable String name, List<String> list, Optional<Integer> number) {}

    private record Tree(String name, List<Tree> branches) {}

    private record Peer(String name, Secret<String> psk, List<Secret<Integer>> pins) {}

    private record Login(String user, Secret<Place> where, Optional<Secret<String>> token) {}

    /** Written by its text. */
    private static final class Colour {
        private final int rgb;

        private Colour(int rgb) {
            this.rgb = rgb;
        }

        @JsonCreator
        static Colour of(String text) {
            return new Colour(Integer.parseInt(text, 16));
        }

        @JsonValue
        String text() {
            return Integer.toHexString(rgb);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Colour it && it.rgb == rgb;
        }

        @Override
        public int hashCode() {
            return rgb;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "shape")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Circle.class, name = "circle"),
        @JsonSubTypes.Type(value = Square.class, name = "square")
    })
    private sealed interface Shape {}

    private record Circle(double radius) implements Shape {}

    private record Square(double side, Secret<String> mark) implements Shape {}

    /** A key, and a value that has what its type promises. */
    private record Sample<T>(Key<T> key, T value) {
        static <T> Sample<T> of(Class<T> type, T value) {
            return new Sample<>(Key.of("k", type), value);
        }

        static <T> Sample<T> of(TypeRef<T> type, T value) {
            return new Sample<>(Key.of("k", type), value);
        }

        @Override
        public String toString() {
            return key.type().getTypeName();
        }
    }

    static Stream<Sample<?>> samples() throws Exception {
        EnumMap<TimeUnit, Integer> units = new EnumMap<>(TimeUnit.class);
        units.put(TimeUnit.DAYS, 3);
        Map<String, @Nullable String> withNull = new LinkedHashMap<>();
        withNull.put("none", null);
        withNull.put("$sealed", "a name of our own");
        withNull.put("$withheld", "another");
        return Stream.of(
                Sample.of(String.class, "an é, a \" and a \n"),
                Sample.of(Boolean.class, true),
                Sample.of(Integer.class, -1),
                Sample.of(Long.class, Long.MAX_VALUE),
                Sample.of(Long.class, 1L),
                Sample.of(Short.class, (short) 7),
                Sample.of(Byte.class, (byte) -7),
                Sample.of(Character.class, '"'),
                Sample.of(Double.class, 0.1 + 0.2),
                Sample.of(Double.class, Double.NaN),
                Sample.of(Double.class, Double.NEGATIVE_INFINITY),
                Sample.of(Float.class, 1.1f),
                Sample.of(BigDecimal.class, new BigDecimal("1234567890123456789.10")),
                Sample.of(BigDecimal.class, new BigDecimal("1E+400")),
                Sample.of(BigInteger.class, BigInteger.TWO.pow(200)),
                Sample.of(TimeUnit.class, TimeUnit.HOURS),
                Sample.of(UUID.class, new UUID(1, 2)),
                Sample.of(URI.class, URI.create("https://example.org/a?b#c")),
                Sample.of(Path.class, Path.of("a/b")),
                Sample.of(Path.class, Path.of("/a b/c")),
                Sample.of(InetAddress.class, InetAddress.getByAddress("host", new byte[] {10, 0, 0, 1})),
                Sample.of(InetAddress.class, InetAddress.getByName("2001:db8::1")),
                Sample.of(Instant.class, Instant.parse("2026-01-02T03:04:05.123456789Z")),
                Sample.of(Duration.class, Duration.ofNanos(1_000_000_001)),
                Sample.of(LocalDate.class, LocalDate.of(2026, 1, 2)),
                Sample.of(OffsetDateTime.class, OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneOffset.ofHours(2))),
                Sample.of(ZonedDateTime.class, ZonedDateTime.parse("2026-07-02T03:04:05+02:00[Europe/Vienna]")),
                Sample.of(ZonedDateTime.class, ZonedDateTime.parse("2026-07-02T03:04:05Z[Etc/UTC]")),
                Sample.of(OptionalInt.class, OptionalInt.empty()),
                Sample.of(new TypeRef<>() {}, Optional.of(Instant.EPOCH)),
                Sample.of(new TypeRef<Optional<String>>() {}, Optional.empty()),
                Sample.of(new TypeRef<>() {}, List.of(Optional.of(1), Optional.<Integer>empty())),
                Sample.of(new TypeRef<>() {}, List.of(List.of(1L, 2L), List.<Long>of())),
                Sample.of(new TypeRef<>() {}, Set.of(Duration.ofDays(1), Duration.ofDays(2))),
                Sample.of(new TypeRef<Collection<Path>>() {}, List.of(Path.of("x"))),
                Sample.of(new TypeRef<>() {}, Map.of("a", List.of(new Place("s", 1, null)))),
                Sample.of(new TypeRef<>() {}, Map.of(TimeUnit.DAYS, new BigDecimal("1.50"))),
                Sample.of(new TypeRef<>() {}, Map.of(new Colour(0xabc), 1, new Colour(0xdef), 2)),
                Sample.of(new TypeRef<SortedMap<Integer, String>>() {}, new TreeMap<>(Map.of(2, "b", 10, "a"))),
                Sample.of(new TypeRef<>() {}, units),
                Sample.of(new TypeRef<>() {}, withNull),
                Sample.of(new TypeRef<>() {}, new Box<>("b", List.of(new Box<>("c", Instant.EPOCH)))),
                Sample.of(Place.class, new Place("street", 2, null)),
                Sample.of(Nothing.class, new Nothing()),
                Sample.of(Sparse.class, new Sparse(null, List.of(), Optional.empty())),
                Sample.of(Tree.class, new Tree("root", List.of(new Tree("leaf", List.of())))),
                Sample.of(Colour.class, new Colour(0x123456)),
                Sample.of(Shape.class, new Circle(1.5)),
                Sample.of(new TypeRef<List<Shape>>() {}, List.of(new Circle(1), new Square(2, Secret.of("x")))),
                Sample.of(new TypeRef<>() {}, Secret.of("x")),
                Sample.of(new TypeRef<>() {}, Secret.of(Map.of("a", List.of(Secret.of(1), Secret.of(2))))),
                Sample.of(new TypeRef<>() {}, Secret.of(Optional.<String>empty())),
                Sample.of(Peer.class, new Peer("p", Secret.of(""), List.of(Secret.of(1), Secret.of(12345)))),
                Sample.of(Login.class, new Login("u", Secret.of(new Place("s", 1, null)), Optional.empty())),
                Sample.of(
                        Login.class,
                        new Login("u", Secret.of(new Place("s", 1, "n")), Optional.of(Secret.of("token")))));
    }

    private final Values values =
            new Values(() -> RunId.of("r"), new Secrets(), new SecretKeySpec(new byte[32], "AES"));

    /** What another process finds: only what the text of the journal says. */
    private static Object reread(Object written) {
        return Objects.requireNonNull(Json.compact().read(Json.compact().write(written)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsWrittenIsReadBackEqual(Sample<?> sample) {
        Object written = values.written(sample.key(), sample.value());

        assertThat(values.read(sample.key(), written)).contains(sample.value());
        assertThat(values.read(sample.key(), reread(written))).contains(sample.value());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aTypeWhoseValuesAreReadBackHasNoProblem(Sample<?> sample) {
        assertThat(Values.Form.JSON.problem(sample.key().type())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theValueOfASecretKeyIsSealedWholeAndReadBackEqual(Sample<?> sample) {
        Key<?> secret = sample.key().secret();
        Object written = values.written(secret, sample.value());

        assertThat(written).asString().matches("\\{\\$sealed=[A-Za-z0-9+/=]+}");
        assertThat(values.read(secret, reread(written))).contains(sample.value());
    }

    @Test
    void arraysAreReadBackWithTheSameElements() {
        assertThat(again(char[].class, "secret".toCharArray())).isEqualTo("secret".toCharArray());
        assertThat(again(byte[].class, new byte[] {-1, 0, 1})).isEqualTo(new byte[] {-1, 0, 1});
        assertThat(again(Duration[].class, new Duration[] {Duration.ZERO})).isEqualTo(new Duration[] {Duration.ZERO});
    }

    private <T> Object again(Class<T> type, T value) {
        Key<T> key = Key.of("k", type);
        return values.read(key, reread(values.written(key, value))).orElseThrow();
    }

    @Test
    void bytesAreBase64AndWhatIsNotSecretCanBeReadByPeople() {
        assertThat(values.written(Key.of("k", byte[].class), new byte[] {1, 2, 3}))
                .isEqualTo("AQID");
        assertThat(values.written(Key.of("k", Place.class), new Place("street", 2, null)))
                .asString()
                .isEqualTo("{street=street, number=2, note=null}");
    }

    @Test
    void anAddressIsReadWithoutLookingItsNameUp() throws Exception {
        InetAddress address = InetAddress.getByAddress("no-such-host.invalid", new byte[] {10, 0, 0, 1});

        assertThat(again(InetAddress.class, address)).hasToString("no-such-host.invalid/10.0.0.1");
        assertThatThrownBy(() -> values.read(Key.of("k", InetAddress.class), "no-such-host.invalid"))
                .hasMessage("what was written under key 'k': it cannot be read as java.net.InetAddress"
                        + " (InvalidFormatException)");
    }

    @Test
    void aPathOfAnotherFileSystemIsReadFromThatFileSystem() {
        Path module = Path.of(URI.create("jrt:/java.base/java/lang/Object.class"));

        assertThat(again(Path.class, module)).isEqualTo(module);
    }

    @Test
    void whatHasAnotherTypeByNowIsRefusedWithTheKeyAndWithoutTheValue() {
        Object written = values.written(Key.of("k", String.class), "a text");

        assertThatThrownBy(() -> values.read(Key.of("k", Integer.class), written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("what was written under key 'k': it cannot be read as java.lang.Integer"
                        + " (InvalidFormatException)");
        assertThatThrownBy(() -> values.read(Key.of("k", Place.class), Map.of("street", "s")))
                .as("a record with a new component")
                .hasMessageContaining("key 'k'");
    }
}
