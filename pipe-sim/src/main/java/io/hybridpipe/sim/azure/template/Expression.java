// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What stands between the brackets of a template expression. */
sealed interface Expression {

    /** Functions whose value only the run of a deployment can know. */
    Set<String> RUNTIME = Set.of("reference");

    /** A text or a whole number. */
    record Literal(JsonNode value) implements Expression {}

    /** A function with its arguments; the name as it was written. */
    record Call(String name, List<Expression> arguments) implements Expression {}

    /** A member of what another expression gives: {@code .name} or {@code [key]}. */
    record Member(Expression of, Expression key) implements Expression {}

    /** All function calls in this expression, its own included. */
    default Stream<Call> calls() {
        if (this instanceof Call call) {
            return Stream.concat(Stream.of(call), call.arguments().stream().flatMap(Expression::calls));
        }
        if (this instanceof Member member) {
            return Stream.concat(member.of().calls(), member.key().calls());
        }
        return Stream.empty();
    }

    /** Whether it can be evaluated only while the deployment runs. */
    default boolean isRuntime() {
        return calls().anyMatch(call -> RUNTIME.contains(Functions.key(call.name())));
    }
}
