// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A request as it came over the wire.
 *
 * @param method {@code GET}, {@code POST} and so on
 * @param path the decoded path, from {@code /} on
 * @param rawQuery the query as it was sent, without the question mark; empty if there was none
 * @param headers by name, whatever the case; never changes
 * @param body as UTF-8 text; empty if there was none
 */
public record SimRequest(String method, String path, String rawQuery, Map<String, List<String>> headers, String body) {

    /** Copies the headers into a map that ignores the case of names. */
    public SimRequest {
        var copy = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        headers = Collections.unmodifiableMap(copy);
    }

    /** The first value of a header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name))
                .flatMap(values -> values.stream().findFirst());
    }

    /** The decoded parameters of the query, in the order sent. */
    public Map<String, List<String>> query() {
        return parameters(rawQuery);
    }

    /** The decoded parameters of a body of type {@code application/x-www-form-urlencoded}, in the order sent. */
    public Map<String, List<String>> form() {
        return parameters(body);
    }

    /** The first value of a parameter of the query. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(query().get(name))
                .flatMap(values -> values.stream().findFirst());
    }

    /** The request as text: request line, headers, empty line, body. What a search for leaked secrets looks through. */
    public String wire() {
        return method + " " + path + (rawQuery.isEmpty() ? "" : "?" + rawQuery) + "\n" + lines(headers) + "\n" + body;
    }

    /** Method, path and length: headers, query and body may hold secrets, which {@link #wire} shows. */
    @Override
    public String toString() {
        return method + " " + path + ", " + body.length() + " characters";
    }

    static String lines(Map<String, List<String>> headers) {
        return headers.entrySet().stream()
                .flatMap(header -> header.getValue().stream().map(value -> header.getKey() + ": " + value + "\n"))
                .collect(Collectors.joining());
    }

    private static Map<String, List<String>> parameters(String encoded) {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (var pair : encoded.split("&")) {
            if (!pair.isEmpty()) {
                var equals = pair.indexOf('=');
                var name = decode(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
