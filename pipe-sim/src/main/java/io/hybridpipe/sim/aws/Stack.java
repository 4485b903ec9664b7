// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A stack as it is now. Guarded by the monitor of its region. */
final class Stack {

    /** What was put in for a stack: text, values, what the Parameter Store had for them, tags, settings. */
    record Input(
            Template template,
            Map<String, String> parameters,
            Map<String, String> stored,
            Map<String, String> tags,
            Settings settings) {

        /** The value of a parameter; the one from the Parameter Store if the parameter names one there. */
        String value(String parameter) {
            return stored.getOrDefault(parameter, parameters.getOrDefault(parameter, ""));
        }
    }

    /** What else a stack is told at each operation and keeps when it is not told anew; {@code role} may be empty. */
    record Settings(List<String> capabilities, String role, List<String> notifications) {}

    /** What is to happen when making the stack fails. */
    enum OnFailure {
        ROLLBACK,
        DELETE,
        DO_NOTHING
    }

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
        /** As the latest template defines it. */
        Template.Resource definition;

        String physicalId = "";
        Props properties = new Props(Map.of());
        /** The tags that the stack gave it. */
        Map<String, String> tags = Map.of();

        String status = "";
        String reason = "";
        Instant changed = Instant.EPOCH;

        Resource(Template.Resource definition) {
            this.logicalId = definition.name();
            this.type = definition.type();
            this.definition = definition;
        }

        boolean exists() {
            return !physicalId.isEmpty() && !status.equals("DELETE_COMPLETE");
        }

        /** What must be there before it and must stay until it is gone. */
        Set<String> needs() {
            return definition.needs();
        }
    }

    private final Region region;
    final String id;
    final String name;
    final Instant created;
    Optional<Instant> updated = Optional.empty();
    Optional<Instant> deleted = Optional.empty();
    Input input;
    OnFailure onFailure = OnFailure.ROLLBACK;
    boolean retainExceptOnCreate;
    boolean protectedFromDeletion;
    Optional<Duration> timeLimit = Optional.empty();
    String status = "";
    String reason = "";
    String token = "";
    final Map<String, Resource> resources = new LinkedHashMap<>();
    final List<Event> events = new ArrayList<>();
    List<Output> outputs = List.of();
    final Map<String, ChangeSet> changeSets = new LinkedHashMap<>();
    /** The change set that made or last changed the stack. */
    String changeSet = "";
    /** What a failed or running update has to go back to. */
    Optional<StackUpdate> update = Optional.empty();
    /** What runs now; starting something else stops it. */
    Runnable stop = () -> {};

    Stack(Region region, String name, Input input) {
        this.region = region;
        this.name = name;
        this.input = input;
        this.id = region.arn("cloudformation", "stack/" + name + "/" + region.ids.uuid());
        this.created = region.clock.instant();
    }

    /** Refuses an input that needs something outside the stack which does not exist. */
    void checkOutside(Input of) {
        ParameterValues.checkExisting(region, of);
        Exports.imports(this, of).forEach(region.stacks.exports()::value);
    }

    boolean live() {
        return !status.equals("DELETE_COMPLETE");
    }

    void turn(String newStatus, String why) {
        status = newStatus;
        reason = why;
        events.add(event(name, id, "AWS::CloudFormation::Stack", newStatus, why));
        changeSets.values().forEach(set -> set.follow(newStatus));
    }

    void turn(Resource resource, String newStatus, String why) {
        resource.status = newStatus;
        resource.reason = why;
        resource.changed = region.clock.instant();
        events.add(event(resource.logicalId, resource.physicalId, resource.type, newStatus, why));
    }

    /** Leaves a resource to itself: it is not the stack's any more. */
    void release(Resource resource) {
        turn(resource, "DELETE_SKIPPED", "");
        resource.physicalId = "";
    }

    /** Releases those that are to be kept and gives the rest. */
    List<Resource> releasing(Collection<Resource> of, Predicate<Resource> keep) {
        var rest = new ArrayList<Resource>();
        for (var resource : List.copyOf(of)) {
            if (!resource.exists() || !keep.test(resource)) {
                rest.add(resource);
            } else {
                release(resource);
            }
        }
        return rest;
    }

    /** The resources, and those that an unfinished update still has to clean up. */
    List<Resource> everything() {
        var all = new ArrayList<>(resources.values());
        update.map(StackUpdate::unfinished).ifPresent(all::addAll);
        return all;
    }

    private Event event(String logicalId, String physicalId, String type, String newStatus, String why) {
        return new Event(region.ids.uuid(), logicalId, physicalId, type, newStatus, why, region.clock.instant(), token);
    }

    /** The values that every template can refer to. */
    private Map<String, Object> pseudo(Input of) {
        return Map.of(
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
                of.settings().notifications());
    }

    Evaluator evaluator(Input of, Evaluator.Resources references) {
        return new Evaluator(
                of.template(), of::value, pseudo(of), region.zones().toList(), references, outside());
    }

    private Evaluator.Outside outside() {
        return new Evaluator.Outside() {
            @Override
            public String export(String wanted) {
                return region.stacks.exports().value(wanted);
            }

            @Override
            public String stored(String wanted) {
                return ParameterValues.stored(region, wanted);
            }
        };
    }

    /** Computes values of the template; references to resources give what the stack has now. */
    Evaluator evaluator(Input of) {
        return evaluator(of, references());
    }

    Evaluator.Resources references() {
        return new Evaluator.Resources() {
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
        };
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

    boolean tagsDiffer(Resource resource) {
        return ResourceTypes.get(resource.type).taggable() && !resource.tags.equals(tagsFor(resource));
    }

    /** Gives a resource its tags and takes those that the stack gave it before; tags that others gave it stay. */
    void tag(Resource resource) {
        var type = ResourceTypes.get(resource.type);
        if (type.taggable()) {
            var tagId = type.tagId.apply(region, resource.physicalId);
            resource.tags.keySet().forEach(key -> region.tags.remove(tagId, key));
            resource.tags = tagsFor(resource);
            region.tags.put(tagId, resource.tags);
        }
    }

    /** Computes the outputs; refuses to export what another stack exports and to change what another stack imports. */
    void computeOutputs() {
        var evaluator = evaluator(input);
        var computed = input.template().outputs.values().stream()
                .filter(evaluator::included)
                .map(output -> new Output(
                        output.name(),
                        evaluator.text(output.value()),
                        output.description(),
                        output.export().map(evaluator::text).orElse("")))
                .toList();
        region.stacks.exports().check(this, computed);
        outputs = computed;
    }
}
