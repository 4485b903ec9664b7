// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.samples.Main;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A JVM that runs the main job and holds the first changing call of one element until a signal has come. Says {@link #HELD}
 * when a call is held, and {@link #AS_BEFORE} when all is as before the run once that has settled.
 */
final class SignalledRun implements RunListener {
    static final String HELD = "held: ";
    static final String AS_BEFORE = "all is as before the run";
    static final String CLOSED = "the world's doors are closed";

    private final String path;
    private final boolean beforeItsEffect;
    private @Nullable StandIns world;
    private @Nullable Fault hold;
    private List<String> before = List.of();

    private SignalledRun(String path, boolean beforeItsEffect) {
        this.path = path;
        this.beforeItsEffect = beforeItsEffect;
    }

    /** Arguments: the element's path without items, and {@code before} or {@code after} for the moment of the hold. */
    public static void main(String... arguments) {
        SignalledRun run = new SignalledRun(arguments[0], arguments[1].equals("before"));
        FednetCommand command = new FednetCommand(System.out, System.err, Map.of(), run::starts)
                .listener(run)
                .hurried(40, Duration.ofMillis(20), Duration.ofSeconds(2));
        System.exit(Main.commandLine(command).execute());
    }

    private void starts(StandIns standIns) {
        world = standIns;
        before = Snapshot.of(standIns);
    }

    private StandIns world() {
        return Objects.requireNonNull(world);
    }

    @Override
    public void on(PipeEvent event) {
        boolean starts = event instanceof PipeEvent.StepStarted || event instanceof PipeEvent.ScopeOpening;
        if (starts
                && hold == null
                && event.path().value().replaceAll("\\[[^]]*]", "").equals(path)) {
            var rule = world().faults.on(call -> call.changing() && isOfItsCloud(call));
            hold = beforeItsEffect ? rule.holdBefore() : rule.holdAfter();
            hold.reached().thenAccept(call -> System.out.println(HELD + call));
        }
        // what was held before its effect takes effect when the run is already on its way back
        if (event instanceof PipeEvent.RunCancelRequested && hold != null && beforeItsEffect) {
            hold.release();
        }
    }

    /** Members of a group call their clouds at the same time. */
    private boolean isOfItsCloud(Call call) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return switch (name) {
            case "fednet-routes" -> call.service().startsWith("Microsoft.");
            case "vpc-routes" -> call.service().equals("ec2");
            default -> true;
        };
    }

    @Override
    public void settled(RunReport report) {
        List<String> after = Snapshot.of(world());
        System.out.println(
                after.equals(before)
                        ? AS_BEFORE
                        : "new: " + Lines.added(before, after) + ", gone: " + Lines.added(after, before));
        PacketTracer tracer = PacketTracer.in(world().world);
        boolean closed = world().federation().controllers().stream()
                .flatMap(member -> List.of("192.0.2.66", StandIns.CALLER).stream()
                        .map(from -> Packet.tcp(from, member.address().toString(), 8000)))
                .allMatch(packet -> tracer.trace(packet).toString().contains(" is stopped"));
        System.out.println(closed ? CLOSED : "a door is open");
    }
}
