// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A listener that keeps what it is told, for assertions after the run.
 *
 * <pre>{@code
 * RecordingListener told = new RecordingListener();
 * pipe.run(input, RunOptions.ofDefaults().listener(told)).block();
 * assertThat(told.types()).containsExactly("RunStarted", "StepStarted", "StepFinished", "RunSettled");
 * }</pre>
 *
 * <p>Use a fresh one for each run. Thread-safe; nothing in it waits, so ask when the run has settled.
 */
public final class RecordingListener implements RunListener {
    private final List<PipeEvent> events = new ArrayList<>();
    private @Nullable RunReport report;

    /** A listener that has been told nothing yet. */
    public RecordingListener() {}

    @Override
    public synchronized void on(PipeEvent event) {
        events.add(event);
        notifyAll();
    }

    @Override
    public synchronized void settled(RunReport report) {
        this.report = report;
        notifyAll();
    }

    /** All events so far, in order. */
    public synchronized List<PipeEvent> events() {
        return List.copyOf(events);
    }

    /** The names of all events so far, in order: {@code StepStarted}, {@code StepFinished}. */
    public List<String> types() {
        return events().stream().map(PipeEvent::type).toList();
    }

    /** The events of one type so far, in order. */
    public <E extends PipeEvent> List<E> of(Class<E> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The events of one type at one path so far, in order. */
    public <E extends PipeEvent> List<E> of(Class<E> type, String path) {
        return of(type).stream()
                .filter(event -> event.path().value().equals(path))
                .toList();
    }

    /** The report, once the run has settled. */
    public synchronized Optional<RunReport> report() {
        return Optional.ofNullable(report);
    }

    /** One line an event: its number, the time since the first one, its name, path, attempt and fields. */
    @Override
    public String toString() {
        return Telling.events(events(), -1);
    }
}
