// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.vns3.ApiClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a clock that runs by itself, a client that only polls gets through a controller's whole life. */
class LiveClockTest {

    @Test
    @Timeout(180)
    void aClientThatPollsSetsAControllerUpThroughBootAndReboot() throws Exception {
        try (SimClock clock = SimClock.scaled(200);
                SimVns3 controller =
                        SimVns3.builder().clock(clock).password("secret").start()) {
            ApiClient api = ApiClient.of(controller, "secret");
            awaitStatus(api, 200);
            assertThat(api.put("/license", SimVns3.licenseText("x")).status()).isEqualTo(200);
            Instant before = start(api.get("/status/system"));
            assertThat(api.put("/license/parameters", "{'default': true}").status())
                    .isEqualTo(200);
            awaitStart(api, before.plusSeconds(5));
            assertThat(api.put("/keyset", "{'token': 't'}").status()).isEqualTo(200);
            while (api.get("/keyset").response().path("in_progress").asBoolean()) {
                Thread.onSpinWait();
            }
            assertThat(api.get("/keyset").response().path("keyset_present").asBoolean())
                    .isTrue();
        }
    }

    private static void awaitStatus(ApiClient api, int wanted) {
        while (poll(api, "/config").status() != wanted) {
            Thread.onSpinWait();
        }
    }

    /** A client that polls may have no turn in the tenth of a second in which the controller is down. */
    private static void awaitStart(ApiClient api, Instant after) {
        Answer answer;
        do {
            answer = poll(api, "/status/system");
        } while (answer.status() != 200 || !start(answer).isAfter(after));
    }

    private static Instant start(Answer status) {
        return Instant.ofEpochSecond(status.response().path("timestamp_i").asLong()
                - status.response().path("uptime").asLong());
    }

    /** A status of -1 stands for no answer at all. */
    private static Answer poll(ApiClient api, String path) {
        try {
            return api.tryCall("GET", path, "", Duration.ofSeconds(2));
        } catch (IOException refused) {
            return new Answer(-1, "");
        }
    }
}
