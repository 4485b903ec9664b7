// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /peering} tells of a controller's place in its topology.
 *
 * @param peered whether it is peered
 * @param id its id; empty until it is set
 * @param controllers all places of the topology, itself among them
 * @param other what else it tells
 */
public record Peering(boolean peered, Optional<Integer> id, List<Member> controllers, OtherFields other) {
    /**
     * One place of the topology, as seen from the controller that was asked.
     *
     * @param id its id
     * @param self whether it is the controller that was asked
     * @param address where that one looks for it, an address or a host's name; empty if it is not a peer yet
     * @param reachable whether that one reaches it, if it says so
     * @param mtu of the link to it
     * @param overlayAddress its address in the overlay network
     * @param other what else it tells
     */
    public record Member(
            int id,
            boolean self,
            Optional<String> address,
            Optional<Boolean> reachable,
            Optional<Integer> mtu,
            Optional<String> overlayAddress,
            OtherFields other) {
        static Member from(Fields fields) {
            return new Member(
                    fields.id(),
                    fields.flag("self"),
                    // of a place that is set, not_set holds the address on some controllers
                    fields.text("address")
                            .or(() -> fields.either("not_set").isPresent() ? Optional.empty() : fields.text("not_set")),
                    fields.either("reachable"),
                    fields.number("mtu"),
                    fields.text("overlay_ipaddress"),
                    fields.other());
        }
    }

    /** The place with this id. */
    public Optional<Member> controller(int id) {
        return controllers.stream().filter(each -> each.id() == id).findFirst();
    }

    static Peering from(Fields fields) {
        return new Peering(
                fields.flag("peered"),
                fields.number("id"),
                fields.objects(Member::from, "controllers", "managers"),
                fields.other());
    }
}
