// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Credentials;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Error;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * The two API passwords between which {@link ChangePassword} goes; which of them is in force, only trying tells.
 *
 * @param within how long both may be refused, or the controller silent, before that is believed
 */
record Passwords(
        Vns3Access access,
        Controller controller,
        Secret<String> former,
        Secret<String> wanted,
        Duration every,
        Duration within) {

    /** The one in force, the likely one tried first; empty if the controller accepts neither. */
    Mono<Optional<Secret<String>>> look(Secret<String> likely) {
        Secret<String> other = likely.equals(former) ? wanted : former;
        return accepts(likely)
                .flatMap(first -> first
                        ? Mono.just(Optional.of(likely))
                        : accepts(other).map(second -> second ? Optional.of(other) : Optional.empty()));
    }

    /** The one in force, after looking for long enough: an API process that starts anew refuses or drops everything. */
    Mono<Optional<Secret<String>>> inForce(Secret<String> likely) {
        return Mono.defer(() -> {
            AtomicBoolean answered = new AtomicBoolean();
            Mono<Optional<Secret<String>>> look =
                    look(likely).doOnNext(seen -> answered.set(true)).filter(Optional::isPresent);
            return Looks.until(
                    Looks.patient(look),
                    every,
                    within,
                    () -> answered.get()
                            ? Mono.just(Optional.empty())
                            : Mono.error(StepFailure.of(
                                    FailureClass.TRANSIENT, controller + " gave no answer for " + within)));
        });
    }

    String neither() {
        return controller + " accepts neither the former nor the new API password: somebody else has changed it";
    }

    private Mono<Boolean> accepts(Secret<String> password) {
        return access.client(controller.address(), Credentials.password(password))
                .config()
                .thenReturn(true)
                .onErrorResume(Vns3Error::isUnauthorized, refused -> Mono.just(false));
    }
}
