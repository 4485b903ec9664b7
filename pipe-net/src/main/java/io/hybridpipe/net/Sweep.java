// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Closing what dead runs left open: what the {@code sweep} methods of scope classes share.
 *
 * <p>A sweep runs outside every run, so nobody else tries again what fails in passing.
 */
public final class Sweep {
    private static final int RETRIES = 3;
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);

    private Sweep() {}

    /**
     * Closes one after the other and emits each as soon as it is closed; nothing happens before it is subscribed.
     *
     * <p>A close that fails other than permanently is tried again, three times. What fails for good does not stop the others:
     * it is signalled at the end, several failures as one {@link StepFailure} whose message holds them all, with each of them
     * suppressed in it. A failure of {@code expired} counts as one of them.
     *
     * @param expired what is to be closed
     * @param name what each is called in results and messages
     * @param within the time for one try of one close
     * @param close takes one away and completes once it is no longer seen, without error if it was gone already
     */
    public static <T> Flux<Resource> of(
            Flux<T> expired,
            Function<? super T, Resource> name,
            Duration within,
            Function<? super T, ? extends Mono<?>> close) {
        return Flux.defer(() -> {
            // not concatMapDelayError: it drops the failure of the last one if that comes at once
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            return expired.onErrorResume(failure -> noted(failure, failures))
                    .concatMap(each -> Mono.defer(() -> close.apply(each))
                            .timeout(within)
                            .onErrorMap(
                                    TimeoutException.class,
                                    late -> StepFailure.unknownOutcome(
                                            name.apply(each) + " is not closed after " + within))
                            .retryWhen(Retry.backoff(RETRIES, FIRST_DELAY)
                                    .filter(failure -> FailureClass.of(failure) != FailureClass.PERMANENT)
                                    .onRetryExhaustedThrow((policy, last) -> last.failure()))
                            .then(Mono.fromSupplier(() -> name.apply(each)))
                            .onErrorResume(failure -> noted(failure, failures)))
                    .concatWith(Mono.defer(() -> failures.isEmpty() ? Mono.empty() : Mono.error(asOne(failures))));
        });
    }

    private static <T> Mono<T> noted(Throwable failure, List<Throwable> failures) {
        failures.add(failure);
        return Mono.empty();
    }

    private static Throwable asOne(List<Throwable> failures) {
        if (failures.size() == 1) {
            return failures.get(0);
        }
        StepFailure all = StepFailure.permanent(failures.size() + " failures in a sweep: "
                + failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
        failures.forEach(all::addSuppressed);
        return all;
    }
}
