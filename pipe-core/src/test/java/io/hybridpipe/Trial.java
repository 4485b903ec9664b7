// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One run in virtual time on the test's own thread, with all its calls and events written down. */
final class Trial {
    /** One call of the engine into an {@link Act}, and when it came. */
    record Called(String what, Duration at) {}

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    final List<Called> calls = new ArrayList<>();
    final List<PipeEvent> events = new ArrayList<>();

    private RunOptions options =
            RunOptions.ofDefaults().runId(RunId.of("r")).scheduler(time).listener(events::add);
    private @Nullable Run run;
    private @Nullable RunReport report;

    /** A step or scope that makes one thing and takes it back, unless it is told otherwise. */
    Act act(String name) {
        return new Act(this, name);
    }

    Trial options(UnaryOperator<RunOptions> change) {
        options = change.apply(options);
        return this;
    }

    RunOptions options() {
        return options;
    }

    /** Starts a pipe {@code p} of these elements. */
    Trial start(Element... elements) {
        Pipe.Builder builder = Pipe.named("p");
        for (Element each : elements) {
            builder.element(each);
        }
        return start(builder.build(), State.empty());
    }

    Trial start(Pipe pipe, State input) {
        Run started = pipe.start(input, options);
        run = started;
        started.settled().subscribe(it -> report = it);
        return this;
    }

    Run run() {
        return Objects.requireNonNull(run, "start first");
    }

    /** Lets time pass. */
    Trial pass(Duration span) {
        time.advanceTimeBy(span);
        return this;
    }

    /** Lets time pass until nothing more can happen. */
    Trial passAll() {
        return pass(Duration.ofDays(1));
    }

    Trial cancel() {
        run().cancel("the test says so");
        return this;
    }

    boolean isSettled() {
        return report != null;
    }

    RunReport report() {
        assertThat(report).as("the run has settled; called so far: %s", calls).isNotNull();
        return Objects.requireNonNull(report);
    }

    void called(Act act, String method) {
        calls.add(new Called(method + " " + act.name(), now()));
    }

    Duration now() {
        return Duration.ofMillis(time.now(java.util.concurrent.TimeUnit.MILLISECONDS));
    }

    /** What was called so far, such as {@code run a}, in order. */
    List<String> called() {
        return calls.stream().map(Called::what).toList();
    }

    /** When a call was made, counted from the start. */
    List<Duration> timesOf(String what) {
        return calls.stream().filter(it -> it.what.equals(what)).map(Called::at).toList();
    }

    /** The types of the events at an element's path, in order. */
    List<String> eventsOf(String path) {
        return events.stream()
                .filter(it -> it.path().equals(Path.of(path)))
                .map(PipeEvent::type)
                .toList();
    }

    <E extends PipeEvent> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<String> leftovers() {
        return report().leftovers().stream().map(it -> it.path().value()).toList();
    }

    RunReport.Status statusOf(String path) {
        return report().element(Path.of(path)).orElseThrow().status();
    }
}
