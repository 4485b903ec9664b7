// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How an IPsec endpoint chooses its traffic: by selectors, or by routes into its tunnel. */
enum VpnType {
    POLICY,
    GRE,
    VTI;

    static Optional<VpnType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.wire().equals(text)).findFirst();
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
