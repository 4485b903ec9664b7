// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs blocking code on {@code boundedElastic}; a cancel interrupts it, but its end is still waited for. */
final class BlockingWork<T> extends Mono<T> {
    private final Callable<T> code;
    private volatile @Nullable Worker<T> worker;

    private BlockingWork(Callable<T> code) {
        this.code = code;
    }

    static <T> Mono<T> of(StepContext context, Callable<T> code) {
        return Mono.defer(() -> {
            BlockingWork<T> work = new BlockingWork<>(code);
            // mutate goes on listening after a cancel; only the thread is told
            return context.mutate(work).doOnCancel(work::interrupt);
        });
    }

    private void interrupt() {
        Worker<T> running = worker;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        Worker<T> started = new Worker<>(code, subscriber);
        worker = started;
        subscriber.onSubscribe(started);
        try {
            Schedulers.boundedElastic().schedule(started);
        } catch (RuntimeException e) {
            subscriber.onError(e);
        }
    }

    private static final class Worker<T> implements Runnable, Subscription {
        private final Callable<T> code;
        private final CoreSubscriber<? super T> subscriber;
        private @Nullable Thread thread;
        private boolean interrupted;

        Worker(Callable<T> code, CoreSubscriber<? super T> subscriber) {
            this.code = code;
            this.subscriber = subscriber;
        }

        @Override
        public void run() {
            synchronized (this) {
                if (interrupted) {
                    subscriber.onComplete();
                    return;
                }
                thread = Thread.currentThread();
            }
            T result = null;
            Throwable failure = null;
            try {
                result = code.call();
            } catch (Throwable e) { // an Error on a foreign thread would otherwise give no signal at all
                failure = e;
            }
            synchronized (this) {
                thread = null;
                // the interrupt was for this work, not for what the pooled thread does next
                Thread.interrupted();
            }
            if (failure != null) {
                subscriber.onError(failure);
            } else {
                if (result != null) {
                    subscriber.onNext(result);
                }
                subscriber.onComplete();
            }
        }

        synchronized void interrupt() {
            interrupted = true;
            if (thread != null) {
                thread.interrupt();
            }
        }

        @Override
        public void request(long n) {
            // the one result comes when it is there
        }

        @Override
        public void cancel() {
            interrupt();
        }
    }
}
