// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** A cold Mono: each subscription is a run of its own, started by the first request. */
final class RunMono extends Mono<State> {
    private final Pipe pipe;
    private final State input;
    private final RunOptions options;

    RunMono(Pipe pipe, State input, RunOptions options) {
        this.pipe = pipe;
        this.input = input;
        this.options = options;
    }

    @Override
    public void subscribe(CoreSubscriber<? super State> subscriber) {
        subscriber.onSubscribe(new Inner(subscriber, new Execution(pipe, input, options, subscriber.currentContext())));
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
