// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A route to be made: by an interface, by a tunnel, or by neither, which only advertises it. Immutable.
 *
 * @param cidr where it leads
 * @param description free text
 * @param device the interface it leaves by, such as {@code eth0}
 * @param gateway the next hop on that interface
 * @param tunnel the id of the tunnel it leaves by
 * @param advertise whether the overlay network hears of it
 * @param metric its weight; 0 leaves it to the controller
 */
public record NewRoute(
        Cidr cidr,
        String description,
        Optional<String> device,
        Optional<String> gateway,
        Optional<Integer> tunnel,
        boolean advertise,
        int metric) {
    /** Refuses a route with two ways out. */
    public NewRoute {
        if (device.isPresent() && tunnel.isPresent()) {
            throw new IllegalArgumentException("a route leaves by an interface or by a tunnel, not by both");
        }
    }

    /** A copy with another description. */
    public NewRoute withDescription(String description) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric);
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("cidr", cidr.toString());
        body.put("description", description);
        device.ifPresent(value -> body.put("interface", value));
        gateway.ifPresent(value -> body.put("gateway", value));
        tunnel.ifPresent(value -> body.put("tunnel", value));
        body.put("advertise", advertise);
        if (metric != 0) {
            body.put("metric", metric);
        }
        return body;
    }
}
