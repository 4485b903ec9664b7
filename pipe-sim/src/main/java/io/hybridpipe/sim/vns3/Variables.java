// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What firewall rules and sets may name instead of writing it out: {@code ${vns3_overlay_subnet}}. A name that is not known
 * stays as it is, and then is no address.
 */
final class Variables {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z0-9_]+)}");

    private final Licensing licensing;

    Variables(Licensing licensing) {
        this.licensing = licensing;
    }

    String resolve(String text) {
        Map<String, String> values = Map.of("vns3_overlay_subnet", licensing.overlaySubnet());
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), found.group())));
    }
}
