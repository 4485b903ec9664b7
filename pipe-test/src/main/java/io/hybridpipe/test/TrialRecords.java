// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.Path;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a {@link JournalTrial} writes, and what it looks at of that which it reads. */
final class TrialRecords {
    private TrialRecords() {}

    private static Instant at(int number) {
        return Instant.parse("2026-01-02T03:04:05.678Z").plusMillis(number);
    }

    /** The record of this number. */
    static JournalRecord entry(int number) {
        return JournalRecord.of(Kind.INTENT, at(number), Path.of("p/step-" + number), 0, 1);
    }

    /** The first records. */
    static List<JournalRecord> entries(int many) {
        return IntStream.range(0, many).mapToObj(TrialRecords::entry).toList();
    }

    /** All kinds but the one that the journal itself writes, with every form that data may have. */
    static List<JournalRecord> ofEveryKind() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("text", "line one\nline \"two\"\t\\ \u0000 \u2028 ü \ud83d\ude80");
        data.put("empty", "");
        data.put("int", -1);
        data.put("long", 1L << 40);
        data.put("fraction", 0.5);
        data.put("yes", true);
        data.put("nothing", null);
        data.put("list", Arrays.asList("a", null, List.of(), Map.of("b", List.of(1, 2))));
        data.put("a name with \"quotes\"\n", Map.of("deep", Map.of("deeper", List.of(List.of("x")))));
        List<JournalRecord> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind != Kind.HELD) {
                int number = all.size();
                all.add(new JournalRecord(
                        kind,
                        at(number),
                        Path.of(number == 0 ? "" : "p/peer[fed-1]/ü \"q\""),
                        number,
                        number * 2,
                        number % 2 == 0 ? data : Map.of()));
            }
        }
        return all;
    }

    static List<JournalRecord> withoutHeld(List<JournalRecord> records) {
        return records.stream().filter(it -> it.kind() != Kind.HELD).toList();
    }

    static List<Kind> kinds(List<JournalRecord> records) {
        return records.stream().map(JournalRecord::kind).toList();
    }

    /** The same record with numbers by their value alone: JSON does not tell a long from an int, or a double from a decimal. */
    static JournalRecord byValue(JournalRecord it) {
        return new JournalRecord(it.kind(), it.at(), it.path(), it.generation(), it.attempt(), mapByValue(it.data()));
    }

    private static Map<String, Object> mapByValue(Map<?, ?> map) {
        Map<String, Object> all = new LinkedHashMap<>();
        map.forEach((name, value) -> all.put(String.valueOf(name), plain(value)));
        return all;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return mapByValue(map);
        }
        if (value instanceof List<?> list) {
            return new ArrayList<>(list.stream().map(TrialRecords::plain).toList());
        }
        return value instanceof Number number ? new BigDecimal(number.toString()).stripTrailingZeros() : value;
    }
}
