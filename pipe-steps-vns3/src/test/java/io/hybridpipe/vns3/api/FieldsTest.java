// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
    private static Fields fields(String json) {
        try {
            return new Fields(Facts.JSON.readTree(json.replace('\'', '"')));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    @Test
    void anAliasThatSaysTheSameIsReadAndOneThatSaysSomethingElseIsKept() {
        Fields same = fields("{'endpoint_id':3,'endpointid':'3'}");
        assertThat(same.number("endpoint_id", "endpointid")).contains(3);
        assertThat(same.other()).isEqualTo(OtherFields.none());
        Fields two = fields("{'endpoint_id':3,'endpointid':4}");
        assertThat(two.number("endpoint_id", "endpointid")).contains(3);
        assertThat(two.other().find("endpointid")).contains(4L);
    }

    @Test
    void whatIsOfAnotherTypeCountsAsMissingAndIsKept() {
        Fields fields = fields("{'metric':'high','enabled':{'by':'x'},'mtu':1e30}");
        assertThat(fields.number("metric")).isEmpty();
        assertThat(fields.either("enabled")).isEmpty();
        assertThat(fields.number("mtu")).isEmpty();
        assertThat(fields.other().names()).containsExactly("metric", "enabled", "mtu");
    }

    @Test
    void anObjectsOwnIdGoesBeforeTheKeyItStandsUnder() {
        assertThat(fields("{'2':{'id':3},'7':{},'x':{}}").all(Fields::id)).containsExactly(3, 7, 0);
    }

    @Test
    void whatIsNotReadOfAPartIsKeptUnderItsName() {
        Fields fields = fields("{'tunnel':{'id':5,'name':'a'},'cidr':'x'}");
        assertThat(fields.object("tunnel").number("id")).contains(5);
        assertThat(fields.text("cidr")).contains("x");
        assertThat(fields.other().find("tunnel")).contains(Map.of("name", "a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2019-07-19 19:44:02.191000+00:00",
                "2019-07-19T19:44:02Z",
                "2019-07-19 21:44:02+02:00",
                "2019-07-19 19:44:02",
                "1563565442",
            })
    void anInstantIsWrittenInManyWays(String text) {
        assertThat(fields("{'at':'" + text + "'}").instant("at")).contains(Instant.ofEpochSecond(1563565442));
    }

    @Test
    void otherFieldsArePlainValuesThatNobodyCanChangeAndNobodySees() {
        OtherFields other = fields("{'a':1,'b':[true,null,{'c':1.5}],'d':123456789012345678901234567890,'e':'secret'}")
                .other();
        assertThat(other.find("a")).contains(1L);
        assertThat(other.find("b")).contains(Arrays.asList(true, null, Map.of("c", 1.5)));
        assertThat(other.find("d")).contains(new BigInteger("123456789012345678901234567890"));
        assertThat(other.find("f")).isEmpty();
        assertThat(other).hasToString("[a, b, d, e]");
        assertThatThrownBy(() -> other.names().clear()).isInstanceOf(UnsupportedOperationException.class);
        List<?> inner = (List<?>) other.find("b").orElseThrow();
        assertThatThrownBy(inner::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((Map<?, ?>) inner.get(2)).clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
