// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

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

    static Mono<Void> of(Vns3Client client) {
        return client.config()
                .then()
                .timeout(PATIENCE, Mono.empty())
                .onErrorResume(Poll::isPassing, silence -> Mono.empty());
    }
}
