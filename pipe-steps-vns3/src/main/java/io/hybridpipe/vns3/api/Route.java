// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * One route of a controller.
 *
 * @param id its id, which is not its key in the answer
 * @param cidr where it leads
 * @param description free text
 * @param device the interface it leaves by, such as {@code eth0}
 * @param gateway the next hop
 * @param tunnel the id of the tunnel it leaves by
 * @param advertise whether the overlay network hears of it
 * @param metric its weight
 * @param table the routing table; {@code main} by default
 */
public record Route(
        int id,
        String cidr,
        String description,
        Optional<String> device,
        Optional<String> gateway,
        Optional<Integer> tunnel,
        boolean advertise,
        int metric,
        String table) {
    static Route from(Fields fields) {
        return new Route(
                fields.number("id").orElse(0),
                fields.text("cidr").orElse(""),
                fields.text("description").orElse(""),
                fields.text("interface"),
                fields.text("gateway"),
                fields.object("tunnel").number("id").or(() -> fields.number("tunnel")),
                fields.flag("advertise"),
                fields.number("metric").orElse(0),
                fields.text("table").orElse("main"));
    }
}
