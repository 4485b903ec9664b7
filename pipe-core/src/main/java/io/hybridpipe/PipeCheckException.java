// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.List;

/**
 * A pipe that cannot work as it is written; thrown by {@code build()} with all problems at once.
 *
 * <p>A step or scope whose {@code contract()} throws, as one whose description is not complete does, is such a problem; what
 * it threw is suppressed in this exception.
 */
public final class PipeCheckException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    PipeCheckException(String pipe, List<String> problems) {
        super("pipe '" + pipe + "' has " + problems.size() + (problems.size() == 1 ? " problem" : " problems") + ":\n  "
                + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line a problem, each with path, key and, where one is near, the name that was probably meant. */
    public List<String> problems() {
        return problems;
    }
}
