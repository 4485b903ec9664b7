// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * When the next request to an account may be sent, and whose it is: one pace for all runs that use the account's handle.
 *
 * <p>Who has to wait stands in the lane of its run. The turns go round the lanes, so that a run with a thousand waiting calls does
 * not keep another one from its only call; in a lane, who came first goes first. A lane is there only as long as somebody waits in
 * it. Time is that of {@code Schedulers.parallel()}, looked up whenever it is asked for. Thread-safe; nobody is told anything while
 * the lock is held.
 */
final class Pace {
    private final Rate rate;
    private final Supplier<Scheduler> scheduler;

    // ---- guarded by this
    private final Map<String, Set<Waiting>> lanes = new LinkedHashMap<>();
    private boolean armed;
    private long turns;
    private long turnsBeforeTheFall;
    private long now;
    private long clock = Long.MIN_VALUE;

    private Pace(double ceiling, Supplier<Scheduler> scheduler) {
        rate = new Rate(ceiling);
        this.scheduler = scheduler;
    }

    /** No limit before the service says that there is one. */
    static Pace unlimited() {
        return new Pace(Double.POSITIVE_INFINITY, Schedulers::parallel);
    }

    /** Afresh, with at most so many requests a second. */
    Pace atMost(double perSecond) {
        if (!(perSecond > 0) || perSecond == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("requests per second are " + perSecond + ", they must be positive");
        }
        return new Pace(perSecond, scheduler);
    }

    /** Afresh, in another time. */
    Pace by(Supplier<Scheduler> time) {
        return new Pace(rate.ceiling(), time);
    }

    /** The pace of another account or region: the same ceiling, nothing shared. */
    Pace afresh() {
        return new Pace(rate.ceiling(), scheduler);
    }

    /** The permission to send one request. */
    record Turn(long number) {}

    /** A turn, if it can be had without waiting and nobody else waits. */
    synchronized Optional<Turn> turnNow() {
        long time = time();
        return lanes.isEmpty() && rate.untilNext(time) <= 0 ? Optional.of(take(time)) : Optional.empty();
    }

    /** The lane's next turn; cancel gives up the place, and takes no turn. */
    Mono<Turn> turn(String lane) {
        return Mono.create(sink -> {
            Waiting waiting = new Waiting(lane, sink);
            // in this order: a cancel that comes in between would find nobody who could leave
            join(waiting);
            sink.onDispose(() -> leave(waiting));
            goOn();
        });
    }

    /**
     * What became of a request: a refusal slows down those to come.
     *
     * <p>Requests that were under way when the pace slowed down say nothing new by being refused too.
     */
    void failed(Turn turn, Throwable failure) {
        if (FailureClass.of(failure) == FailureClass.THROTTLED) {
            refused(turn, failure instanceof StepFailure said ? said.retryAfter() : Optional.empty());
        }
    }

    private synchronized void refused(Turn turn, Optional<Duration> retryAfter) {
        long time = time();
        retryAfter.ifPresent(wait -> rate.stop(time, wait.toMillis()));
        if (turn.number > turnsBeforeTheFall) {
            turnsBeforeTheFall = turns;
            rate.fall(time);
        }
    }

    /** Requests a second now, infinite without a limit. */
    synchronized double perSecond() {
        return rate.perSecond(time());
    }

    /** How many runs wait. */
    synchronized int lanes() {
        return lanes.size();
    }

    private synchronized void join(Waiting waiting) {
        lanes.computeIfAbsent(waiting.lane, lane -> new LinkedHashSet<>()).add(waiting);
    }

    private synchronized void leave(Waiting waiting) {
        Set<Waiting> lane = lanes.get(waiting.lane);
        if (lane != null && lane.remove(waiting) && lane.isEmpty()) {
            lanes.remove(waiting.lane);
        }
    }

    /** Turns are handed out by the scheduler alone: whoever comes or waits in one run does not do the work of another one. */
    private void goOn() {
        long wait = arm();
        if (wait < 0) {
            return;
        }
        try {
            scheduler.get().schedule(this::timeIsUp, wait, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            StepFailure failure = StepFailure.of(FailureClass.TRANSIENT, "nobody can hand out turns any more", e);
            disarm().forEach(waiting -> told(() -> waiting.sink.error(failure)));
        }
    }

    /** Milliseconds until somebody's turn; negative if nobody waits or the time is watched already. */
    private synchronized long arm() {
        if (lanes.isEmpty() || armed) {
            return -1;
        }
        long wait = Math.max(0, rate.untilNext(time()));
        armed = true;
        return wait;
    }

    /** All who waited for what will not come. */
    private synchronized List<Waiting> disarm() {
        armed = false;
        List<Waiting> all = lanes.values().stream().flatMap(Set::stream).toList();
        lanes.clear();
        return all;
    }

    private void timeIsUp() {
        dueTurns().forEach(due -> told(() -> due.to.sink.success(due.turn)));
        goOn();
    }

    /** What one does with its turn is nothing that the others could suffer from. */
    private static void told(Runnable tell) {
        try {
            tell.run();
        } catch (Throwable e) { // an Error too: it came from whoever was told
            Operators.onErrorDropped(e, Context.empty());
        }
    }

    private synchronized List<Granted> dueTurns() {
        armed = false;
        List<Granted> due = new ArrayList<>();
        long time = time();
        while (!lanes.isEmpty() && rate.untilNext(time) <= 0) {
            due.add(new Granted(next(), take(time)));
        }
        return due;
    }

    private Turn take(long time) {
        rate.take(time);
        return new Turn(++turns);
    }

    /** The first of the lane whose turn it is; the lane goes to the end. */
    private Waiting next() {
        Iterator<Map.Entry<String, Set<Waiting>>> first = lanes.entrySet().iterator();
        Map.Entry<String, Set<Waiting>> lane = first.next();
        first.remove();
        Iterator<Waiting> its = lane.getValue().iterator();
        Waiting waiting = its.next();
        its.remove();
        if (its.hasNext()) {
            lanes.put(waiting.lane, lane.getValue());
        }
        return waiting;
    }

    /** The scheduler's clock is the wall's, which is put right at times: time stands still then, but does not go back. */
    private long time() {
        long reading = scheduler.get().now(TimeUnit.MILLISECONDS);
        now += clock == Long.MIN_VALUE ? 0 : Math.max(0, reading - clock);
        clock = reading;
        return now;
    }

    /** One who waits; each is another one, whatever it waits for. */
    private static final class Waiting {
        final String lane;
        final MonoSink<Turn> sink;

        Waiting(String lane, MonoSink<Turn> sink) {
            this.lane = lane;
            this.sink = sink;
        }
    }

    private record Granted(Waiting to, Turn turn) {}
}
