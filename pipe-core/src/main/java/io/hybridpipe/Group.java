// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

/**
 * How the members of a group run together. Immutable.
 *
 * <p>Defaults: no bound, and the first failure cancels the siblings.
 */
public final class Group {
    private static final Group DEFAULTS = new Group(Integer.MAX_VALUE, false);

    final int bound;
    final boolean finishThenFail;

    private Group(int bound, boolean finishThenFail) {
        this.bound = bound;
        this.finishThenFail = finishThenFail;
    }

    /** All members at once; the first failure cancels the siblings. */
    public static Group ofDefaults() {
        return DEFAULTS;
    }

    /** A copy in which at most this many members run at once, forward and in undo. */
    public Group atMost(int members) {
        return new Group(Each.positive(members), finishThenFail);
    }

    /** A copy in which a failure lets the siblings finish before the group fails. */
    public Group finishThenFail() {
        return new Group(bound, true);
    }
}
