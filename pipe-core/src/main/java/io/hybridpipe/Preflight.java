// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.retry.StepFailure;
import io.vavr.collection.HashMap;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Asks all elements, before anything of the run is done, whether they can succeed. Reads only. */
final class Preflight {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int AT_ONCE = 8;

    /** A service that nobody can reach is soon told; one that asks to slow down is given the time that its steps would give it. */
    private static final int MOST_OF_TRANSIENT = 4;

    private final Execution execution;
    private final List<Asked> asked = new ArrayList<>();

    Preflight(Execution execution) {
        this.execution = execution;
    }

    /** The verdict, or null when no element has anything to ask. */
    @Nullable
    Mono<Verdict> run(Outline pipe) {
        collect(pipe, execution.input);
        if (asked.isEmpty()) {
            return null;
        }
        return Flux.fromIterable(asked)
                .flatMapSequential(this::ask, AT_ONCE)
                .collectList()
                .map(failures -> failures.isEmpty()
                        ? new Verdict(pipe.path(), null, List.of())
                        : new Verdict(
                                failures.get(0).path,
                                failures.get(0).failure,
                                failures.subList(1, failures.size()).stream()
                                        .<Throwable>map(it -> it.failure)
                                        .toList()));
    }

    private Mono<Failed> ask(Asked each) {
        return Mono.defer(() -> each.answer)
                .retryWhen(Retry.from(failures ->
                        failures.concatMap(signal -> pause(each, signal.failure(), (int) signal.totalRetries() + 1))))
                .timeout(each.patience.isOver())
                .then(Mono.<Failed>empty())
                .onErrorResume(e -> Mono.just(new Failed(
                        each.path,
                        e instanceof TimeoutException
                                ? StepFailure.unknownOutcome("its preflight gave no answer within " + TIMEOUT)
                                : e)));
    }

    /** The time until it is asked again, or the failure if it is not: as the element's own retry policy says. */
    private Mono<Long> pause(Asked each, Throwable failure, int failed) {
        if (!FailureClass.isPassing(failure)) {
            return Mono.error(failure);
        }
        FailureClass its = FailureClass.of(failure);
        Backoff backoff = each.retry.forClass(its);
        int most = its == FailureClass.TRANSIENT
                ? Math.min(MOST_OF_TRANSIENT, backoff.maxAttempts())
                : backoff.maxAttempts();
        Duration wait = Unit.waitAfter(
                failure, backoff, failed, Unit.jitter(execution.id().value() + each.path + failed));
        boolean late = wait.compareTo(backoff.maxElapsed().minus(each.patience.spent())) > 0
                || wait.compareTo(TIMEOUT.minus(each.patience.spent())) >= 0;
        return failed >= most || late ? Mono.error(failure) : Mono.delay(wait, execution.scheduler);
    }

    private void collect(Outline outline, State visible) {
        Element element = outline.element;
        if (element instanceof Element.OfCondition condition) {
            Optional<Boolean> holds = early(condition.condition, visible, outline);
            if (holds.isPresent() && !holds.get()) {
                return;
            }
        }
        State inside = element instanceof Element.OfPipe nested ? inside(nested, visible, outline) : visible;
        Work work = element.work();
        if (work != null && work.hasPreflight) {
            Patience patience = new Patience(execution.scheduler, TIMEOUT);
            Mono<Void> answer = answer(work, inside, new Context(execution, outline.path(), patience));
            // Mono.empty() is one object, which most steps return: nothing to wait for
            if (answer != Mono.<Void>empty()) {
                asked.add(new Asked(outline.path(), work.options.retry(), answer, patience));
            }
        }
        outline.children().forEach(child -> collect(child, inside));
    }

    private <T> Optional<T> early(Input<T> input, State visible, Outline outline) {
        try {
            return input.find(visible.seenBy(new Early(outline.path(), null, execution.secrets)));
        } catch (RuntimeException | Error e) {
            // it fails again, and then counts, when the run comes to it
            return Optional.empty();
        }
    }

    private Mono<Void> answer(Work work, State visible, Context context) {
        try {
            return work.preflight(visible.seenBy(new Early(context.path, work.contract, execution.secrets)), context);
        } catch (RuntimeException | Error e) {
            return Mono.error(e);
        }
    }

    private State inside(Element.OfPipe nested, State visible, Outline outline) {
        io.vavr.collection.Map<String, Cell> cells = HashMap.empty();
        for (Key<?> need : nested.nested.needs()) {
            Optional<?> value = early(nested.wiring.inputFor(need), visible, outline);
            if (value.isPresent()) {
                execution.secrets.learn(need, value.get());
                cells = cells.put(need.name(), new Cell(value.get(), null));
            }
        }
        return new State(cells, null);
    }

    private record Asked(Path path, RetryPolicy retry, Mono<Void> answer, Patience patience) {}

    private record Failed(Path path, Throwable failure) {}

    /** What all said together: nothing against it, or the failure that refuses the run. */
    record Verdict(Path path, @Nullable Throwable failure, List<Throwable> others) {}

    private record Early(Path path, @Nullable Contract contract, Secrets secrets) implements State.View {
        @Override
        public void met(Object value) {
            secrets.learn(value, false);
        }

        @Override
        public boolean mayRead(String name) {
            return contract == null || contract.mayRead(name);
        }

        @Override
        public String reader() {
            return "preflight of " + path;
        }

        @Override
        public boolean early() {
            return true;
        }
    }

    private record Context(Execution execution, Path path, Patience patience) implements StepContext {
        @Override
        public RunId runId() {
            return execution.id();
        }

        @Override
        public int attempt() {
            return 0;
        }

        @Override
        public String token() {
            return Tokens.token(runId(), path, 0);
        }

        @Override
        public Map<String, String> tags() {
            return Tokens.tags(execution.pipe.name(), runId(), path, token());
        }

        @Override
        public Clock clock() {
            return execution.clock;
        }

        @Override
        public void progress(int done, int total, String text) {
            // a preflight is short and has no element that has started
        }

        @Override
        public <T> Mono<T> waiting(String reason, Mono<T> permit) {
            return patience.sparedBy(permit);
        }

        @Override
        public void made(Resource resource) {
            throw new IllegalStateException("the preflight of " + path + " must not make anything");
        }

        @Override
        public void gone(Resource resource) {
            throw new IllegalStateException("the preflight of " + path + " must not delete anything");
        }

        @Override
        public List<Resource> madeBefore() {
            return List.of();
        }

        @Override
        public <T> Mono<T> mutate(Mono<T> call) {
            return Mono.error(new IllegalStateException("the preflight of " + path + " must not change anything"));
        }
    }
}
