// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.util.Optional;
import java.util.regex.Pattern;

/** A range of ports as a security rule writes it: {@code *}, {@code 8000} or {@code 8000-8100}. */
record Ports(int first, int last) {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    static Optional<Ports> parse(String text) {
        if (text.equals("*")) {
            return Optional.of(new Ports(0, 65535));
        }
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        var first = Integer.parseInt(match.group(1));
        var last = match.group(2) == null ? first : Integer.parseInt(match.group(2));
        return first <= last && last <= 65535 ? Optional.of(new Ports(first, last)) : Optional.empty();
    }

    boolean contains(int port) {
        return first <= port && port <= last;
    }

    boolean isEvery() {
        return first == 0 && last == 65535;
    }
}
