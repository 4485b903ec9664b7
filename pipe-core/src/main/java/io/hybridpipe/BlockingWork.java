// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/** Runs blocking code on {@code boundedElastic}; a cancel interrupts it, but its end is still waited for. */
final class BlockingWork<T> implements Runnable {
    private final Callable<T> code;
    private final MonoSink<T> sink;
    private @Nullable Thread worker;
    private boolean cancelled;

    private BlockingWork(Callable<T> code, MonoSink<T> sink) {
        this.code = code;
        this.sink = sink;
    }

    static <T> Mono<T> of(StepContext context, Callable<T> code) {
        return Mono.defer(() -> {
            BlockingWork<?>[] work = new BlockingWork<?>[1];
            Mono<T> call = Mono.create(sink -> {
                BlockingWork<T> started = new BlockingWork<>(code, sink);
                work[0] = started;
                Schedulers.boundedElastic().schedule(started);
            });
            // mutate goes on listening after a cancel; only the thread is told
            return context.mutate(call).doOnCancel(() -> {
                if (work[0] != null) {
                    work[0].cancel();
                }
            });
        });
    }

    @Override
    public void run() {
        synchronized (this) {
            if (cancelled) {
                sink.success();
                return;
            }
            worker = Thread.currentThread();
        }
        T result = null;
        Throwable failure = null;
        try {
            result = code.call();
        } catch (Throwable t) { // an Error on a foreign thread would otherwise give no signal at all
            failure = t;
        }
        synchronized (this) {
            worker = null;
            // the interrupt was for this work, not for what the pooled thread does next
            Thread.interrupted();
        }
        if (failure != null) {
            sink.error(failure);
        } else {
            sink.success(result);
        }
    }

    private synchronized void cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        }
    }
}
