// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

/**
 * Where an element stands in its pipe, such as {@code fednet/routes/vpc-routes} or {@code fednet/peer[fed-1]/tunnel}.
 *
 * @param value the names from the pipe's own down to the element's, joined by slashes
 */
public record Path(String value) {
    /** The path with the given value. */
    public static Path of(String value) {
        return new Path(value);
    }

    /** The path of an element inside this one. */
    public Path child(String name) {
        return new Path(value + "/" + name);
    }

    /** The path of one item of the fan-out that stands here. */
    public Path item(String name) {
        return new Path(value + "[" + name + "]");
    }

    /** Whether the other path is this one or stands somewhere inside it. */
    public boolean contains(Path other) {
        return other.value.startsWith(value)
                && (other.value.length() == value.length()
                        || other.value.charAt(value.length()) == '/'
                        || other.value.charAt(value.length()) == '[');
    }

    /** The last name of the path. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return value;
    }
}
