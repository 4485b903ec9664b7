// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Every call that reached one or more stand-ins, in the order of arrival, with what went over the wire.
 *
 * <p>A call is complete in the log before its answer is sent, so a client that has its answer finds it here. Thread-safe.
 */
public final class CallLog {

    private final List<Call> calls = new ArrayList<>();
    private long forgotten;

    /** All calls until now, in order of arrival. */
    public synchronized List<Call> all() {
        return List.copyOf(calls);
    }

    /** The calls until now that fit, in order of arrival. */
    public List<Call> where(Predicate<? super Call> fits) {
        return all().stream().filter(fits).toList();
    }

    /** The calls of one action, in order of arrival. */
    public List<Call> of(String action) {
        return where(call -> call.action().equals(action));
    }

    /** The calls that may have changed something, in order of arrival. */
    public List<Call> changing() {
        return where(Call::changing);
    }

    /** All that went over the wire, as text to search in. */
    public String wire() {
        return all().stream().map(Call::wire).collect(Collectors.joining("\n\n"));
    }

    /** Forgets all calls; sequence numbers go on. */
    public synchronized void clear() {
        forgotten += calls.size();
        calls.clear();
    }

    synchronized Call arrived(Instant at, Operation operation, SimRequest request) {
        var call = new Call(forgotten + calls.size() + 1, at, operation, request, Optional.empty());
        calls.add(call);
        return call;
    }

    synchronized void answered(Call call, SimResponse response) {
        var index = (int) (call.sequence() - forgotten - 1);
        if (index >= 0) {
            calls.set(index, call.answered(response));
        }
    }
}
