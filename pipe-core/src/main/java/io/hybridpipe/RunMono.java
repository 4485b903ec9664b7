// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** A cold Mono: each subscription is a run of its own, started by the first request. */
final class RunMono extends Mono<State> {
    private final Pipe pipe;
    private final State input;
    private final RunOptions options;
    private final Resumption.@Nullable Mode mode;

    RunMono(Pipe pipe, State input, RunOptions options) {
        this(pipe, input, options, null);
    }

    /** @param mode what is to become of a run that another process began; {@code input} then holds what was not written */
    RunMono(Pipe pipe, State input, RunOptions options, Resumption.@Nullable Mode mode) {
        this.pipe = pipe;
        this.input = input;
        this.options = options;
        this.mode = mode;
    }

    @Override
    public void subscribe(CoreSubscriber<? super State> subscriber) {
        Resumption resumption = mode == null ? null : new Resumption(mode, input);
        subscriber.onSubscribe(
                new Inner(subscriber, new Execution(pipe, input, options, subscriber.currentContext(), resumption)));
    }

    private static final class Inner implements Subscription {
        private static final int WAITING = 0;
        private static final int STARTED = 1;
        private static final int GONE = 2;

        private final CoreSubscriber<? super State> subscriber;
        private final Execution execution;
        private final AtomicInteger phase = new AtomicInteger(WAITING);

        Inner(CoreSubscriber<? super State> subscriber, Execution execution) {
            this.subscriber = subscriber;
            this.execution = execution;
        }

        @Override
        public void request(long n) {
            if (phase.compareAndSet(WAITING, STARTED)) {
                execution.whenEnded(this::ended);
                execution.start(true);
            }
        }

        @Override
        public void cancel() {
            if (phase.getAndSet(GONE) == STARTED) {
                execution.cancel("the subscriber left");
            }
        }

        private void ended(Execution.End end) {
            if (phase.getAndSet(GONE) != STARTED) {
                return;
            }
            if (end.failure != null) {
                subscriber.onError(end.failure);
            } else {
                subscriber.onNext(end.state);
                subscriber.onComplete();
            }
        }
    }
}
