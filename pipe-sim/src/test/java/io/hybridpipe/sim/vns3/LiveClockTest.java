// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import java.io.IOException;
import java.time.Duration;
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
            assertThat(api.put("/license/parameters", "{'default': true}").status())
                    .isEqualTo(200);
            awaitStatus(api, -1);
            awaitStatus(api, 200);
            assertThat(api.put("/keyset", "{'token': 't'}").status()).isEqualTo(200);
            while (api.get("/keyset").response().path("in_progress").asBoolean()) {
                Thread.onSpinWait();
            }
            assertThat(api.get("/keyset").response().path("keyset_present").asBoolean())
                    .isTrue();
        }
    }

    /** Polls until a status is answered; -1 stands for no answer at all. */
    private static void awaitStatus(ApiClient api, int wanted) {
        int status;
        do {
            try {
                status =
                        api.tryCall("GET", "/config", "", Duration.ofSeconds(2)).status();
            } catch (IOException refused) {
                status = -1;
            }
        } while (status != wanted);
    }
}
