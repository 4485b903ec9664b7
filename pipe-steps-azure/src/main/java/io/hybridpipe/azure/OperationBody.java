// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.http.HttpResponse;
import com.azure.core.management.exception.ManagementError;
import com.azure.core.management.exception.ManagementException;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the service says of a long-running operation: {@code {"status": .., "error": {"code": .., "message": ..}}}.
 *
 * @param status how far it is, or an empty text
 * @param code the error's code, or an empty text
 * @param message the error's message, or an empty text
 */
record OperationBody(String status, String code, String message) {
    /** Reads the body of an answer; one that is no JSON is itself the message. */
    static OperationBody in(String body) {
        try (JsonReader reader = JsonProviders.createReader(body)) {
            Map<?, ?> all = object(reader.readUntyped());
            Map<?, ?> error = object(all.get("error"));
            return new OperationBody(text(all, "status"), text(error, "code"), text(error, "message"));
        } catch (IOException | IllegalStateException notJson) {
            return new OperationBody("", "", body);
        }
    }

    /** The answer with this body as the SDK would throw it. */
    ManagementException failure(HttpResponse response) {
        return new ManagementException(
                "HTTP " + response.getStatusCode(), response, new ManagementError(code, message));
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? text : "";
    }
}
