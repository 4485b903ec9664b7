// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The release of a controller's software: {@code 4.8.4-20191220} is 4.8.4. */
record SoftwareVersion(int major, int minor, int patch) implements Comparable<SoftwareVersion> {
    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");
    private static final Comparator<SoftwareVersion> ORDER = Comparator.comparingInt(SoftwareVersion::major)
            .thenComparingInt(SoftwareVersion::minor)
            .thenComparingInt(SoftwareVersion::patch);

    /**
     * Reads a version as {@code GET /config} tells it.
     *
     * @throws IllegalArgumentException if the text does not begin with numbers
     */
    static SoftwareVersion of(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("not a version such as 6.0.0-20240101: " + text);
        }
        String patch = numbers.group(3);
        return new SoftwareVersion(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                patch == null ? 0 : Integer.parseInt(patch));
    }

    boolean isAtLeast(String other) {
        return compareTo(of(other)) >= 0;
    }

    @Override
    public int compareTo(SoftwareVersion other) {
        return ORDER.compare(this, other);
    }
}
