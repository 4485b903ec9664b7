// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A subnet that a controller can reach.
 *
 * @param network its first address
 * @param netmask its netmask, such as {@code 255.255.255.0}
 * @param cidr both as a CIDR, if it is told so
 * @param origin how it is connected: {@code ipsec}, {@code local_no_encryption}, {@code remote_manager} or {@code ebgp}
 * @param controller the id of the controller it is connected to
 * @param other what else it tells
 */
public record ConnectedSubnet(
        String network,
        String netmask,
        Optional<String> cidr,
        Optional<String> origin,
        Optional<Integer> controller,
        OtherFields other) {
    /** Pairs of network and netmask, or objects that tell more. */
    static List<ConnectedSubnet> allIn(JsonNode list) {
        List<ConnectedSubnet> all = new ArrayList<>();
        list.forEach(each -> {
            if (each.isArray()) {
                all.add(new ConnectedSubnet(
                        each.path(0).asText(),
                        each.path(1).asText(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OtherFields.none()));
            } else if (each.isObject()) {
                all.add(from(new Fields(each)));
            }
        });
        return List.copyOf(all);
    }

    private static ConnectedSubnet from(Fields fields) {
        return new ConnectedSubnet(
                fields.text("network").orElse(""),
                fields.text("netmask").orElse(""),
                fields.text("subnet"),
                fields.text("origin"),
                fields.number("managerid", "manager_id"),
                fields.other());
    }
}
