// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.EventHeader;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells a run's listeners what happens, one at a time and in order; one that throws is logged once and otherwise ignored. */
final class Listening {
    private static final ClassValue<Boolean> HEARS_SETTLED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type.getMethod("settled", RunReport.class).getDeclaringClass() != RunListener.class;
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every listener has one", e);
            }
        }
    };

    private final Execution execution;
    private final Set<RunListener> noisy = new HashSet<>();
    private long sequence;

    Listening(Execution execution) {
        this.execution = execution;
    }

    boolean isHeard() {
        return !execution.options.listeners.isEmpty();
    }

    void emit(Node node, int attempt, Function<EventHeader, PipeEvent> event) {
        if (isHeard()) {
            tell(event.apply(header(node, attempt)));
        }
    }

    EventHeader header(Node node, int attempt) {
        return new EventHeader(
                execution.id(), sequence++, node.path(), attempt, execution.instant(), execution.options.labels);
    }

    void tell(PipeEvent happened) {
        for (RunListener listener : execution.options.listeners) {
            try {
                listener.on(happened);
            } catch (RuntimeException | Error e) {
                ignore(listener, e);
            }
        }
    }

    void settled(Supplier<RunReport> report) {
        for (RunListener listener : execution.options.listeners) {
            try {
                // a lambda has no settled of its own: for it no report need be made
                if (HEARS_SETTLED.get(listener.getClass())) {
                    listener.settled(report.get());
                }
            } catch (RuntimeException | Error e) {
                ignore(listener, e);
            }
        }
    }

    private void ignore(RunListener listener, Throwable thrown) {
        if (noisy.add(listener)) {
            Execution.LOG.warn(
                    "listener {} threw; it is ignored, and further throws of it are not logged",
                    listener,
                    execution.secrets.scrub(thrown));
        }
    }
}
