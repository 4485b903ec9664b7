// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stacks of a region. Guarded by the monitor of its region. */
final class CloudFormation {

    private final Region region;
    private final Map<String, Stack> byId = new LinkedHashMap<>();
    private final Exports exports = new Exports(this);

    CloudFormation(Region region) {
        this.region = region;
    }

    List<Stack> all() {
        return List.copyOf(byId.values());
    }

    List<Stack> live() {
        return byId.values().stream().filter(Stack::live).toList();
    }

    Exports exports() {
        return exports;
    }

    /** A live stack by name, or any stack by id. */
    Optional<Stack> find(String nameOrId) {
        return Optional.ofNullable(byId.get(nameOrId)).or(() -> live().stream()
                .filter(stack -> stack.name.equals(nameOrId))
                .findFirst());
    }

    Stack get(String nameOrId) {
        return find(nameOrId)
                .orElseThrow(() -> AwsError.of("ValidationError", "Stack with id %s does not exist", nameOrId));
    }

    /** A stack to do something with, in the words in which the service misses it then. */
    Stack toChange(String nameOrId) {
        return find(nameOrId)
                .filter(Stack::live)
                .orElseThrow(() -> AwsError.of("ValidationError", "Stack [%s] does not exist", nameOrId));
    }

    /** A stack that is not started yet. */
    Stack prepare(String name, Stack.Input input) {
        if (!name.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
            throw AwsError.of(
                    "ValidationError",
                    "1 validation error detected: Value '%s' at 'stackName' failed to satisfy constraint: Member must"
                            + " satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
                    name);
        }
        if (find(name).isPresent()) {
            throw AwsError.of("AlreadyExistsException", "Stack [%s] already exists", name);
        }
        var stack = new Stack(region, name, input);
        stack.evaluator(input).check();
        byId.put(stack.id, stack);
        return stack;
    }
}
