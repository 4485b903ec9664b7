// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.vns3.api.SystemStatus;
import io.hybridpipe.vns3.api.Vns3Client;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/** A controller that said that it will reboot is still up for some seconds; this waits until it has gone down. */
final class Reboot {
    private Reboot() {}

    /**
     * Ends when the controller was seen down, or up anew; a reboot shorter than the looks ends with the time.
     *
     * @param anew whether the status is of a controller that has rebooted
     */
    static Mono<Boolean> seen(Vns3Client client, Predicate<SystemStatus> anew, Duration every, Duration within) {
        Mono<Boolean> look = client.systemStatus()
                .map(anew::test)
                .onErrorResume(Reboot::isDown, down -> Mono.just(true))
                .filter(rebooted -> rebooted);
        return Poll.until(Poll.patient(look), every, within, () -> Mono.just(false));
    }

    /** What {@link Readiness} takes for starting, except that a busy controller is up. */
    private static boolean isDown(Throwable failure) {
        return FailureClass.of(failure) == FailureClass.TRANSIENT
                || Vns3Error.in(failure).filter(error -> error.status() == 401).isPresent();
    }
}
