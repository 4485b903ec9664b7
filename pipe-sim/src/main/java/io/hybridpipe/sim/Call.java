// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Instant;
import java.util.Optional;

/**
 * One call that reached a stand-in.
 *
 * @param sequence its place in the log, from 1
 * @param at when it arrived, by the stand-in's clock
 * @param operation what it asks for
 * @param request as it came
 * @param response what was sent back; empty while none was sent, and for good when the connection was dropped
 */
public record Call(long sequence, Instant at, Operation operation, SimRequest request, Optional<SimResponse> response) {

    /** The service it was for. */
    public String service() {
        return operation.service();
    }

    /** The action it asked for. */
    public String action() {
        return operation.action();
    }

    /** What it was about. */
    public String target() {
        return operation.target();
    }

    /** Who asked. */
    public String caller() {
        return operation.caller();
    }

    /** Whether it may have changed something. */
    public boolean changing() {
        return operation.changing();
    }

    /** The status that was sent back, 0 if none. */
    public int status() {
        return response.map(SimResponse::status).orElse(0);
    }

    /** Request and answer as text. */
    public String wire() {
        return request.wire() + response.map(answer -> "\n\n" + answer.wire()).orElse("");
    }

    Call answered(SimResponse sent) {
        return new Call(sequence, at, operation, request, Optional.of(sent));
    }

    @Override
    public String toString() {
        return "#%d %s %s %s by %s: %d".formatted(sequence, service(), action(), target(), caller(), status());
    }
}
