// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.hound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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

    @Test
    void waitingForALockThatGuardsACacheIsNotSeen() throws Exception {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        for (Lock either : List.of(lock.readLock(), lock.writeLock())) {
            Thread waits = new Thread(
                    () -> {
                        either.lock();
                        either.unlock();
                    },
                    "hybridpipe-3");
            lock.writeLock().lock();
            waits.start();
            while (waits.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            lock.writeLock().unlock();
            waits.join();
        }

        assertThat(Planted.wasSeenOn("hybridpipe-", "Unsafe.park")).isFalse();
    }
}
