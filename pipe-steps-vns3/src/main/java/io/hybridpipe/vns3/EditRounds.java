// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When the next edit of a list may be made: when the last one has brought it nearer, or when somebody else has changed the list
 * since. For one editing, whose rounds follow each other.
 */
final class EditRounds<T> {
    /** How many looks in a row may show that the last edit has brought nothing. */
    private static final int PATIENCE = 5;

    /** How often others may disturb; beyond that somebody works against this editing. */
    private static final int DISTURBANCES = 20;

    private @Nullable List<T> before;
    private @Nullable ListEdit last;
    private int idle;
    private int disturbances;

    /** Whether this edit of the list as it is now may be made; if so, it counts as made. */
    boolean mayMake(ListEdit edit, List<T> current) {
        boolean nearer = last == null || edit.distance() < last.distance();
        if (!nearer && !(isDisturbed(current) && disturbances++ < DISTURBANCES)) {
            return false;
        }
        before = current;
        last = edit;
        idle = 0;
        return true;
    }

    /** Whether the last edit may show yet. */
    boolean mayWait() {
        return idle++ < PATIENCE;
    }

    /** Whether the list is otherwise than the last edit can have made it; an item may be written otherwise than it was given. */
    private boolean isDisturbed(List<T> current) {
        if (before == null || last == null || current.equals(before)) {
            return false;
        }
        if (last.inserted().isEmpty() || last.position() >= current.size()) {
            return true;
        }
        List<T> withoutInserted = new ArrayList<>(current);
        withoutInserted.remove(last.position());
        return !withoutInserted.equals(before);
    }
}
