// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One call into a step's or scope's code: its subscriber, its timer and its context in one object.
 *
 * <p>It ends once: when the code's Mono has ended or was told to stop, and the calls that it sent through {@link #mutate} have
 * ended too or were given up. A timer is made only when the Mono has not ended by the time {@code subscribe} returns.
 */
final class Call<T> implements CoreSubscriber<T>, StepContext {
    /** Is told, inside the mailbox, how a call ended: a value, a failure, or neither for an empty Mono. */
    interface Ended<T> {
        void ended(@Nullable T value, @Nullable Throwable failure, Call<T> call);
    }

    private static final int SUBSCRIBING = 0;
    private static final int RUNNING = 1;
    private static final int ENDED_IN_SUBSCRIBE = 2;
    private static final int ENDED = 3;

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<Call> PHASE =
            AtomicIntegerFieldUpdater.newUpdater(Call.class, "phase");

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<Call> KEPT =
            AtomicIntegerFieldUpdater.newUpdater(Call.class, "kept");

    private final Unit unit;
    private final Phase method;
    private final int attempt;
    private final int generation;
    private final Ended<T> whenEnded;
    private final List<Resource> madeBefore;

    // written by whoever signals, before the phase changes
    private @Nullable T value;
    // written by whoever has ended the phase: the code's signal or the engine's stop, which may come at once
    private @Nullable Throwable error;
    private volatile @Nullable Subscription subscription;

    private volatile int phase;
    private volatile int kept;
    private volatile boolean closed;
    private volatile boolean changed;
    private volatile boolean workerKept;
    private volatile boolean sent;

    // touched only inside the mailbox
    private boolean over;
    private boolean awaitingKept;
    private boolean finished;
    private boolean workerGivenUp;
    private long timeLeft;
    private long timerSince;
    private int permitsAwaited;
    private @Nullable Disposable timer;
    private @Nullable Disposable grace;

    Call(Unit unit, Phase method, int attempt, int generation, Ended<T> whenEnded) {
        this.unit = unit;
        this.method = method;
        this.attempt = attempt;
        this.generation = generation;
        this.whenEnded = whenEnded;
        madeBefore = List.copyOf(unit.made());
    }

    /** Subscribes; true if the call ended before this returns. */
    boolean begin(Function<StepContext, Mono<T>> code, long timeoutMillis) {
        try {
            intercepted(code).subscribe(this);
        } catch (Throwable e) { // whatever user code throws, an Error too, must end in undo and not in the engine
            onError(e);
        }
        unit.execution.timePasses();
        if (PHASE.compareAndSet(this, SUBSCRIBING, RUNNING)) {
            if (timeoutMillis > 0 && !over) {
                timeLeft = timeoutMillis;
                if (permitsAwaited == 0) {
                    startTimer();
                }
            }
            return false;
        }
        if (phase == ENDED) {
            return false;
        }
        ended();
        return true;
    }

