// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PlantedTest {
    private static void on(String thread, Runnable work) throws InterruptedException {
        Thread started = new Thread(work, thread);
        started.start();
        TimeUnit.SECONDS.timedJoin(started, 10);
    }

    @Test
    void aHostIsLookedUpEvenIfItWasJustBefore() throws Exception {
        InetAddress.getByName("localhost");

        on("hybridpipe-2", Planted::lookUpHost);

        assertThat(Planted.wasSeenOn("hybridpipe-", "lookupAllHostAddr")).isTrue();
    }

    @Test
    void whatBlocksOnAThreadThatMayBlockIsNotSeen() throws Exception {
        on("may-block", Planted::readFile);

        assertThat(Planted.wasSeenOn("may-block")).isFalse();
    }
}
