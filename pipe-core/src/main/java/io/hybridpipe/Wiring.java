// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a nested pipe's keys meet those outside; keys that are not mentioned meet the outer key of the same name. Immutable.
 */
public final class Wiring {
    private static final Wiring BY_NAME = new Wiring(Map.of(), Map.of());

    final Map<Key<?>, Input<?>> ins;
    final Map<Key<?>, Key<?>> outs;

    private Wiring(Map<Key<?>, Input<?>> ins, Map<Key<?>, Key<?>> outs) {
        this.ins = ins;
        this.outs = outs;
    }

    static Wiring byName() {
        return BY_NAME;
    }

    /** What the nested pipe finds under a key that it needs. */
    public <T> Wiring in(Key<T> inner, Input<? extends T> outer) {
        Map<Key<?>, Input<?>> copy = new LinkedHashMap<>(ins);
        copy.put(inner, outer);
        return new Wiring(copy, outs);
    }

    /** Where a key that the nested pipe gives is found outside. */
    public <T> Wiring out(Key<T> inner, Key<T> outer) {
        Map<Key<?>, Key<?>> copy = new LinkedHashMap<>(outs);
        copy.put(inner, outer);
        return new Wiring(ins, copy);
    }

    Input<?> inputFor(Key<?> inner) {
        return ins.getOrDefault(inner, inner);
    }

    Key<?> outerFor(Key<?> inner) {
        return outs.getOrDefault(inner, inner);
    }
}
