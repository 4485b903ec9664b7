// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.ControllerConfig;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * When a starting controller counts as up: when {@code GET /config} tells its version several times in a row.
 *
 * <p>On its way up a controller refuses or drops connections, breaks off TLS, answers 502 or 503, and sometimes 401 before its
 * password is set; only the last could also be a mistake, so it is believed for a while only.
 *
 * @param answers how many good answers in a row
 * @param every the time between two looks
 * @param within the time after which the controller is given up
 * @param unauthorizedGrace for how long 401 counts as starting, from the first one on
 */
record Readiness(int answers, Duration every, Duration within, Duration unauthorizedGrace) {
    Readiness {
        if (answers < 1) {
            throw new IllegalArgumentException("answers is " + answers + ", it must be at least 1");
        }
        Looks.positive(every, "pollEvery");
        Looks.positive(within, "within");
    }

    static Readiness ofDefaults() {
        return new Readiness(3, Duration.ofMillis(1500), Duration.ofMinutes(10), Duration.ofMinutes(1));
    }

    Readiness withAnswers(int answers) {
        return new Readiness(answers, every, within, unauthorizedGrace);
    }

    Readiness withEvery(Duration every) {
        return new Readiness(answers, every, within, unauthorizedGrace);
    }

    Readiness withWithin(Duration within) {
        return new Readiness(answers, every, within, unauthorizedGrace);
    }

    Readiness withUnauthorizedGrace(Duration grace) {
        return new Readiness(answers, every, within, grace);
    }

    /** What the controller tells of itself once it is up. */
    Mono<ControllerConfig> await(Vns3Client client, StepContext context) {
        return Mono.defer(() -> new Wait(client, context).untilUp());
    }

    /** One wait, on one subscription; its looks follow each other, so its fields need no lock. */
    private final class Wait {
        private final Vns3Client client;
        private final StepContext context;
        private volatile int good;
        private volatile long firstUnauthorized = -1;
        private volatile String lastSeen = "nothing yet";

        Wait(Vns3Client client, StepContext context) {
            this.client = client;
            this.context = context;
        }

        Mono<ControllerConfig> untilUp() {
            Mono<ControllerConfig> look =
                    client.config().flatMap(this::answered).onErrorResume(this::failed);
            return Looks.until(look, every, within, this::late);
        }

        private Mono<ControllerConfig> answered(ControllerConfig config) {
            firstUnauthorized = -1;
            if (config.version().isEmpty()) {
                good = 0;
                lastSeen = "an answer without vns3_version";
                return Mono.empty();
            }
            int sofar = good + 1;
            good = sofar;
            lastSeen = sofar + " good answers in a row";
            context.progress(sofar, answers, client.address() + " answers");
            return sofar >= answers ? Mono.just(config) : Mono.empty();
        }

        private Mono<ControllerConfig> failed(Throwable failure) {
            good = 0;
            lastSeen = String.valueOf(failure.getMessage());
            boolean starting = FailureClass.isPassing(failure) || isUnauthorizedOfLate(failure);
            if (starting) {
                context.progress(0, answers, "waiting for " + client.address());
            }
            return starting ? Mono.empty() : Mono.error(failure);
        }

        private boolean isUnauthorizedOfLate(Throwable failure) {
            if (!Vns3Error.isUnauthorized(failure)) {
                return false;
            }
            // the scheduler that delays the looks, so that virtual time counts here too
            long now = Schedulers.parallel().now(TimeUnit.MILLISECONDS);
            if (firstUnauthorized < 0) {
                firstUnauthorized = now;
            }
            return now - firstUnauthorized < unauthorizedGrace.toMillis();
        }

        private Mono<ControllerConfig> late() {
            return Mono.error(StepFailure.permanent(
                    "controller " + client.address() + " is not ready after " + within + "; last seen: " + lastSeen));
        }
    }
}
