// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a stand-in answers.
 *
 * @param status the HTTP status, or one of the two ways not to answer: {@link #dropped()}, {@link #silence()}
 * @param headers by name, whatever the case; {@code Content-Length} and {@code Date} are added by the server
 * @param body sent as UTF-8; that of {@code application/octet-stream} has a character for each byte
 */
public record SimResponse(int status, Map<String, List<String>> headers, String body) {

    private static final int DROPPED = 0;
    private static final int SILENCE = -1;
    private static final String BYTES = "application/octet-stream";

    /** Copies the headers into a map that ignores the case of names. */
    public SimResponse {
        var copy = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        headers = Collections.unmodifiableMap(copy);
    }

    /** An answer without headers and body. */
    public static SimResponse of(int status) {
        return new SimResponse(status, Map.of(), "");
    }

    /** An answer with a body of the given media type. */
    public static SimResponse of(int status, String contentType, String body) {
        return new SimResponse(status, Map.of("Content-Type", List.of(contentType)), body);
    }

    /** An answer with a JSON body. */
    public static SimResponse json(int status, String body) {
        return of(status, "application/json; charset=utf-8", body);
    }

    /** An answer with an XML body. */
    public static SimResponse xml(int status, String body) {
        return of(status, "text/xml;charset=UTF-8", body);
    }

    /** An answer with a file of any bytes. */
    public static SimResponse file(byte[] content) {
        return of(200, BYTES, new String(content, StandardCharsets.ISO_8859_1));
    }

    /** No answer: the connection is closed. */
    public static SimResponse dropped() {
        return of(DROPPED);
    }

    /** No answer ever: the connection stays open and silent until the client gives up or the server closes. */
    public static SimResponse silence() {
        return of(SILENCE);
    }

    /** This answer with one more header; the same name replaces. */
    public SimResponse withHeader(String name, String value) {
        var more = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, List.of(value));
        return new SimResponse(status, more, body);
    }

    /** The answer as text: status, headers, empty line, body. */
    public String wire() {
        return status + "\n" + SimRequest.lines(headers) + "\n" + body;
    }

    /** Status and length: headers and body may hold secrets, which {@link #wire} shows. */
    @Override
    public String toString() {
        return status + ", " + body.length() + " characters";
    }

    byte[] bytes() {
        boolean file = headers.getOrDefault("Content-Type", List.of()).contains(BYTES);
        return body.getBytes(file ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    boolean isDropped() {
        return status == DROPPED;
    }

    boolean isSilence() {
        return status == SILENCE;
    }
}
