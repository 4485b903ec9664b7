// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import reactor.core.publisher.Mono;

/** The way to one controller. */
@FunctionalInterface
interface Transport {
    /** Sends the call, once for each subscription, and emits whatever is answered; signals classified failures if nothing is. */
    Mono<Answer> send(Call call);

    /** This way, and for a call that was refused for its credentials the other one: such a call did nothing. */
    default Transport orIfUnauthorized(Transport other) {
        return call -> send(call).flatMap(answer -> answer.status() == 401 ? other.send(call) : Mono.just(answer));
    }
}
