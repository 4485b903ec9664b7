// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.core.management.exception.ManagementError;
import io.hybridpipe.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An error of the service with those inside of it, which it nests as details, as details of details, and as JSON that is the
 * text of a message (seen in recordings of failed deployments).
 *
 * @param code its code, or an empty text
 * @param message what it says, in one line; empty where the message was nothing but another error
 * @param target the id of what it is about, or an empty text
 * @param details the errors that it consists of
 */
record DeploymentError(String code, String message, String target, List<DeploymentError> details) {
    private static final Json JSON = Json.compact();
    private static final int DEEPEST = 20;

    static DeploymentError of(ManagementError error) {
        return of(error, 0);
    }

    private static DeploymentError of(ManagementError error, int depth) {
        List<? extends ManagementError> inner = error.getDetails();
        return unfolded(
                text(error.getCode()),
                text(error.getMessage()),
                text(error.getTarget()),
                inner == null || depth > DEEPEST
                        ? List.of()
                        : inner.stream().map(each -> of(each, depth + 1)).toList(),
                depth);
    }

    private static DeploymentError of(Map<?, ?> said, int depth) {
        // some providers begin the names in upper case
        Map<?, ?> error = any(said, "error", "Error") instanceof Map<?, ?> inside ? inside : said;
        List<DeploymentError> details =
                any(error, "details", "Details") instanceof Collection<?> list && depth <= DEEPEST
                        ? list.stream()
                                .filter(Map.class::isInstance)
                                .map(each -> of((Map<?, ?>) each, depth + 1))
                                .toList()
                        : List.of();
        String code = text(any(error, "code", "Code"));
        return unfolded(
                code.isEmpty() ? text(any(said, "status", "Status")) : code,
                text(any(error, "message", "Message")),
                text(any(error, "target", "Target")),
                details,
                depth);
    }

    private static DeploymentError unfolded(
            String code, String message, String target, List<DeploymentError> details, int depth) {
        if (message.stripLeading().startsWith("{") && depth <= DEEPEST) {
            try {
                if (JSON.read(message) instanceof Map<?, ?> inside) {
                    return new DeploymentError(
                            code,
                            "",
                            target,
                            Stream.concat(Stream.of(of(inside, depth + 1)), details.stream())
                                    .toList());
                }
            } catch (IllegalArgumentException textAfterAll) {
                // it is shown as it is
            }
        }
        return new DeploymentError(code, message.replaceAll("\\s+", " ").strip(), target, details);
    }

    /** This one and, level by level, the first one inside of it, down to the innermost. */
    List<DeploymentError> levels() {
        List<DeploymentError> levels = new ArrayList<>();
        DeploymentError level = this;
        while (level != null && levels.size() <= DEEPEST) {
            levels.add(level);
            level = level.details.isEmpty() ? null : level.details.get(0);
        }
        return levels;
    }

    DeploymentError innermost() {
        List<DeploymentError> levels = levels();
        return levels.get(levels.size() - 1);
    }

    /** The same error, with that of its details first which is the wanted one, or has it inside. */
    DeploymentError leadingTo(DeploymentError wanted) {
        return details.stream()
                .filter(detail -> detail.holds(wanted))
                .findFirst()
                .map(detail -> withDetails(Stream.concat(
                                Stream.of(detail.leadingTo(wanted)),
                                details.stream().filter(it -> it != detail))
                        .toList()))
                .orElse(this);
    }

    /** The same error with others inside. */
    DeploymentError withDetails(List<DeploymentError> others) {
        return new DeploymentError(code, message, target, others);
    }

    boolean holds(DeploymentError wanted) {
        boolean same = code.equals(wanted.code) && message.equals(wanted.message);
        return same || details.stream().anyMatch(detail -> detail.holds(wanted));
    }

    /** Code and message in one line. */
    @Override
    public String toString() {
        return code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message;
    }

    private static @Nullable Object any(Map<?, ?> map, String... names) {
        return Stream.of(names)
                .map(map::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
