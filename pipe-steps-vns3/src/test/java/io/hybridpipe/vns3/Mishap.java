// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.SimVns3;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What goes wrong at one call of a run. All but the last two pass by, so that the run can be expected to end done or undone. */
enum Mishap {
    REFUSED,
    DROPPED_BEFORE,
    DROPPED_AFTER,
    SILENT,
    /** It takes effect when nobody waits for its answer any more. */
    LATE,
    BAD_GATEWAY_BEFORE,
    BAD_GATEWAY_AFTER,
    UNAVAILABLE_BEFORE,
    UNAVAILABLE_AFTER,
    REBOOT_BEFORE,
    REBOOT_AFTER,
    /** By somebody else; nobody tells the run. */
    PASSWORD_CHANGED,
    /** The controller never comes back. */
    GONE;

    /** Whether it stays so that the run cannot reach the controller. */
    boolean isForGood() {
        return this == PASSWORD_CHANGED || this == GONE;
    }

    /** Whether it makes a difference to a call that only reads: what it does not change cannot be lost or come late. */
    boolean strikesReads() {
        return switch (this) {
            case DROPPED_AFTER, LATE, BAD_GATEWAY_AFTER, UNAVAILABLE_AFTER -> false;
            default -> true;
        };
    }

    /** How long a request waits for its answer: in the stand-ins' time more than a minute. */
    static final Duration REQUEST_TIMEOUT = Duration.ofMillis(500);

    /** In the stand-ins' time: as long as in a reboot. */
    private static final Duration REFUSED_FOR = Duration.ofSeconds(20);

    /** From the moment when its client has given it up, and well within the visibility window of {@link Stage#hastened}. */
    private static final Duration LATE_BY = Duration.ofMillis(50);

    /**
     * One in force.
     *
     * @param has whether it has struck
     * @param isOver whether nothing of it is still to come
     */
    record Strike(BooleanSupplier has, BooleanSupplier isOver) {}

    /** Puts it in force for the n-th call of this action. */
    Strike at(SimVns3 controller, FaultyHttp http, String action, int occurrence) {
        if (this == REFUSED) {
            http.refuse(controller.uri(), action, occurrence, REFUSED_FOR.dividedBy(Lab.SPEED));
            return new Strike(http::isReached, () -> true);
        }
        Faults.Rule rule = controller.faults().on(action).nth(occurrence);
        Fault fault = force(rule);
        if (this == LATE) {
            http.givesUp(controller.uri(), action, occurrence)
                    .thenCombineAsync(
                            fault.reached(),
                            (givenUp, arrived) -> arrived,
                            CompletableFuture.delayedExecutor(LATE_BY.toMillis(), TimeUnit.MILLISECONDS, Runnable::run))
                    .thenRun(fault::release);
            return strike(controller, fault);
        }
        // on the call's own thread: nothing of it can come about behind this
        fault.reached().thenRun(() -> {
            befall(controller);
            fault.release();
        });
        return strike(controller, fault);
    }

    private Strike strike(SimVns3 controller, Fault fault) {
        BooleanSupplier has = fault.reached()::isDone;
        return new Strike(has, () -> this != LATE || !has.getAsBoolean() || isAnswered(controller, fault));
    }

    private void befall(SimVns3 controller) {
        switch (this) {
            case REBOOT_BEFORE, REBOOT_AFTER -> controller.reboot();
            case PASSWORD_CHANGED ->
                controller.configure("PUT", "/api_password", "{\"password\":\"theirs-canary-7781\"}");
            case GONE -> controller.close();
            default -> {}
        }
    }

    private static boolean isAnswered(SimVns3 controller, Fault fault) {
        long sequence = fault.reached().join().sequence();
        return controller.calls().all().stream()
                .anyMatch(call -> call.sequence() == sequence && call.response().isPresent());
    }

    private Fault force(Faults.Rule rule) {
        return switch (this) {
            case DROPPED_BEFORE -> rule.dropBefore();
            case DROPPED_AFTER -> rule.dropAfter();
            case SILENT -> rule.answer(SimResponse.silence());
            case BAD_GATEWAY_BEFORE -> rule.status(502);
            case BAD_GATEWAY_AFTER -> rule.statusAfter(502);
            case UNAVAILABLE_BEFORE -> rule.status(503);
            case UNAVAILABLE_AFTER -> rule.statusAfter(503);
            case LATE, REBOOT_BEFORE, PASSWORD_CHANGED, GONE -> rule.holdBefore();
            case REBOOT_AFTER -> rule.holdAfter();
            case REFUSED -> throw new IllegalStateException("a call that is refused never arrives");
        };
    }

    /** As in reports and in the names of cases. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
