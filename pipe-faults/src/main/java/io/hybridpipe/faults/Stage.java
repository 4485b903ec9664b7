// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Faults;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A stand-in whose time runs fast, with what a scene needs in it, for one run. */
public interface Stage extends AutoCloseable {
    /** How many times as fast as ours its time runs; the delays of retries are shortened by as much. */
    int speed();

    /** The rules for what shall go wrong. */
    Faults faults();

    /** The calls that arrived until now, in their order. */
    List<Call> calls();

    /** What is there now, by id, past the steps. */
    Map<String, String> inventory();

    /**
     * What is another one in each run, and what is put in its place before two inventories are compared; UUIDs, tokens, run ids and
     * instants are left out anyway.
     */
    default Map<Pattern, String> blurred() {
        return Map.of();
    }

    @Override
    void close();
}
