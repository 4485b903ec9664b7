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
 * @param trafficPair the id of the traffic pair it belongs to
 * @param advertise whether the overlay network hears of it
 * @param enabled whether it is in force
 * @param editable whether it may be changed; those that the controller makes for itself may not
 * @param metric its weight
 * @param table the routing table; {@code main} by default
 * @param netmask the netmask of its CIDR
 * @param message what the controller says of its state
 * @param other what else it tells
 */
public record Route(
        int id,
        String cidr,
        String description,
        Optional<String> device,
        Optional<String> gateway,
        Optional<Integer> tunnel,
        Optional<Integer> trafficPair,
        boolean advertise,
        boolean enabled,
        boolean editable,
        int metric,
        String table,
        Optional<String> netmask,
        Optional<String> message,
        OtherFields other) {
    static Route from(Fields fields) {
        return new Route(
                fields.id(),
                fields.text("cidr").orElse(""),
                fields.text("description").orElse(""),
                fields.text("interface"),
                fields.text("gateway"),
                fields.object("tunnel").number("id").or(() -> fields.number("tunnel")),
                fields.object("traffic_pair").number("id").or(() -> fields.number("traffic_pair")),
                fields.flag("advertise"),
                fields.either("enabled").orElse(true),
                fields.either("editable").orElse(true),
                fields.number("metric").orElse(0),
                fields.text("table").orElse("main"),
                fields.text("netmask"),
                fields.text("msg"),
                fields.other());
    }
}
