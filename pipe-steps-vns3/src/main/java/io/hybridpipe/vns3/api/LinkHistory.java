// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /status/link_history} tells: when tunnels went up and down.
 *
 * @param tunnel the tunnel that was asked for
 * @param local the local subnet that was asked for
 * @param remote the remote subnet that was asked for
 * @param events what happened, in the order of the answer
 * @param other what else it tells
 */
public record LinkHistory(
        Optional<Integer> tunnel,
        Optional<String> local,
        Optional<String> remote,
        List<Event> events,
        OtherFields other) {
    /**
     * One change of a tunnel.
     *
     * @param text such as {@code Tunnel up}
     * @param at when
     * @param other what else it tells
     */
    public record Event(String text, Optional<Instant> at, OtherFields other) {
        static Event from(Fields fields) {
            return new Event(
                    fields.text("event").orElse(""), fields.instant("timestamp_i", "timestamp"), fields.other());
        }
    }

    static LinkHistory from(Fields fields) {
        return new LinkHistory(
                fields.number("tunnelid"),
                fields.text("local"),
                fields.text("remote"),
                fields.objects(Event::from, "history"),
                fields.other());
    }
}
