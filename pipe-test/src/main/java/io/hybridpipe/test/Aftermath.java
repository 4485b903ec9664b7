// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

/** How a disturbed run comes to its end. */
enum Aftermath {
    /** By itself: it goes on, or undoes what it did. */
    ALONE("left alone"),
    /** It is resumed; until then it has kept what it did. */
    RESUMED("then resumed"),
    /** It is resumed, the process that does so crashes at its first call, and it is resumed again. */
    RESUMED_TWICE("then resumed, disturbed again and resumed"),
    /** It is undone from its journal; until then it has kept what it did. */
    UNDONE("then undone");

    private final String text;

    Aftermath(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
