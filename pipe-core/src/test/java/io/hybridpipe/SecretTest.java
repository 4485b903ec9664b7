// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretTest {
    private record Peer(String name, Secret<String> psk) {}

    private static final Peer PEER = new Peer("fed-1", Secret.of("correct horse"));

    @Test
    void aSecretPrintsAsThreeStarsAlsoInsideARecord() {
        assertThat(PEER.psk()).hasToString("***");
        assertThat(PEER).hasToString("Peer[name=fed-1, psk=***]");
    }

    @Test
    void theValueIsThereForWhoeverSendsIt() {
        assertThat(PEER.psk().reveal()).isEqualTo("correct horse");
        assertThat(PEER.psk().map(String::length).reveal()).isEqualTo(13);
    }

    @Test
    void secretsAreEqualByValue() {
        assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).hasSameHashCodeAs(Secret.of("a"));
        assertThat(Secret.of("a")).isNotEqualTo(Secret.of("b"));
    }

    @Test
    void outputsPrintTheValuesOfSecretKeysAsThreeStars() {
        Key<String> psk = Key.of("psk", String.class).secret();
        Key<Peer> peer = Key.of("peer", Peer.class);

        assertThat(Outputs.of(psk, "correct horse").and(peer, PEER))
                .hasToString("{psk=***, peer=Peer[name=fed-1, psk=***]}");
        assertThat(Found.done(Outputs.of(psk, "correct horse"))).hasToString("Done[outputs={psk=***}]");
    }

    @Test
    void withoutARegisteredFormSerialisingASecretThrowsAndSaysNothingOfIt() {
        assertThatThrownBy(() -> Json.compact().write(PEER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no JSON form here")
                .hasMessageNotContaining("horse")
                .hasNoCause();
    }

    @Test
    void aForeignMapperThatReadsPrivateFieldsThrowsToo() {
        ObjectMapper mapper = new ObjectMapper().setVisibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.ANY);

        assertThatThrownBy(() -> mapper.writeValueAsString(PEER))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageNotContaining("horse");
    }

    @Test
    void withTheMaskedFormASecretIsWrittenAsThreeStars() {
        assertThat(Json.compact().masking(Secret.class).write(Map.of("psk", PEER.psk())))
                .isEqualTo("{\"psk\":\"***\"}");
    }
}
