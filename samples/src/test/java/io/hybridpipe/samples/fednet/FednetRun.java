// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.samples.Main;
import io.hybridpipe.sim.Call;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import reactor.core.publisher.Mono;

/** One run of the command in this JVM, and all that can be known about it afterwards. */
final class FednetRun {

    /** An event, and the last call that had reached a stand-in when it was told. */
    record Seen(PipeEvent event, long call) {
        boolean is(Class<? extends PipeEvent> type, String path) {
            return type.isInstance(event) && event.path().value().equals(path);
        }
    }

    private final String[] arguments;
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Seen> events = new CopyOnWriteArrayList<>();
    private Consumer<StandIns> prepare = world -> {};
    private Consumer<StandIns> inspect = world -> {};
    private @Nullable StandIns world;
    private @Nullable RunReport report;
    private Mono<Throwable> failure = Mono.empty();
    private List<String> before = List.of();
    private List<String> after = List.of();
    private int exitCode = -1;

    private FednetRun(String... arguments) {
        this.arguments = arguments;
    }

    static FednetRun of(String... arguments) {
        return new FednetRun(arguments);
    }

    FednetRun environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What is done to the stand-ins before the run; the picture "before" is taken afterwards. */
    FednetRun prepare(Consumer<StandIns> preparation) {
        prepare = preparation;
        return this;
    }

    /** What is looked at when the run has settled and the stand-ins still live. */
    FednetRun inspect(Consumer<StandIns> inspection) {
        inspect = inspection;
        return this;
    }

    FednetRun go() {
        FednetCommand command = new FednetCommand(print(out), print(err), environment, started -> {
                    world = started;
                    prepare.accept(started);
                    before = Snapshot.of(started);
                })
                .listener(new RunListener() {
                    @Override
                    public void on(PipeEvent event) {
                        events.add(new Seen(event, lastCall()));
                    }

                    @Override
                    public void settled(RunReport settled) {
                        report = settled;
                        if (world != null) {
                            after = Snapshot.of(world);
                            inspect.accept(world);
                        }
                    }
                })
                .onRun(started ->
                        failure = started.result().then(Mono.<Throwable>empty()).onErrorResume(Mono::just))
                .hurried(40, Duration.ofMillis(20), Duration.ofSeconds(2));
        CommandLine line = Main.commandLine(command);
        line.setOut(new PrintWriter(print(out), true));
        line.setErr(new PrintWriter(print(err), true));
        exitCode = line.execute(arguments);
        if (world != null && report == null) {
            after = Snapshot.of(world);
        }
        return this;
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private long lastCall() {
        if (world == null) {
            return 0;
        }
        List<Call> all = world.calls.all();
        return all.isEmpty() ? 0 : all.get(all.size() - 1).sequence();
    }

    int exitCode() {
        return exitCode;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    List<Seen> events() {
        return events;
    }

    Seen event(Class<? extends PipeEvent> type, String path) {
        return events.stream()
                .filter(seen -> seen.is(type, path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " of " + path + " in " + out()));
    }

    RunReport report() {
        return Objects.requireNonNull(report, () -> "nothing ran: " + err());
    }

    StandIns world() {
        return Objects.requireNonNull(world, () -> "no stand-ins: " + err());
    }

    /** What a caller of the library would have got instead of a result. */
    Optional<Throwable> failure() {
        return failure.blockOptional(Duration.ofSeconds(10));
    }

    List<String> before() {
        return before;
    }

    List<String> after() {
        return after;
    }

    /** The calls that arrived after one event and until another was told. */
    List<Call> callsBetween(Seen first, Seen last) {
        return world().calls.where(call -> call.sequence() > first.call() && call.sequence() <= last.call());
    }

    /** All that a failing assertion should show. */
    String told() {
        return "exit code " + exitCode + "\n--- out\n" + out() + "\n--- err\n" + err();
    }
}
