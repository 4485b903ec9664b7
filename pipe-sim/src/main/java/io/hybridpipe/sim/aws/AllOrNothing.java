// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets a call take effect as a whole or not at all: what it changed before it failed is put back, what it planned for later
 * is taken off the clock. A dry run is a call that always fails at its end. Guarded by the monitor of its region.
 */
final class AllOrNothing {

    /**
     * What is wrong with a request in itself. A dry run tells of it, but not of limits, conflicts and dependencies, which the
     * call may or may not meet later: the documentation promises an answer about permissions and parameters only.
     */
    private static final Pattern BAD_REQUEST =
            Pattern.compile("Missing.*|InvalidParameter.*|.*\\.Malformed|.*\\.Range|VPCIdNotSpecified|.*\\.NotFound");

    private static final AwsError WOULD_HAVE_SUCCEEDED =
            AwsError.of("DryRunOperation", "Request would have succeeded, but DryRun flag is set.");

    private final Region region;
    private final List<SimClock.Cancellable> planned = new ArrayList<>();
    private boolean running;

    AllOrNothing(Region region) {
        this.region = region;
    }

    /** Plans a task, for good only if the call that runs now succeeds. */
    void after(Duration delay, Runnable task) {
        var entry = region.clock.after(delay, task);
        if (running) {
            planned.add(entry);
        }
    }

    void run(Runnable call) {
        var back = Stream.concat(
                        region.stores().stream().map(Store::savepoint),
                        Stream.of(region.tags.savepoint(), region.tokens.savepoint()))
                .toList();
        running = true;
        var done = false;
        try {
            call.run();
            done = true;
            region.visibility.callEnded();
        } finally {
            if (!done) {
                back.forEach(Runnable::run);
                planned.forEach(SimClock.Cancellable::cancel);
                region.visibility.callFailed();
            }
            planned.clear();
            running = false;
        }
    }

    /** Runs a call without effect and gives what it is answered. */
    AwsError dry(Runnable call) {
        var exchange = region.shared.exchange();
        synchronized (exchange) {
            var back = exchange.savepoint();
            try {
                run(() -> {
                    call.run();
                    throw WOULD_HAVE_SUCCEEDED;
                });
                return WOULD_HAVE_SUCCEEDED;
            } catch (AwsError e) {
                return !e.conflict() && BAD_REQUEST.matcher(e.code()).matches() ? e : WOULD_HAVE_SUCCEEDED;
            } finally {
                back.run();
            }
        }
    }
}