    private Mono<T> intercepted(Function<StepContext, Mono<T>> code) {
        List<StepInterceptor> interceptors = unit.execution.options.interceptors;
        if (interceptors.isEmpty()) {
            return code.apply(this);
        }
        Mono<T> next = Mono.defer(() -> code.apply(this));
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            next = interceptors.get(i).around(method, unit.work.contract, this, next);
        }
        return next;
    }

    // ---- signals, on any thread

    @Override
    public Context currentContext() {
        return Context.of(unit.execution.context);
    }

    @Override
    public void onSubscribe(Subscription given) {
        if (Operators.validate(subscription, given)) {
            subscription = given;
            if (closed) {
                given.cancel();
            } else {
                given.request(Long.MAX_VALUE);
            }
        }
    }

    @Override
    public void onNext(T next) {
        if (value == null && phase <= RUNNING) {
            value = next;
        }
    }

    @Override
    public void onError(Throwable failure) {
        terminated(failure);
    }

    @Override
    public void onComplete() {
        terminated(null);
    }

    private void terminated(@Nullable Throwable failure) {
        if (phase == SUBSCRIBING) {
            // from another thread it goes behind what that thread posted before: what it made, how far it was
            boolean here = unit.execution.isHere();
            if (PHASE.compareAndSet(this, SUBSCRIBING, here ? ENDED_IN_SUBSCRIBE : ENDED)) {
                error = failure;
                if (!here) {
                    unit.execution.post(this::ended);
                }
                return;
            }
        }
        if (PHASE.compareAndSet(this, RUNNING, ENDED)) {
            error = failure;
            unit.execution.post(this::ended);
        }
    }

    // ---- the end, inside the mailbox

    private void ended() {
        if (!over) {
            over = true;
            settle();
        }
    }

    /** Tells the code to stop, with this as the failure; kept calls are still waited for. */
    void stop(Throwable why) {
        if (over || !PHASE.compareAndSet(this, RUNNING, ENDED) && !PHASE.compareAndSet(this, SUBSCRIBING, ENDED)) {
            // it has ended already, and its end is on the way to the mailbox
            return;
        }
        over = true;
        closed = true;
        error = why;
        Subscription running = subscription;
        if (running != null) {
            running.cancel();
        }
        settle();
    }

    private void settle() {
        closed = true;
        stopTimer();
        if (kept == 0) {
            finish();
        } else {
            awaitingKept = true;
            grace = unit.execution.timer(unit.execution.options.cancelGrace.toMillis(), () -> {
                changed = true;
                workerGivenUp = workerKept;
                finish();
            });
        }
    }

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        if (grace != null) {
            grace.dispose();
        }
        whenEnded.ended(error == null ? value : null, error, this);
    }

    /** Whether a call that changes something succeeded, is unanswered, or ended unknown. */
    boolean changedSomething() {
        return changed;
    }

    /** Whether a call that changes something was sent at all, whatever came of it. */
    boolean sentSomething() {
        return sent;
    }

    /** Whether a thread that works for this call did not end when told to. */
    boolean workerGivenUp() {
        return workerGivenUp;
    }

    private void startTimer() {
        timerSince = unit.execution.now();
        timer = unit.execution.timer(
                timeLeft,
                () -> stop(StepFailure.unknownOutcome(
                        "no answer within the timeout of " + Duration.ofMillis(unit.execution.now() - timerSince))));
    }

    private void stopTimer() {
        if (timer != null) {
            timer.dispose();
            timer = null;
        }
    }

    // ---- what user code asks for, on any thread

    @Override
    public RunId runId() {
        return unit.execution.id();
    }

    @Override
    public Path path() {
        return unit.node.path();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String token() {
        return Tokens.token(runId(), path(), generation);
    }

    @Override
    public Map<String, String> tags() {
        return Tokens.tags(unit.execution.pipe.name(), runId(), path(), token());
    }

    @Override
    public Clock clock() {
        return unit.execution.clock;
    }

    @Override
    public void progress(int done, int total, String text) {
        unit.execution.runOrPost(() -> {
            if (!finished) {
                String clean = unit.execution.secrets.scrub(text);
                unit.emit(header -> new PipeEvent.StepProgressed(header, done, total, clean));
            }
        });
    }

    @Override
    public void made(Resource resource) {
        said(written -> unit.made(resource, attempt, written));
    }

    @Override
    public void gone(Resource resource) {
        said(written -> unit.gone(resource, attempt, written));
    }

    @Override
    public List<Resource> madeBefore() {
        return madeBefore;
    }

    /** Written down before the next changing call, also when that one follows at once on this thread. */
    private void said(Consumer<Runnable> what) {
        Records records = unit.execution.records;
        records.onTheWay(true);
        unit.execution.runOrPost(() -> what.accept(() -> records.onTheWay(false)));
    }

    @Override
    public <R> Mono<R> waiting(String reason, Mono<R> permit) {
        return Mono.defer(() -> {
            unit.execution.runOrPost(() -> pauseTimer(reason));
            return permit.doFinally(signal -> unit.execution.runOrPost(this::resumeTimer));
        });
    }

    private void pauseTimer(String reason) {
        if (over) {
            return;
        }
        String clean = unit.execution.secrets.scrub(reason);
        unit.emit(header -> new PipeEvent.StepThrottled(header, clean));
        if (permitsAwaited++ == 0 && timer != null) {
            timeLeft = Math.max(1, timeLeft - (unit.execution.now() - timerSince));
            stopTimer();
        }
    }

    private void resumeTimer() {
        if (permitsAwaited > 0 && --permitsAwaited == 0 && !over && timeLeft > 0 && timer == null) {
            startTimer();
        }
    }

    @Override
    public <R> Mono<R> mutate(Mono<R> call) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super R> subscriber) {
                // counted before the look at closed: settle() looks in the other order, so one sees the other
                KEPT.incrementAndGet(Call.this);
                Kept<R> kept = new Kept<>(subscriber);
                if (closed) {
                    kept.refused();
                } else if (unit.execution.records.isClear()) {
                    send(call, kept);
                } else {
                    kept.announced();
                    unit.execution.runOrPost(() -> unit.execution.records.whenClear(why -> {
                        if (closed || kept.stepGone) {
                            kept.refused();
                        } else if (why != null) {
                            kept.onError(why);
                        } else {
                            send(call, kept);
                        }
                    }));
                }
            }
        };
    }

    private <R> void send(Mono<R> call, Kept<R> kept) {
        sent = true;
        workerKept |= call instanceof BlockingWork;
        try {
            call.subscribe(kept);
        } catch (Throwable e) { // else it would count as a call that is still in flight
            kept.threw(e);
        }
    }

    private void release() {
        if (KEPT.decrementAndGet(this) == 0 && closed) {
            unit.execution.post(() -> {
                if (awaitingKept && kept == 0) {
                    finish();
                }
            });
        }
    }

    /** Listens to one call to its end, also when the step has gone. */
    private final class Kept<R> implements CoreSubscriber<R>, Subscription {
        private final CoreSubscriber<? super R> step;
        private volatile boolean stepGone;
        private boolean subscribed;
        private boolean ended;

        Kept(CoreSubscriber<? super R> step) {
            this.step = step;
        }

        @Override
        public Context currentContext() {
            return step.currentContext();
        }

        @Override
        public void onSubscribe(Subscription upstream) {
            announced();
            upstream.request(Long.MAX_VALUE);
        }

        void announced() {
            if (!subscribed) {
                subscribed = true;
                step.onSubscribe(this);
            }
        }

        void threw(Throwable failure) {
            announced();
            onError(failure);
        }

        void refused() {
            threw(StepFailure.of(FailureClass.TRANSIENT, "stopped before it was sent"));
        }

        @Override
        public void onNext(R next) {
            changed = true;
            if (!stepGone) {
                step.onNext(next);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (!ended) {
                ended = true;
                if (FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME) {
                    changed = true;
                }
                // first, so that a step that ends by this signal finds nothing in flight that has ended
                release();
                if (!stepGone) {
                    step.onError(failure);
                }
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                ended = true;
                changed = true;
                release();
                if (!stepGone) {
                    step.onComplete();
                }
            }
        }

        @Override
        public void request(long n) {
            // the call is always asked for all it has
        }

        @Override
        public void cancel() {
            stepGone = true;
        }
    }
}
