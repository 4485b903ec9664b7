// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The addresses of a controller's overlay network: the license's own, or chosen ones. Immutable.
 *
 * <p>Every controller of a topology must be given the same ones.
 */
public final class LicenseParameters {
    private static final LicenseParameters DEFAULTS = new LicenseParameters(Map.of("default", true));

    private final Map<String, Object> body;

    private LicenseParameters(Map<String, Object> body) {
        this.body = body;
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
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("subnet", subnet.toString());
        body.put("managers", controllers.stream().map(Ip::toString).collect(Collectors.joining(" ")));
        body.put("asns", asns.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        body.put("clients", clients);
        body.put("my_manager_vip", sharedAddress.toString());
        return new LicenseParameters(body);
    }

    Map<String, Object> body() {
        return body;
    }

    @Override
    public String toString() {
        return "LicenseParameters" + body;
    }
}
