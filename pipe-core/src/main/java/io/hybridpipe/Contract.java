// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a step or scope declares: type, version, the keys it reads, writes and updates, and its effect.
 *
 * <p>It is all that the check, the plan and other runners ever see of a step. Immutable; start with {@link #of}.
 */
public final class Contract {
    private final String type;
    private final int version;
    private final Set<Key<?>> reads;
    private final Set<Key<?>> optionalReads;
    private final Set<Key<?>> writes;
    private final Set<Key<?>> updates;
    private final Effect effect;
    private final boolean opaque;
    private final Key<?>[] writesAsArray;
    private final Map<String, Key<?>> readable;
    private final Map<String, Key<?>> writable;

    private Contract(
            String type,
            int version,
            Set<Key<?>> reads,
            Set<Key<?>> optionalReads,
            Set<Key<?>> writes,
            Set<Key<?>> updates,
            Effect effect,
            boolean opaque) {
        this.type = Objects.requireNonNull(type, "type");
        this.version = version;
        this.reads = Collections.unmodifiableSet(reads);
        this.optionalReads = Collections.unmodifiableSet(optionalReads);
        this.writes = Collections.unmodifiableSet(writes);
        this.updates = Collections.unmodifiableSet(updates);
        this.effect = Objects.requireNonNull(effect, "effect");
        this.opaque = opaque;
        writesAsArray = writes.toArray(new Key<?>[0]);
        readable = byName(List.of(reads, optionalReads, updates));
        writable = byName(List.of(writes, updates));
    }

    /** The contract of a step of this type that reads and writes nothing and whose effect can be undone. */
    public static Contract of(String type) {
        return new Contract(type, 1, Set.of(), Set.of(), Set.of(), Set.of(), Effect.undoable(), false);
    }

    /** The contract of a step that declares nothing: it may read and write any key. */
    static Contract unseen(String type) {
        return new Contract(
                type, 1, Set.of(), Set.of(), Set.of(), Set.of(), Effect.irreversible("it declares nothing"), true);
    }

    /** A copy that also reads these inputs. */
    public Contract reading(Input<?>... inputs) {
        Set<Key<?>> all = new LinkedHashSet<>(reads);
        Set<Key<?>> optional = new LinkedHashSet<>(optionalReads);
        for (Input<?> input : inputs) {
            all.addAll(input.reads());
            optional.addAll(input.optionalReads());
        }
        return new Contract(type, version, all, optional, writes, updates, effect, opaque);
    }

    /** A copy that also writes these keys; each must be in the outputs. */
    public Contract writing(Key<?>... keys) {
        Set<Key<?>> all = new LinkedHashSet<>(writes);
        all.addAll(List.of(keys));
        return new Contract(type, version, reads, optionalReads, all, updates, effect, opaque);
    }

    /** A copy that also updates these keys, which exist already: their values are read, and may be replaced. */
    public Contract updating(Key<?>... keys) {
        Set<Key<?>> all = new LinkedHashSet<>(updates);
        all.addAll(List.of(keys));
        return new Contract(type, version, reads, optionalReads, writes, all, effect, opaque);
    }

    /** A copy with another effect; the default is {@link Effect#undoable()}. */
    public Contract withEffect(Effect effect) {
        return new Contract(type, version, reads, optionalReads, writes, updates, effect, opaque);
    }

    /** A copy with another version; the default is 1. Count it up when the meaning of a finished step changes. */
    public Contract withVersion(int version) {
        return new Contract(type, version, reads, optionalReads, writes, updates, effect, opaque);
    }

    /** The step's type: for a class its simple name, for a lambda {@code lambda}. */
    public String type() {
        return type;
    }

    /** The version of its meaning. */
    public int version() {
        return version;
    }

    /** The keys it cannot do without. */
    public Set<Key<?>> reads() {
        return reads;
    }

    /** The keys it uses if they are there. */
    public Set<Key<?>> optionalReads() {
        return optionalReads;
    }

    /** The keys it gives a first value. */
    public Set<Key<?>> writes() {
        return writes;
    }

    /** The keys it reads and may give another value. */
    public Set<Key<?>> updates() {
        return updates;
    }

    /** What it does to the world outside. */
    public Effect effect() {
        return effect;
    }

    /** Whether it declares nothing and may read and write any key. */
    public boolean isOpaque() {
        return opaque;
    }

    boolean mayRead(String name) {
        return opaque || readable.containsKey(name);
    }

    boolean mayReadAfterwards(String name) {
        return mayRead(name) || writable.containsKey(name);
    }

    boolean declares(Key<?> key) {
        return opaque || writable.containsKey(key.name());
    }

    boolean updates(Key<?> key) {
        return opaque || updates.contains(key);
    }

    /** The key as the contract declares it; a secret too if it was written as one. */
    Key<?> declared(Key<?> written) {
        Key<?> declared = writable.getOrDefault(written.name(), written);
        return written.isSecret() ? declared.secret() : declared;
    }

    /** The key of this name as the contract declares it; what only an opaque step can have written is of any type. */
    Key<?> declared(String name) {
        Key<?> declared = writable.get(name);
        return declared == null ? Key.of(name, Object.class) : declared;
    }

    /** Whether it writes the key as a secret. */
    boolean isSecret(Key<?> key) {
        Key<?> declared = writable.get(key.name());
        return declared != null && declared.isSecret();
    }

    /** The keys it writes, for the check that each step's outputs go through. */
    Key<?>[] writesAsArray() {
        return writesAsArray;
    }

    boolean updatesAnything() {
        return !updates.isEmpty();
    }

    private static Map<String, Key<?>> byName(List<Set<Key<?>>> sets) {
        Map<String, Key<?>> map = new HashMap<>();
        sets.forEach(set -> set.forEach(key -> map.put(key.name(), key)));
        return map;
    }

    @Override
    public String toString() {
        return type + " v" + version + " reads " + names(reads) + " writes " + names(writes)
                + (updates.isEmpty() ? "" : " updates " + names(updates));
    }

    private static String names(Set<Key<?>> keys) {
        return keys.stream().map(Key::name).sorted().toList().toString();
    }
}
