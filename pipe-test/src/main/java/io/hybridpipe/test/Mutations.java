// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/** Sends a step's changing calls so that they go on when the step is cancelled, and makes one of them go wrong. */
final class Mutations {
    enum Fault {
        NONE,
        LOSE_ANSWER,
        LOSE_REQUEST,
        HOLD_ANSWER
    }

    private final Fault fault;
    private final int at;
    private final Sinks.Empty<Void> held = Sinks.empty();
    private final List<Mono<Void>> ends = new ArrayList<>();
    private Runnable whenBusy = () -> {};
    private Runnable whenIdle = () -> {};
    private int inFlight;
    private boolean stopped;
    private int sent;
    private int refused;

    Mutations(Fault fault, int at) {
        this.fault = fault;
        this.at = at;
    }

    /** The same fault, nothing sent. */
    Mutations fresh() {
        return new Mutations(fault, at);
    }

    <T> Mono<T> send(Mono<T> call) {
        return Mono.defer(() -> {
            Sinks.Empty<Void> end = Sinks.empty();
            int number;
            synchronized (this) {
                if (stopped) {
                    refused++;
                    return Mono.error(StepFailure.of(FailureClass.TRANSIENT, "stopped before it was sent"));
                }
                number = ++sent;
                ends.add(end.asMono());
            }
            Fault mine = number == at ? fault : Fault.NONE;
            if (mine == Fault.LOSE_REQUEST) {
                end.tryEmitEmpty();
                return Mono.error(StepFailure.unknownOutcome("the request of mutate call " + number + " is lost"));
            }
            return Mono.create(step -> new Kept<>(step, mine, number, end).subscribeTo(call));
        });
    }

    /** Calls back right before calls are in flight, and right after, before the step hears of it. */
    synchronized void watch(Runnable whenBusy, Runnable whenIdle) {
        this.whenBusy = whenBusy;
        this.whenIdle = whenIdle;
    }

    private synchronized void begun() {
        if (inFlight++ == 0) {
            whenBusy.run();
        }
    }

    private synchronized void ended() {
        if (--inFlight == 0) {
            whenIdle.run();
        }
    }

    synchronized void stop() {
        stopped = true;
    }

    synchronized int sent() {
        return sent;
    }

    synchronized int refused() {
        return refused;
    }

    Mono<Void> held() {
        return held.asMono();
    }

    synchronized Mono<Void> settled() {
        return Mono.when(List.copyOf(ends));
    }

    /** Listens to one call to its end; the step is not asked whether it still wants the answer. */
    private final class Kept<T> {
        private final MonoSink<T> step;
        private final Fault fault;
        private final int number;
        private final Sinks.Empty<Void> end;
        private final AtomicBoolean stepGone = new AtomicBoolean();

        Kept(MonoSink<T> step, Fault fault, int number, Sinks.Empty<Void> end) {
            this.step = step;
            this.fault = fault;
            this.number = number;
            this.end = end;
            step.onCancel(() -> stepGone.set(true));
        }

        void subscribeTo(Mono<T> call) {
            begun();
            call.contextWrite(step.contextView())
                    .subscribe(
                            value -> ended(() -> step.success(value)),
                            failure -> ended(() -> step.error(failure)),
                            () -> ended(step::success));
        }

        private void ended(Runnable answer) {
            Mutations.this.ended();
            if (fault == Fault.HOLD_ANSWER) {
                held.tryEmitEmpty();
            } else if (!stepGone.get()) {
                if (fault == Fault.LOSE_ANSWER) {
                    step.error(StepFailure.unknownOutcome("the answer to mutate call " + number + " is lost"));
                } else {
                    answer.run();
                }
            }
            end.tryEmitEmpty();
        }
    }
}
