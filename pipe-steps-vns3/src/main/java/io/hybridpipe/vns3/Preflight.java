// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * One look at a controller before a run: a wrong password or certificate refuses it.
 *
 * <p>Silence does not, because the way to the API may only be opened by the run itself.
 */
final class Preflight {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Preflight() {}

    /** The look at a controller that is known before the run; of one that the run itself brings about there is none. */
    static Mono<Void> of(Input<? extends Controller> controller, Vns3Access access, State state) {
        return Mono.defer(() -> Mono.justOrEmpty(controller.find(state))).flatMap(known -> of(access.client(known)));
    }

    static Mono<Void> of(Vns3Client client) {
        return client.config()
                .then()
                .timeout(PATIENCE, Mono.empty())
                .onErrorResume(FailureClass::isPassing, silence -> Mono.empty());
    }
}
