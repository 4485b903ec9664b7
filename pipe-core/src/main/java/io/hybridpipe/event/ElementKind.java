// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.util.Locale;

/** What kind of element stands at a path. */
public enum ElementKind {
    /** One named piece of work. */
    STEP,
    /** Elements that run concurrently. */
    GROUP,
    /** A temporary thing held open around other elements. */
    SCOPE,
    /** The same elements once for each item of a list. */
    FAN_OUT,
    /** Elements that run under a condition. */
    CONDITION,
    /** Elements that run one after the other: a pipe, a nested pipe, a member of a group, an item of a fan-out. */
    PIPE;

    /** The name as people read it: {@code fan-out}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
