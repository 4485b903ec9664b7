// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InventoryTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 one = controller();
    private final SimVns3 other = controller();

    private SimVns3 controller() {
        return SimVns3.builder().clock(clock).password("secret").inService().start();
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        clock.close();
    }

    private static void configure(SimVns3 controller, String method, String path, String body) {
        controller.configure(method, path, body.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "token    | /access/token          | {'name': 'run'}  | {'name': 'run', 'refreshes': true}",
                "fwset    | /v2/firewall/fwsets    | {'name': 'a', 'type': 'net', 'entries': [{'entry': '10.1.0.0/16'}]}"
                        + " | {'name': 'a', 'type': 'net', 'entries': [{'entry': '10.1.0.0/16', 'comment': 'ours'}]}",
                "subtable | /v2/firewall/subtables | {'name': 'a', 'type': 'input', 'rules': [{'rule': 'a -j DROP'}]}"
                        + " | {'name': 'a', 'type': 'input', 'rules': [{'rule': 'a -j DROP', 'comment': 'all'}]}",
            })
    void controllersOfDifferentConfigurationsHaveDifferentInventories(
            String kind, String path, String body, String different) {
        configure(one, "POST", path, body);
        configure(other, "POST", path, body);
        assertThat(one.inventory().of(kind)).isEqualTo(other.inventory().of(kind));
        try (SimVns3 third = controller()) {
            configure(third, "POST", path, different);
            assertThat(third.inventory().of(kind)).isNotEqualTo(one.inventory().of(kind));
        }
    }

    @ParameterizedTest
    @CsvSource({"token, /access/token", "access-url, /access/url"})
    void whatExpiredByHandIsConfiguredSoAndWhatTimeExpiredIsNot(String kind, String path) {
        configure(one, "POST", path, "{'name': 'run', 'expires': 60}");
        configure(other, "POST", path, "{'name': 'run', 'expires': 60}");
        configure(one, "PUT", path + "/1", "{'expired': true}");
        assertThat(one.inventory().of(kind)).isNotEqualTo(other.inventory().of(kind));
        Inventory before = other.inventory();
        clock.advance(Duration.ofMinutes(2));
        configure(other, "PUT", path + "/1", "{'expired': true}");
        assertThat(other.inventory()).isEqualTo(before);
    }

    @Test
    void aKindWithoutAnythingIsLeftOut() {
        assertThat(one.inventory().byKind())
                .doesNotContainKeys("token", "endpoint")
                .containsKey("config");
    }
}
