// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.function.Function;

/** What reconcile saw of an attempt whose outcome is unknown. */
public sealed interface Found {
    /** Nothing of it is there. */
    static Found absent() {
        return new Absent();
    }

    /** All of it is there; these are the outputs that the attempt would have given. */
    static Found done(Outputs outputs) {
        return new Done(outputs);
    }

    /** Some of it is there. */
    static Found partly(String detail) {
        return new Partly(detail);
    }

    /** It cannot be told. */
    static Found unknown(String why) {
        return new Unknown(why);
    }

    /** The result of the function that fits the case (Java 17 has no switch over sealed types). */
    default <R> R fold(
            Function<Absent, R> absent,
            Function<Done, R> done,
            Function<Partly, R> partly,
            Function<Unknown, R> unknown) {
        if (this instanceof Done it) {
            return done.apply(it);
        }
        if (this instanceof Partly it) {
            return partly.apply(it);
        }
        if (this instanceof Unknown it) {
            return unknown.apply(it);
        }
        return absent.apply((Absent) this);
    }

    /** Nothing of it is there. */
    record Absent() implements Found {}

    /**
     * All of it is there.
     *
     * @param outputs what the attempt would have given
     */
    record Done(Outputs outputs) implements Found {}

    /**
     * Some of it is there.
     *
     * @param detail which part
     */
    record Partly(String detail) implements Found {}

    /**
     * It cannot be told.
     *
     * @param why what was in the way
     */
    record Unknown(String why) implements Found {}
}
