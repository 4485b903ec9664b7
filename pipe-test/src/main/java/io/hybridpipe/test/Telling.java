// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.EventHeader;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Events and reports as a person reads them in the message of a failed test. */
final class Telling {
    private static final Set<String> SHOWN_ANYWAY =
            Set.of("schema", "type", "run", "sequence", "path", "attempt", "at", "labels");

    private Telling() {}

    /**
     * One line an event.
     *
     * @param marked the index of the event that gets an arrow; -1 for none
     */
    static String events(List<PipeEvent> events, int marked) {
        if (events.isEmpty()) {
            return "  (no event)";
        }
        Instant start = events.get(0).header().at();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events.size(); i++) {
            text.append(i == 0 ? "" : "\n").append(i == marked ? "->" : "  ").append(line(events.get(i), start));
        }
        return text.toString();
    }

    private static String line(PipeEvent event, Instant start) {
        EventHeader header = event.header();
        String attempt = header.attempt() > 0 ? " #" + header.attempt() : "";
        return String.format(
                        Locale.ROOT,
                        "%4d %10s  %-18s %s%s%s",
                        header.sequence(),
                        since(start, header.at()),
                        event.type(),
                        header.path(),
                        attempt,
                        fields(event))
                .stripTrailing();
    }

    private static String fields(PipeEvent event) {
        return event.fields().entrySet().stream()
                .filter(field -> !SHOWN_ANYWAY.contains(field.getKey()))
                .map(field -> "  " + field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining());
    }

    private static String since(Instant start, Instant at) {
        return String.format(Locale.ROOT, "+%.3fs", Duration.between(start, at).toMillis() / 1000.0);
    }

    /** One line a field. */
    static String report(RunReport report) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Object> field : report.fields().entrySet()) {
            if (field.getValue() instanceof List<?> many) {
                if (!many.isEmpty()) {
                    text.append("  ").append(field.getKey()).append(":\n");
                    many.forEach(each -> text.append("    ").append(each).append('\n'));
                }
            } else {
                text.append("  ")
                        .append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append('\n');
            }
        }
        return text.toString().stripTrailing();
    }
}
