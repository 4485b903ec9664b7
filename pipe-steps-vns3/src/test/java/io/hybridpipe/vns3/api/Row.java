// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One operation as it is shown: which method is called on a controller of which past, what is then on the wire, and what comes
 * of the answer.
 *
 * <p>{@code $id}, {@code $token} and {@code $uuid} in arguments, request and body stand for that field of what the last part of
 * the past was answered with. In JSON single quotes stand for double ones.
 *
 * @param call the way and the method, such as {@code firewall().add}; numbers on the way stand for themselves
 * @param arguments the method's arguments
 * @param past what was configured before: method, path and body
 * @param fresh whether the controller has no license yet; otherwise it has all it needs for service
 * @param request method and path with query, below {@code /api}
 * @param body what the request carries, JSON or text
 * @param answer whether what the client emits is right
 * @param script what a server answers in the stand-in's place, for what a stand-in never has
 * @param since the version that has it first; 4.8.4 has the others
 */
record Row(
        String call,
        List<Object> arguments,
        List<Past> past,
        boolean fresh,
        String request,
        String body,
        Predicate<Object> answer,
        Optional<String> script,
        Optional<String> since) {
    record Past(String method, String path, String body) {}

    static Row of(String call, Object... arguments) {
        return new Row(
                call,
                Arrays.asList(arguments),
                List.of(),
                false,
                "",
                "",
                answer -> false,
                Optional.empty(),
                Optional.empty());
    }

    Row after(String method, String path, String body) {
        List<Past> more = new ArrayList<>(past);
        more.add(new Past(method, path, body));
        return new Row(call, arguments, List.copyOf(more), fresh, request, body, answer, script, since);
    }

    Row onFresh() {
        return new Row(call, arguments, past, true, request, body, answer, script, since);
    }

    Row sends(String request) {
        return sends(request, "");
    }

    Row sends(String request, String body) {
        return new Row(call, arguments, past, fresh, request, body, answer, script, since);
    }

    Row since(String version) {
        return new Row(call, arguments, past, fresh, request, body, answer, script, Optional.of(version));
    }

    Row scripted(String json) {
        return new Row(call, arguments, past, fresh, request, body, answer, Optional.of(json), since);
    }

    /** The type is checked when the answer is. */
    @SuppressWarnings("unchecked")
    <T> Row gives(Predicate<T> answer) {
        return new Row(call, arguments, past, fresh, request, body, value -> answer.test((T) value), script, since);
    }

    /** It emits nothing, only that it is done. */
    Row givesNothing() {
        return new Row(call, arguments, past, fresh, request, body, Optional.empty()::equals, script, since);
    }

    @Override
    public String toString() {
        return call + " " + request;
    }
}
