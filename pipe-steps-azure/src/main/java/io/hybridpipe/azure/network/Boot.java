// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.InstanceViewStatus;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * A machine on its way from being provisioned until it runs, as its instance view tells it: statuses with codes such as
 * {@code ProvisioningState/succeeded} and {@code PowerState/running}.
 *
 * @param within how long it may take
 */
record Boot(Own<VirtualMachineInner> own, Duration within) {
    private static final String RUNNING = "PowerState/running";
    private static final String POWER = "PowerState/";
    private static final String STARTING = "PowerState/starting";
    private static final String FAILED = "ProvisioningState/failed/";

    /** The machine as soon as it runs; one whose provisioning failed meanwhile fails with the reason in its instance view. */
    Mono<VirtualMachineInner> untilRunning() {
        AtomicReference<String> last = new AtomicReference<>("not seen");
        Mono<VirtualMachineInner> look = Looks.patient(own.find()).flatMap(machine -> {
            tell(toText(machine), last);
            failure(machine).ifPresent(reason -> {
                throw reason;
            });
            return lack(machine).isEmpty() ? Mono.just(machine) : Mono.empty();
        });
        return Looks.until(look, own.account().pause(), within, () -> late(last));
    }

    /**
     * What the machine lacks as soon as it is not on its way to run any more, or when the time is up; empty when it runs.
     *
     * <p>Whoever looks in the midst of a boot would take a healthy machine for one that is to be made anew.
     */
    Mono<String> lack() {
        AtomicReference<String> last = new AtomicReference<>("not seen");
        Mono<Optional<String>> look = Looks.patient(own.find()
                .filter(machine -> {
                    tell(toText(machine), last);
                    return !isStarting(machine);
                })
                .map(this::lack));
        return Looks.until(look, own.account().pause(), within, () -> Mono.just(Optional.of("does not run: " + last)))
                .flatMap(Mono::justOrEmpty);
    }

    private static boolean isStarting(VirtualMachineInner machine) {
        List<InstanceViewStatus> statuses = statuses(machine);
        return statuses.stream().noneMatch(status -> codeOf(status).startsWith(FAILED))
                && statuses.stream()
                        .map(Boot::codeOf)
                        .filter(code -> code.startsWith(POWER))
                        .allMatch(STARTING::equals);
    }

    private Optional<String> lack(VirtualMachineInner machine) {
        return statuses(machine).stream().anyMatch(status -> RUNNING.equals(status.code()))
                ? Optional.empty()
                : Optional.of("does not run: " + toText(machine));
    }

    private Optional<StepFailure> failure(VirtualMachineInner machine) {
        return statuses(machine).stream()
                .filter(status -> codeOf(status).startsWith(FAILED))
                .findFirst()
                .map(status -> own.account()
                        .failures()
                        .ofOperation(
                                "launch " + own,
                                codeOf(status).substring(FAILED.length()),
                                status.message() == null ? "" : status.message()));
    }

    private Mono<VirtualMachineInner> late(AtomicReference<String> last) {
        return Mono.error(() -> StepFailure.permanent("launch " + own + ": it does not run within " + within + ": "
                + last.get() + " (" + own.account().where() + ")"));
    }

    /** The same state for minutes is one piece of news. */
    private void tell(String text, AtomicReference<String> last) {
        if (!text.equals(last.getAndSet(text))) {
            own.context().progress(1, 2, own + ": " + text);
        }
    }

    private static String toText(VirtualMachineInner machine) {
        List<InstanceViewStatus> statuses = statuses(machine);
        return statuses.isEmpty()
                ? "no instance view"
                : statuses.stream().map(Boot::codeOf).collect(Collectors.joining(", "));
    }

    private static List<InstanceViewStatus> statuses(VirtualMachineInner machine) {
        return machine.instanceView() == null || machine.instanceView().statuses() == null
                ? List.of()
                : machine.instanceView().statuses();
    }

    private static String codeOf(InstanceViewStatus status) {
        return String.valueOf(status.code());
    }
}
