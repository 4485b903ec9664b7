// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

/** A network that cannot be: what is wrong, and the JSON pointer to where. */
final class Misfit extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String what;

    Misfit(String pointer, String what) {
        super(pointer + ": " + what);
        this.pointer = pointer;
        this.what = what;
    }

    /** The same, seen from the document that the network stands in. */
    Misfit below(String parent) {
        return new Misfit(parent + pointer, what);
    }

    /** The line to show of a document that must not be quoted. */
    String place() {
        return (pointer.isEmpty() ? "" : pointer + ": ")
                + "it is not as it must be (its content is secret and not shown)";
    }

    /** The line to show: a fault of the document as a whole has no pointer. */
    String line() {
        return pointer.isEmpty() ? what : pointer + ": " + what;
    }
}
