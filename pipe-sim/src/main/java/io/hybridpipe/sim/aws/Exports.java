// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The values that the stacks of a region export, and which other stacks import them. */
final class Exports {

    /** One exported value. */
    record Export(String name, String value, Stack stack) {}

    private final CloudFormation stacks;

    Exports(CloudFormation stacks) {
        this.stacks = stacks;
    }

    /** All exports by name. */
    Map<String, Export> all() {
        var all = new LinkedHashMap<String, Export>();
        for (var stack : stacks.live()) {
            for (var output : stack.outputs) {
                if (!output.export().isEmpty()) {
                    all.put(output.export(), new Export(output.export(), output.value(), stack));
                }
            }
        }
        return all;
    }

    String value(String name) {
        return Optional.ofNullable(all().get(name))
                .map(Export::value)
                .orElseThrow(() -> AwsError.of("ValidationError", "No export named %s found.", name));
    }

    /** The names of the stacks that import a value. */
    List<String> importers(String name) {
        return stacks.live().stream()
                .filter(stack -> stack.resources.values().stream().anyMatch(Stack.Resource::exists))
                .filter(stack -> imports(stack, stack.input).contains(name))
                .map(stack -> stack.name)
                .toList();
    }

    /** What a template imports, as far as its conditions let it. */
    static Set<String> imports(Stack stack, Stack.Input input) {
        var evaluator = stack.evaluator(input);
        var found = new TreeSet<String>();
        evaluator.included().forEach(value -> found.addAll(evaluator.imports(value)));
        return found;
    }

    /** Refuses names that another stack exports, and changes of values that another stack imports. */
    void check(Stack stack, List<Stack.Output> wanted) {
        var taken = all();
        wanted.stream().filter(output -> !output.export().isEmpty()).forEach(output -> {
            var other = taken.get(output.export());
            if (other != null && other.stack() != stack) {
                throw AwsError.of(
                        "ValidationError",
                        "Export with name %s is already exported by stack %s",
                        output.export(),
                        other.stack().name);
            }
        });
        var values = wanted.stream()
                .filter(output -> !output.export().isEmpty())
                .collect(Collectors.toMap(Stack.Output::export, Stack.Output::value, (one, another) -> another));
        for (var output : stack.outputs) {
            if (!output.export().isEmpty() && !output.value().equals(values.get(output.export()))) {
                refuseIfImported(output.export(), values.containsKey(output.export()) ? "updated" : "deleted");
            }
        }
    }

    /** Refuses to take away or change an export that another stack imports. */
    void refuseIfImported(String name, String what) {
        var importers = importers(name);
        if (!importers.isEmpty()) {
            throw AwsError.of(
                    "ValidationError",
                    "Export %s cannot be %s as it is in use by %s",
                    name,
                    what,
                    String.join(" and ", importers));
        }
    }
}
