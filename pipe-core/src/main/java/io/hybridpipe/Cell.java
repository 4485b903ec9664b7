// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * One value of one key, and the later values that declared updates put in its place.
 *
 * <p>Older states keep older cells. Reading through {@link #latest()} lets the undo of an early step see the newest value
 * (a changed password), minus the updates that have been undone.
 */
final class Cell {
    final @Nullable Path origin;
    /** Whether the caller supplied it under a key whose values are secrets. */
    final boolean secretInput;

    private final Object held;
    private volatile @Nullable Cell newer;
    private volatile boolean undone;

    Cell(Object value, @Nullable Path origin) {
        this(value, origin, false);
    }

    Cell(Object value, @Nullable Path origin, boolean secretInput) {
        held = value;
        this.origin = origin;
        this.secretInput = secretInput;
    }

    /** The value, of this type. */
    Object value(Type type) {
        return Unread.resolved(held, type);
    }

    /** The value, or an {@link Unread} in place of it; to be passed on, not to be looked at. */
    Object held() {
        return held;
    }

    Cell latest() {
        Cell result = this;
        for (Cell c = newer; c != null; c = c.newer) {
            if (!c.undone) {
                result = c;
            }
        }
        return result;
    }

    void updatedBy(Cell update) {
        Cell last = this;
        for (Cell c = newer; c != null; c = c.newer) {
            if (c == update) {
                return;
            }
            last = c;
        }
        last.newer = update;
    }

    void undone() {
        undone = true;
    }
}
