// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.json.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a line says, as a JSON object without its checksum: the first line which log this is, each other one a record. */
final class LineFormat {
    static final int VERSION = 1;

    private static final Json JSON = Json.compact();

    private LineFormat() {}

    /** What the first line says. */
    record Header(int format, String run, String target, Instant created) {}

    static byte[] header(RunId run, String target, Instant created) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("format", VERSION);
        fields.put("run", run.value());
        fields.put("target", target);
        fields.put("created", created.toString());
        return bytes(fields);
    }

    /** @throws IllegalArgumentException if it is not a first line */
    static Header header(byte[] line) {
        Map<?, ?> fields = fields(line);
        return new Header(
                number(fields, "format"), text(fields, "run"), text(fields, "target"), instant(fields, "created"));
    }

    /** The version of the format, whatever else the first line says. */
    static int version(byte[] line) {
        return number(fields(line), "format");
    }

    /**
     * @param n the number of the line
     * @throws IllegalArgumentException if the record's data has no JSON form
     */
    static byte[] entry(int n, JournalRecord entry) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("n", n);
        fields.put("at", entry.at().toString());
        fields.put("kind", entry.kind().name());
        fields.put("path", entry.path().value());
        fields.put("generation", entry.generation());
        fields.put("attempt", entry.attempt());
        if (!entry.data().isEmpty()) {
            fields.put("data", entry.data());
        }
        return bytes(fields);
    }

    /** @throws IllegalArgumentException if it is not the record of that line */
    static JournalRecord entry(int n, byte[] line) {
        Map<?, ?> fields = fields(line);
        if (number(fields, "n") != n) {
            throw new IllegalArgumentException("it says that it is line " + number(fields, "n"));
        }
        Map<String, Object> data = new LinkedHashMap<>();
        if (fields.get("data") instanceof Map<?, ?> written) {
            written.forEach((name, value) -> data.put((String) name, value));
        }
        return new JournalRecord(
                Kind.valueOf(text(fields, "kind")),
                instant(fields, "at"),
                Path.of(text(fields, "path")),
                number(fields, "generation"),
                number(fields, "attempt"),
                Collections.unmodifiableMap(data));
    }

    private static byte[] bytes(Map<String, Object> fields) {
        return JSON.write(fields).getBytes(UTF_8);
    }

    private static Map<?, ?> fields(byte[] line) {
        if (JSON.read(new String(line, UTF_8)) instanceof Map<?, ?> fields) {
            return fields;
        }
        throw new IllegalArgumentException("it is no JSON object");
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("it has no " + name);
    }

    private static int number(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("it has no " + name);
    }

    private static Instant instant(Map<?, ?> fields, String name) {
        try {
            return Instant.parse(text(fields, name));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("its " + name + " is no instant", e);
        }
    }
}
