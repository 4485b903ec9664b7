// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The subnets of one network by name, in declared order, each with its place.
 *
 * <p>In JSON it is an object such as <code>{"app": "10.1.0.0/24"}</code>. Immutable.
 */
public final class Subnets {
    private final Map<String, Cidr> byName;

    private Subnets(Map<String, Cidr> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Subnets that have their places already. */
    @JsonCreator
    public static Subnets of(Map<String, Cidr> byName) {
        return new Subnets(byName);
    }

    /**
     * Gives every requested subnet a place in the network: those with a CIDR keep it, each other one gets, in declared
     * order, the first free block of its size. The same requests always get the same places.
     *
     * @param network the block that all of them must be in
     * @param taken blocks that something else has already, in the network or outside of it
     * @throws IllegalArgumentException if one does not fit; the message says which, and what is left
     */
    public static Subnets allocate(Cidr network, List<SubnetRequest> requests, List<Cidr> taken) {
        return new Subnets(Allocation.of(network, requests, taken));
    }

    /** All of them, in declared order. */
    @JsonValue
    public Map<String, Cidr> byName() {
        return byName;
    }

    /**
     * The place of one subnet.
     *
     * @throws NoSuchElementException if there is none of this name; the message says which are there
     */
    public Cidr cidr(String name) {
        Cidr cidr = byName.get(name);
        if (cidr == null) {
            throw new NoSuchElementException("no subnet " + Quoted.of(name) + DidYouMean.among(byName.keySet(), name));
        }
        return cidr;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Subnets that && that.byName.equals(byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    @Override
    public String toString() {
        return byName.toString();
    }
}
