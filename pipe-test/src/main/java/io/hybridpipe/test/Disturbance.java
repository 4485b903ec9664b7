// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import java.util.Locale;

/** What a {@link CrashMatrix} does to a run at one of its calls. */
public enum Disturbance {
    /** The call fails, or the journal does. */
    FAIL,
    /** The call never answers. */
    HANG,
    /** The run is cancelled. */
    CANCEL,
    /** The run's process ends. */
    CRASH;

    /** The name as people read it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
