// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/vns3-client.md} tells what the table of operations tells. */
class ClientDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "vns3-client.md");
    private static final Facts FACTS = Facts.read();
    private static final String HEAD = """
            # The VNS3 client, operation by operation

            `Vns3Access` says how controllers are reached, and gives a `Vns3Client` of each. This is the table of its operations:
            the method, the request it sends with the fields that the table's example sets, what it emits, and the version of the
            controller that has it first where 4.8.4 does not have it. `Secret<..>` prints as `***` wherever it is printed.

            Each row is a test (`EveryOperationTest`): the request is looked at on the wire, and the answer is decoded. Rows marked
            `*` are answered by a script with the bodies of the vendor's description, since a stand-in alone does not have what they ask for;
            all others by the stand-in `SimVns3` over TLS. Two further tests send random arguments (`RequestTypesTest`) and read
            random answers (`AnswersTest`) of every operation.

            An older controller refuses an operation that it does not have, and the failure says which version it needs. What an
            answer holds beyond its record is in the record's `other()`.

            This file is written by `ClientDocumentTest`; renew it with
            `./mvnw -pl pipe-steps-vns3 -am test -Dtest=ClientDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Dhybridpipe.write=true`.

            | client | request | answer | since |
            |---|---|---|---|
            """;

    @Test
    void theDocumentHasARowForEachOperation() throws IOException {
        String wanted = HEAD + Rows.all().stream().map(ClientDocumentTest::line).collect(Collectors.joining());
        if (Boolean.getBoolean("hybridpipe.write")) {
            Files.writeString(DOCUMENT, wanted);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("%s; its text says how to renew it", DOCUMENT)
                .isEqualTo(wanted);
    }

    private static String line(Row row) {
        ClientOperation operation = Rows.operation(row);
        return "| `%s`%s | `%s` | `%s` | %s |\n"
                .formatted(
                        operation,
                        row.script().isPresent() ? " *" : "",
                        request(row),
                        operation
                                .answer()
                                .getTypeName()
                                .replaceAll("[a-z0-9.]+\\.([A-Z])", "$1")
                                .replace("|", "\\|"),
                        row.since().orElse(""));
    }

    private static String request(Row row) {
        String[] parts = row.request().split("[ ?]");
        List<String> words = new ArrayList<>(
                List.of(parts[0], FACTS.operation(parts[0], parts[1]).substring(parts[0].length() + 1)));
        if (parts.length > 2) {
            words.add("?" + parts[2].replaceAll("=[^&]*", "="));
        }
        if (row.body().startsWith("{")) {
            try {
                JsonNode body = Facts.JSON.readTree(row.body().replace('\'', '"'));
                List<String> names = new ArrayList<>();
                body.fieldNames().forEachRemaining(names::add);
                words.add("{" + String.join(", ", names) + "}");
            } catch (IOException e) {
                throw new IllegalStateException(row.toString(), e);
            }
        } else if (!row.body().isEmpty()) {
            words.add("text");
        }
        return String.join(" ", words).replace(" ?", "?");
    }
}
