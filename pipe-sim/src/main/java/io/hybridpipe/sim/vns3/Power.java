// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimServer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether a controller is up: its phases after a launch and a reboot, on the clock.
 *
 * <p>It has a lock of its own, under which nothing but the server is called, so that a cloud may end a machine while it
 * answers for itself.
 */
final class Power {
    private static final long ANSWERING_MILLIS = 1_000;

    enum Phase {
        REFUSED,
        BAD_GATEWAY,
        UNAVAILABLE,
        NO_PASSWORD,
        UP,
        CLOSED
    }

    private final SimClock clock;
    private final SimServer server;
    private final Boot boot;
    private final Runnable wentDown;
    private final Runnable cameUp;
    private volatile Phase phase = Phase.REFUSED;
    private volatile int boots;
    private volatile Instant startedAt;

    Power(SimClock clock, SimServer server, Boot boot, Runnable wentDown, Runnable cameUp) {
        this.clock = clock;
        this.server = server;
        this.boot = boot;
        this.wentDown = wentDown;
        this.cameUp = cameUp;
        this.startedAt = clock.instant();
    }

    Phase phase() {
        return phase;
    }

    /** Which boot this is, from 0; what was begun in another one is lost. */
    int boots() {
        return boots;
    }

    Instant startedAt() {
        return startedAt;
    }

    void launch() {
        enter(Phase.REFUSED, true, boots);
    }

    void alreadyUp() {
        phase = Phase.UP;
    }

    /**
     * Goes down after the usual delay, but not before the answer that announces it has gone out.
     *
     * @param answered completes when it has; a moment of real time is granted for that, after which going down waits too
     */
    void goDownSoon(CompletableFuture<Void> answered) {
        int current = boots;
        clock.after(boot.goesDownAfter(), () -> {
            try {
                answered.get(ANSWERING_MILLIS, TimeUnit.MILLISECONDS);
                goDownFrom(current);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (TimeoutException held) {
                answered.thenRun(() -> goDownFrom(current));
            } catch (ExecutionException impossible) {
                throw new IllegalStateException("nobody fails this future", impossible);
            }
        });
    }

    private void goDownFrom(int boot) {
        if (boots == boot && phase == Phase.UP) {
            goDown();
        }
    }

    void goDown() {
        int current;
        synchronized (this) {
            if (phase == Phase.CLOSED) {
                return;
            }
            current = boots + 1;
            boots = current;
            phase = Phase.REFUSED;
        }
        wentDown.run();
        enter(Phase.REFUSED, false, current);
    }

    void close() {
        synchronized (this) {
            phase = Phase.CLOSED;
        }
        server.close();
    }

    /** Without effect if it has gone down once more since: what another thread has begun is not to be overtaken. */
    private void enter(Phase next, boolean launch, int current) {
        synchronized (this) {
            if (phase == Phase.CLOSED || boots != current) {
                return;
            }
            if (next == Phase.UP) {
                startedAt = clock.instant();
            }
            phase = next;
            if (next == Phase.REFUSED) {
                server.refuse();
            } else if (next == Phase.BAD_GATEWAY) {
                server.listen();
            }
        }
        if (next == Phase.UP) {
            cameUp.run();
            return;
        }
        Phase following = next == Phase.UNAVAILABLE && !launch ? Phase.UP : Phase.values()[next.ordinal() + 1];
        clock.after(length(next), () -> enter(following, launch, current));
    }

    private Duration length(Phase current) {
        return switch (current) {
            case REFUSED -> boot.refused();
            case BAD_GATEWAY, UNAVAILABLE -> boot.badGateway().dividedBy(2);
            case NO_PASSWORD -> boot.unauthorized();
            default -> Duration.ZERO;
        };
    }
}
