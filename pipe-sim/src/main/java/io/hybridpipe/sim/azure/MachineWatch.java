// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells listeners what became of virtual machines, by comparing those that run with those that ran: whatever made them come
 * and go, a call, a deployment or the end of a group. Guarded by the estate's monitor.
 */
final class MachineWatch {

    private final Estate estate;
    private final SimClock clock;
    private final List<Consumer<MachineEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, MachineEvent> running = new LinkedHashMap<>();

    MachineWatch(Estate estate, SimClock clock) {
        this.estate = estate;
        this.clock = clock;
    }

    void add(Consumer<MachineEvent> listener) {
        listeners.add(listener);
    }

    /** To be called after every change of the estate. */
    void look() {
        var now = now();
        for (var old : List.copyOf(running.values())) {
            if (!now.containsKey(old.machine())) {
                running.remove(old.machine());
                var isThere = ArmId.parse(old.machine()).flatMap(estate::top).isPresent();
                tell(old.as(isThere ? MachineEvent.Kind.STOPPED : MachineEvent.Kind.GONE));
            }
        }
        now.forEach((id, event) -> {
            var old = running.put(id, event);
            if (old == null) {
                tell(event);
            } else if (!old.publicAddress().equals(event.publicAddress())) {
                tell(event.as(MachineEvent.Kind.ADDRESS_CHANGED));
            }
        });
    }

    private Map<String, MachineEvent> now() {
        var now = new LinkedHashMap<String, MachineEvent>();
        for (var resource : estate.resources()) {
            if (resource.power().equals("running")) {
                event(resource, estate.attachments()).ifPresent(event -> now.put(event.machine(), event));
            }
        }
        return now;
    }

    private static Optional<MachineEvent> event(Resource machine, List<Attachment> attachments) {
        var interfaces = Json.objects(Json.at(machine.body(), "properties", "networkProfile", "networkInterfaces"));
        var primary = interfaces.stream()
                .filter(one -> interfaces.size() == 1
                        || one.path("properties").path("primary").asBoolean())
                .findFirst()
                .map(one -> one.path("id").asText());
        return primary.flatMap(id -> attachments.stream()
                        .filter(one -> one.port().id().equalsIgnoreCase(id))
                        .findFirst())
                .map(Attachment::port)
                .map(port -> new MachineEvent(
                        MachineEvent.Kind.RUNNING,
                        machine.id().subscription(),
                        machine.id().toString(),
                        VirtualMachines.image(machine.body()),
                        port.id(),
                        port.privateAddress(),
                        port.publicAddress()));
    }

    /** On the clock's thread, where no monitor is held: a listener may look at the stand-in and call it. */
    private void tell(MachineEvent event) {
        clock.after(Duration.ZERO, () -> listeners.forEach(listener -> listener.accept(event)));
    }
}
