// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Knows which calls may be at work on other threads, where virtual time does not reach, and tells scripted ones which
 * scheduler to wait on. Thread-safe.
 */
final class InFlight implements StepInterceptor {
    private final @Nullable Scheduler scheduler;
    private final Runnable whenEnded;
    private final List<String> calls = new ArrayList<>();

    InFlight(@Nullable Scheduler scheduler, Runnable whenEnded) {
        this.scheduler = scheduler;
        this.whenEnded = whenEnded;
    }

    @Override
    public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
        if (Scripted.isContractOf(contract)) {
            return scheduler == null ? next : next.contextWrite(view -> view.put(Scheduler.class, scheduler));
        }
        String call = phase + " of " + context.path();
        // doFinally comes after the engine was told, so a call that is not counted any more has been dealt with
        return Mono.defer(() -> {
            begun(call);
            return next.doFinally(signal -> ended(call));
        });
    }

    private synchronized void begun(String call) {
        calls.add(call);
    }

    private void ended(String call) {
        synchronized (this) {
            calls.remove(call);
        }
        whenEnded.run();
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }
}
