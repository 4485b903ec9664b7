// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an update would do to a stack, found out without doing it. */
final class Changes {

    /** One change: {@code Add}, {@code Modify} or {@code Remove}; outputs and tags count as changes of the stack itself. */
    record Change(String action, String logicalId, String physicalId, String type) {
        boolean ofResource() {
            return !type.equals("AWS::CloudFormation::Stack");
        }
    }

    private Changes() {}

    static List<Change> between(Stack stack, Stack.Input wanted) {
        var changes = new ArrayList<Change>();
        var evaluator = stack.evaluator(wanted);
        wanted.template().resources.forEach((name, definition) -> {
            var included = definition.condition().map(evaluator::condition).orElse(true);
            stack.existing(name)
                    .ifPresentOrElse(
                            present -> {
                                if (!included) {
                                    changes.add(new Change("Remove", name, present.physicalId, present.type));
                                } else if (differs(present, definition, evaluator)) {
                                    changes.add(new Change("Modify", name, present.physicalId, definition.type()));
                                }
                            },
                            () -> {
                                if (included) {
                                    changes.add(new Change("Add", name, "", definition.type()));
                                }
                            });
        });
        stack.resources.values().stream()
                .filter(present ->
                        present.exists() && !wanted.template().resources.containsKey(present.logicalId))
                .forEach(present ->
                        changes.add(new Change("Remove", present.logicalId, present.physicalId, present.type)));
        if (!stack.input.template().outputs.equals(wanted.template().outputs)
                || !stack.input.tags().equals(wanted.tags())) {
            changes.add(new Change("Modify", stack.name, stack.id, "AWS::CloudFormation::Stack"));
        }
        return changes;
    }

    private static boolean differs(Stack.Resource present, Template.Resource definition, Evaluator evaluator) {
        if (!present.type.equals(definition.type())) {
            return true;
        }
        try {
            Map<String, Object> values = evaluator.properties(definition);
            return !present.properties.values().equals(values);
        } catch (AwsError refersToWhatDoesNotExistYet) {
            return true;
        }
    }
}
