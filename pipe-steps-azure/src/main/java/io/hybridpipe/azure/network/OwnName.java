// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import java.util.regex.Pattern;

/**
 * The name of a child resource that cannot bear tags: what the user calls it, a dash and the step's token.
 *
 * <p>The token makes it recognisable: nobody else makes a resource of that name, and every attempt makes the same one.
 */
final class OwnName {
    private static final Pattern OWN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,46}-[0-9a-f]{32}");

    private OwnName() {}

    static String of(String base, String token) {
        return base + "-" + token;
    }

    /** Who gave this name, in words. */
    static String maker(String name) {
        return isGiven(name) ? "another step or run made" : "no run made";
    }

    /** Whether some run gave this name. */
    static boolean isGiven(String name) {
        return OWN.matcher(name).matches();
    }
}
