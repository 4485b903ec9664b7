// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * The next of the least edits that turn one list into another: inserts from front to back, then deletes from back to front.
 *
 * <p>In this order no list in between gives another first match than the old or the new list does. Say a list holds all old
 * items and the first few of the new ones: if its first match is an old item, it is the old list's first match; if it is a new
 * one, all new items before it are there and do not match, so it is the new list's. When all new items are there and the last
 * few of the old ones are gone, the same holds with the parts exchanged. It holds from each of these lists on again, so that
 * the edit may be computed anew from what is there.
 *
 * @param position where the item is inserted, or which one is deleted; 0 is first
 * @param inserted which item of the new list is inserted; empty for a delete
 * @param distance how many edits there are to be made, this one included
 */
record ListEdit(int position, Optional<Integer> inserted, int distance) {
    /** The next edit; empty when there is nothing to be done. */
    static <C, W> Optional<ListEdit> next(List<C> current, List<W> wanted, BiPredicate<C, W> same) {
        int[][] kept = longestCommon(current, wanted, same);
        int distance = current.size() + wanted.size() - 2 * kept[0][0];
        List<Integer> surplus = new ArrayList<>();
        int here = 0;
        int there = 0;
        while (here < current.size() || there < wanted.size()) {
            if (here < current.size()
                    && there < wanted.size()
                    && same.test(current.get(here), wanted.get(there))
                    && kept[here][there] == kept[here + 1][there + 1] + 1) {
                here++;
                there++;
            } else if (there < wanted.size() && kept[here][there] == kept[here][there + 1]) {
                // all items before it are there, so this is the first that is missing
                return Optional.of(new ListEdit(here, Optional.of(there), distance));
            } else {
                surplus.add(here++);
            }
        }
        return surplus.isEmpty()
                ? Optional.empty()
                : Optional.of(new ListEdit(surplus.get(surplus.size() - 1), Optional.empty(), distance));
    }

    /** In row i and column j the length of the longest common subsequence of what follows i in one list and j in the other. */
    private static <C, W> int[][] longestCommon(List<C> current, List<W> wanted, BiPredicate<C, W> same) {
        int[][] length = new int[current.size() + 1][wanted.size() + 1];
        for (int i = current.size() - 1; i >= 0; i--) {
            for (int j = wanted.size() - 1; j >= 0; j--) {
                length[i][j] = same.test(current.get(i), wanted.get(j))
                        ? length[i + 1][j + 1] + 1
                        : Math.max(length[i + 1][j], length[i][j + 1]);
            }
        }
        return length;
    }
}
