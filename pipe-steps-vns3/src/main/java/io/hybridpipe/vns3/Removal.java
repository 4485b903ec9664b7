// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Taking away what a step made, until it is gone. */
final class Removal {
    private static final Duration GONE_WITHIN = Duration.ofMinutes(1);

    private Removal() {}

    /**
     * Takes away one thing after another, and ends when there is none left.
     *
     * @param takeAway deletes one of them; emits when there is nothing to delete
     * @param what what one of them is, with its article
     */
    static Mono<Void> untilGone(Mono<Boolean> takeAway, Duration every, String what, Controller on) {
        return Looks.until(
                        takeAway,
                        every,
                        GONE_WITHIN,
                        () -> Mono.error(
                                StepFailure.of(FailureClass.TRANSIENT, what + " stays on " + on + " after its delete")))
                .then();
    }

    /** Removals on several controllers, so many at once; none is left because of another. */
    static Mono<Void> onAll(List<Mono<Void>> removals, int atOnce) {
        return Flux.fromIterable(removals)
                .flatMap(each -> each.then(Mono.<Throwable>empty()).onErrorResume(Mono::just), atOnce)
                // one that may pass goes first, so that undo is tried again for its sake
                .collectSortedList(Comparator.comparing(failure -> FailureClass.of(failure) == FailureClass.PERMANENT))
                .flatMap(failures -> failures.isEmpty() ? Mono.empty() : Mono.error(together(failures)));
    }

    private static Throwable together(List<Throwable> failures) {
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        return first;
    }

    /**
     * Says that what the step made on this controller is gone, since nothing of it was seen there: whoever deleted it may not have
     * heard the answer, and it would be named as left over because of another controller.
     */
    static void seenGone(Controller on, StepContext context) {
        context.madeBefore().stream()
                .filter(resource -> resource.where().equals(on.toString()))
                .forEach(context::gone);
    }
}
