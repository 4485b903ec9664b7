// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a controller's software, such as {@code 4.8.4-20191220}. Ordered by its numbers, then by its build.
 *
 * @param major the first number
 * @param minor the second number, 0 if there is none
 * @param patch the third number, 0 if there is none
 * @param build what follows the numbers and a hyphen, such as {@code 20191220}; may be empty
 */
public record Vns3Version(int major, int minor, int patch, String build) implements Comparable<Vns3Version> {
    private static final Pattern FORM =
            Pattern.compile("v?([0-9]{1,6})(?:\\.([0-9]{1,6}))?(?:\\.([0-9]{1,6}))?(?:[-._+]?(.*))");
    private static final Comparator<Vns3Version> ORDER = Comparator.comparingInt(Vns3Version::major)
            .thenComparingInt(Vns3Version::minor)
            .thenComparingInt(Vns3Version::patch)
            .thenComparing(Vns3Version::build);

    /**
     * The version that a text names.
     *
     * @throws IllegalArgumentException if it does not begin with a number
     */
    public static Vns3Version of(String text) {
        return in(text).orElseThrow(() -> new IllegalArgumentException("'" + Line.of(text) + "' is no version"));
    }

    static Optional<Vns3Version> in(String text) {
        Matcher parts = FORM.matcher(text.strip());
        return parts.matches()
                ? Optional.of(new Vns3Version(
                        Integer.parseInt(parts.group(1)),
                        parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2)),
                        parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)),
                        parts.group(4)))
                : Optional.empty();
    }

    /** Whether it is this version or a later one, whatever its build. */
    public boolean isAtLeast(int major, int minor, int patch) {
        return compareTo(new Vns3Version(major, minor, patch, "")) >= 0;
    }

    @Override
    public int compareTo(Vns3Version other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch + (build.isEmpty() ? "" : "-" + build);
    }
}
