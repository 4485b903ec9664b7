// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The little world of a scripted step: what exists, by token. Thread-safe. */
final class Things {
    private final List<Thing> things = new ArrayList<>();
    private int numbers;

    /** A thing that exists. */
    record Thing(int number, String token, boolean whole, Instant visibleFrom) {}

    /** What exists under the token after this is whole, or half if nothing was there. */
    synchronized Thing make(String token, boolean whole, Instant visibleFrom) {
        Thing old = find(token).orElse(null);
        if (old != null && (old.whole || !whole)) {
            return old;
        }
        Thing made = new Thing(old == null ? ++numbers : old.number, token, whole, visibleFrom);
        things.remove(old);
        things.add(made);
        return made;
    }

    /** Like make, in a world that does not know the token: each call makes another thing. */
    synchronized Thing makeAnother(String token, boolean whole, Instant visibleFrom) {
        Thing made = new Thing(++numbers, token, whole, visibleFrom);
        things.add(made);
        return made;
    }

    synchronized Optional<Thing> find(String token) {
        return things.stream().filter(thing -> thing.token.equals(token)).reduce((first, last) -> last);
    }

    /** Removes one or, if not all, leaves half of it. */
    synchronized void remove(String token, boolean all) {
        find(token).ifPresent(thing -> {
            things.remove(thing);
            if (!all) {
                things.add(new Thing(thing.number, token, false, thing.visibleFrom));
            }
        });
    }

    synchronized int count() {
        return things.size();
    }
}
