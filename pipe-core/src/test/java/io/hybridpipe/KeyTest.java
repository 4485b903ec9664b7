// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTest {
    @Test
    void twoKeysAreEqualWhenTheirNamesAre() {
        Key<String> text = Key.of("vpc", String.class);

        assertThat(text).isEqualTo(Key.of("vpc", Integer.class)).hasSameHashCodeAs(Key.of("vpc", Integer.class));
        assertThat(text).isEqualTo(text.secret()).isNotEqualTo(Key.of("vpc2", String.class));
    }

    @Test
    void aKeyPrintsAsItsName() {
        assertThat(Key.of("vpc-id", String.class)).hasToString("vpc-id");
    }

    @Test
    void aListKeyHasTheTypeOfTheList() {
        Key<List<String>> byClass = Key.listOf("names", String.class);
        Key<List<String>> byType = Key.of("names", new TypeRef<List<String>>() {});

        assertThat(byClass.type()).isEqualTo(byType.type()).hasSameHashCodeAs(byType.type());
        assertThat(byType.type()).isEqualTo(byClass.type());
        assertThat(byClass.type().getTypeName()).isEqualTo("java.util.List<java.lang.String>");
        assertThat(byClass.type())
                .isNotEqualTo(Key.listOf("names", Integer.class).type());
    }

    @Test
    void aTypeRefWritesDownAnyGenericType() {
        Key<Map<String, List<Integer>>> key = Key.of("ports", new TypeRef<Map<String, List<Integer>>>() {});

        assertThat(key.type().getTypeName())
                .isEqualTo("java.util.Map<java.lang.String, java.util.List<java.lang.Integer>>");
    }

    @Test
    void aNameHasOnlyLettersDigitsDotsDashesAndUnderscores() {
        assertThat(Key.of("a.B-c_9", String.class).name()).isEqualTo("a.B-c_9");
        assertThatThrownBy(() -> Key.of("vpc id", String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key name 'vpc id' must match [A-Za-z0-9._-]+");
        assertThatThrownBy(() -> Key.of("", String.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyIsAnInputThatReadsItself() {
        Key<String> key = Key.of("vpc", String.class);

        assertThat(key.reads()).isEqualTo(Set.of(key));
        assertThat(key.optionalReads()).isEmpty();
        assertThat(key.get(State.of(key, "vpc-1"))).isEqualTo("vpc-1");
        assertThat(key.find(State.empty())).isEmpty();
    }

    @Test
    void secretMakesACopyOfTheSameNameAndType() {
        Key<String> key = Key.of("psk", String.class);

        assertThat(key.isSecret()).isFalse();
        assertThat(key.secret().isSecret()).isTrue();
        assertThat(key.secret().type()).isEqualTo(String.class);
    }
}
