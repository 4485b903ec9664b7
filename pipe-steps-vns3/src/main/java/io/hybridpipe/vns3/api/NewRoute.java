// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import java.util.Optional;

/**
 * A route to be made: by an interface, by a tunnel, or by neither, which only advertises it. Immutable.
 *
 * <p>What is not said is not sent; controllers themselves store {@code _notset} for an interface or gateway.
 *
 * @param cidr where it leads
 * @param description free text
 * @param device the interface it leaves by, such as {@code eth0}
 * @param gateway the next hop on that interface
 * @param tunnel the id of the tunnel it leaves by
 * @param advertise whether the overlay network hears of it
 * @param metric its weight; 0 leaves it to the controller
 * @param table its routing table; empty for {@code main}
 */
public record NewRoute(
        Cidr cidr,
        String description,
        Optional<String> device,
        Optional<String> gateway,
        Optional<Integer> tunnel,
        boolean advertise,
        int metric,
        Optional<String> table) {
    /** Refuses a route with two ways out. */
    public NewRoute {
        if (device.isPresent() && tunnel.isPresent()) {
            throw new IllegalArgumentException("a route leaves by an interface or by a tunnel, not by both");
        }
    }

    /** A route that leads there by nothing yet, and is not advertised. */
    public static NewRoute to(Cidr cidr) {
        return new NewRoute(cidr, "", Optional.empty(), Optional.empty(), Optional.empty(), false, 0, Optional.empty());
    }

    /** A copy with a description. */
    public NewRoute withDescription(String description) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy that leaves by this interface, such as {@code eth0}. */
    public NewRoute withDevice(Optional<String> device) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy with this next hop on its interface. */
    public NewRoute withGateway(Optional<String> gateway) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy that leaves by the tunnel with this id. */
    public NewRoute withTunnel(Optional<Integer> tunnel) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy of which the overlay network hears, or does not. */
    public NewRoute withAdvertise(boolean advertise) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy with this weight; 0 leaves it to the controller. */
    public NewRoute withMetric(int metric) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, table);
    }

    /** A copy in another routing table than {@code main}. */
    public NewRoute withTable(String table) {
        return new NewRoute(cidr, description, device, gateway, tunnel, advertise, metric, Optional.of(table));
    }

    Body body() {
        return Body.of("cidr", cidr.toString())
                .with("description", description)
                .with("interface", device)
                .with("gateway", gateway)
                .with("tunnel", tunnel)
                .with("advertise", advertise)
                .with("metric", Optional.of(metric).filter(weight -> weight != 0))
                .with("table", table);
    }
}
