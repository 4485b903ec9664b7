// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A stack as it is now. Guarded by the monitor of its region. */
final class Stack {

    /** What was put in for a stack: text, values, tags. */
    record Input(Template template, Map<String, String> parameters, Map<String, String> tags) {}

    record Event(
            String id,
            String logicalId,
            String physicalId,
            String type,
            String status,
            String reason,
            Instant at,
            String token) {}

    record Output(String key, String value, String description, String export) {}

    /** A resource of the stack; without a physical id until it was made. */
    static final class Resource {
        final String logicalId;
        final String type;
        final Set<String> needs;
        final boolean retained;
        String physicalId = "";
        Props properties = new Props(Map.of());
        String status = "";
        String reason = "";
        Instant changed = Instant.EPOCH;

        Resource(Template.Resource definition) {
            this.logicalId = definition.name();
            this.type = definition.type();
            this.needs = Set.copyOf(definition.needs());
            this.retained = definition.retained();
        }

        boolean exists() {
            return !physicalId.isEmpty() && !status.equals("DELETE_COMPLETE");
        }
    }

    private final Region region;
    final String id;
    final String name;
    final Instant created;
    Optional<Instant> updated = Optional.empty();
    Optional<Instant> deleted = Optional.empty();
    Input input;
    String onFailure;
    List<String> capabilities = List.of();
    String status = "";
    String reason = "";
    String token = "";
    final Map<String, Resource> resources = new LinkedHashMap<>();
    final List<Event> events = new ArrayList<>();
    List<Output> outputs = List.of();
    final Map<String, ChangeSetActions.ChangeSet> changeSets = new LinkedHashMap<>();
    /** What runs now; starting something else stops it. */
    Runnable stop = () -> {};

    Stack(Region region, String name, Input input, String onFailure) {
        this.region = region;
        this.name = name;
        this.input = input;
        this.onFailure = onFailure;
        this.id = region.arn("cloudformation", "stack/" + name + "/" + region.ids.uuid());
        this.created = region.clock.instant();
    }

    boolean live() {
        return !status.equals("DELETE_COMPLETE");
    }

    void turn(String newStatus, String why) {
        status = newStatus;
        reason = why;
        events.add(event(name, id, "AWS::CloudFormation::Stack", newStatus, why));
    }

    void turn(Resource resource, String newStatus, String why) {
        resource.status = newStatus;
        resource.reason = why;
        resource.changed = region.clock.instant();
        events.add(event(resource.logicalId, resource.physicalId, resource.type, newStatus, why));
    }

    private Event event(String logicalId, String physicalId, String type, String newStatus, String why) {
        return new Event(region.ids.uuid(), logicalId, physicalId, type, newStatus, why, region.clock.instant(), token);
    }

    /** Computes values of the template; references to resources give what the stack has now. */
    Evaluator evaluator(Input of) {
        Map<String, Object> pseudo = Map.of(
                "AWS::Region",
                region.name,
                "AWS::AccountId",
                region.account,
                "AWS::StackName",
                name,
                "AWS::StackId",
                id,
                "AWS::Partition",
                "aws",
                "AWS::URLSuffix",
                "amazonaws.com",
                "AWS::NotificationARNs",
                List.of());
        return new Evaluator(
                of.template(), of.parameters(), pseudo, region.zones().toList(), new Evaluator.Resources() {
                    @Override
                    public String physicalId(String logicalId) {
                        return made(logicalId).physicalId;
                    }

                    @Override
                    public Object attribute(String logicalId, String attribute) {
                        var resource = made(logicalId);
                        return ResourceTypes.get(resource.type)
                                .attributes
                                .of(region, resource.physicalId, resource.properties)
                                .getOrDefault(attribute, "");
                    }
                });
    }

    Optional<Resource> existing(String logicalId) {
        return Optional.ofNullable(resources.get(logicalId)).filter(Resource::exists);
    }

    private Resource made(String logicalId) {
        return existing(logicalId)
                .orElseThrow(() -> AwsError.of("ValidationError", "Unresolved resource dependencies [%s]", logicalId));
    }

    /** Tags that every resource of the stack gets that can have tags. */
    Map<String, String> tagsFor(Resource resource) {
        var tags = new LinkedHashMap<>(input.tags());
        tags.putAll(resource.properties.tags());
        tags.put("aws:cloudformation:stack-name", name);
        tags.put("aws:cloudformation:stack-id", id);
        tags.put("aws:cloudformation:logical-id", resource.logicalId);
        return tags;
    }

    void computeOutputs() {
        var evaluator = evaluator(input);
        outputs = input.template().outputs.values().stream()
                .filter(output -> output.condition().map(evaluator::condition).orElse(true))
                .map(output -> new Output(
                        output.name(),
                        evaluator.text(output.value()),
                        output.description(),
                        output.export().map(evaluator::text).orElse("")))
                .toList();
    }
}
