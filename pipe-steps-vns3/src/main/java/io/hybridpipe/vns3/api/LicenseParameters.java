// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The addresses of a controller's overlay network: the license's own, or chosen ones. Immutable; equal by value.
 *
 * <p>Every controller of a topology must be given the same ones.
 */
public final class LicenseParameters extends Request {
    private static final LicenseParameters DEFAULTS = new LicenseParameters(Body.of("default", true));

    private LicenseParameters(Body body) {
        super(body);
    }

    /** The addresses that the license itself proposes. */
    public static LicenseParameters ofDefaults() {
        return DEFAULTS;
    }

    /**
     * Chosen addresses; the API wants all five.
     *
     * @param subnet the overlay's CIDR
     * @param controllers the controllers' overlay addresses, in the order of their peer ids
     * @param asns the controllers' autonomous system numbers, in the same order
     * @param clients the clients' addresses: {@code a,b} or {@code a-b}
     * @param sharedAddress the address that all controllers answer to
     */
    public static LicenseParameters of(
            Cidr subnet, List<Ip> controllers, List<Long> asns, String clients, Ip sharedAddress) {
        if (controllers.size() != asns.size()) {
            throw new IllegalArgumentException(
                    controllers.size() + " controllers but " + asns.size() + " AS numbers; each has one");
        }
        return new LicenseParameters(Body.of("subnet", subnet.toString())
                .with("managers", controllers.stream().map(Ip::toString).collect(Collectors.joining(" ")))
                .with("asns", asns.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .with("clients", clients)
                .with("my_manager_vip", sharedAddress.toString()));
    }
}
