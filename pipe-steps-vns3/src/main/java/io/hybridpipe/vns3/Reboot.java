// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.vns3.api.SystemStatus;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The wait for a reboot that a controller has announced: it answers first, and goes down some seconds later.
 *
 * <p>A lost answer or a 503 is no proof, a controller may be busy; the proof is one that says that it has started since. Of one
 * that tells no time of its start, silence at two looks in a row is taken for it.
 */
final class Reboot {
    private static final int SILENCES = 2;

    private Reboot() {}

    /**
     * Ends when the controller has started anew, as far as can be told.
     *
     * @param hasStarted whether the status is of a controller that has; empty if it does not say
     * @param every the time between two looks
     * @param startsWithin after this time an answer without any sign means that the reboot was too short to be seen
     * @param within the time after which no more is waited for it to answer again
     */
    static Mono<Void> seen(
            Vns3Client client,
            Function<SystemStatus, Optional<Boolean>> hasStarted,
            Duration every,
            Duration startsWithin,
            Duration within) {
        return Mono.defer(() -> {
            Signs signs = new Signs(hasStarted, startsWithin);
            Mono<Boolean> look = client.systemStatus()
                    .map(signs::answered)
                    .onErrorResume(Reboot::isSilence, silence -> Mono.fromSupplier(signs::silent))
                    .filter(over -> over);
            return Looks.until(look, every, within, () -> Mono.just(true)).then();
        });
    }

    /** When the controller started, by its own clock. */
    static Optional<Instant> start(SystemStatus status) {
        return status.uptime().flatMap(uptime -> status.timestamp().map(now -> now.minus(uptime)));
    }

    /** What a controller does that is down or coming up. */
    private static boolean isSilence(Throwable failure) {
        return FailureClass.isPassing(failure) || Vns3Error.isUnauthorized(failure);
    }

    /** What was seen in one wait; its looks follow each other, so its fields need no lock. */
    private static final class Signs {
        private final Function<SystemStatus, Optional<Boolean>> hasStarted;
        private final Duration startsWithin;
        private final long begun = millis();
        private volatile int silences;
        private volatile boolean wasDown;

        Signs(Function<SystemStatus, Optional<Boolean>> hasStarted, Duration startsWithin) {
            this.hasStarted = hasStarted;
            this.startsWithin = startsWithin;
        }

        boolean answered(SystemStatus now) {
            silences = 0;
            return hasStarted.apply(now).orElse(wasDown) || millis() - begun > startsWithin.toMillis();
        }

        boolean silent() {
            int inARow = silences + 1;
            silences = inARow;
            wasDown |= inARow >= SILENCES;
            return false;
        }

        /** By the scheduler that delays the looks, so that virtual time counts here too. */
        private static long millis() {
            return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
        }
    }
}
