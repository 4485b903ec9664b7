// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/**
 * An instant as controllers write it: {@code 2019-07-19 19:44:02.191000+00:00}, with a T, without a zone, or in seconds since 1970.
 *
 * <p>In whole seconds, since many are told twice, once in text and once as a number.
 */
final class Moment {
    private Moment() {}

    /** The instant; empty if the text is none. Without a zone it is UTC, which controllers run in. */
    static Optional<Instant> in(String text) {
        String stripped = text.strip();
        if (stripped.matches("[0-9]{1,12}")) {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(stripped)));
        }
        try {
            TemporalAccessor parsed = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    stripped.replaceFirst(" ", "T"), OffsetDateTime::from, LocalDateTime::from);
            OffsetDateTime at = parsed instanceof LocalDateTime local
                    ? local.atOffset(ZoneOffset.UTC)
                    : OffsetDateTime.from(parsed);
            return Optional.of(Instant.ofEpochSecond(at.toEpochSecond()));
        } catch (DateTimeException notAnInstant) {
            return Optional.empty();
        }
    }
}
