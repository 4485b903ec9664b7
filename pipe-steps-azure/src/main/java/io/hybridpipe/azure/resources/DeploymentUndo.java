// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import com.azure.resourcemanager.resources.models.BasicDependency;
import com.azure.resourcemanager.resources.models.Dependency;
import com.azure.resourcemanager.resources.models.DeploymentPropertiesExtended;
import com.azure.resourcemanager.resources.models.ResourceReference;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.resources.DeploymentWatch.Seen;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Deletes the resources that a deployment has made and that were not there before it.
 *
 * <p>What it touched is in its operations; which of that was new is in its tags ({@link NewOnes}).
 */
record DeploymentUndo(DeploymentCalls calls, ResourceCalls resources, Told told) {
    /** For how long one that was cancelled may go on with what it had begun; what moves after that is waited for one by one. */
    private static final Duration SETTLES_WITHIN = Duration.ofMinutes(10);

    /** Waits until the deployment does nothing more, which it is asked for, and deletes what it has made. */
    Mono<Void> takeBack(DeploymentExtendedInner deployment) {
        calls.context().made(calls.toResource());
        return (AtRest.isFinal(Seen.state(deployment)) ? Mono.<Void>empty() : calls.requestCancel())
                .then(Mono.defer(() -> new DeploymentWatch(calls, told).settled(SETTLES_WITHIN)))
                .map(seen -> new Removal(resources, needs(seen)).remove(candidates(seen)))
                .defaultIfEmpty(takeBackWithoutRecord(NewOnes.in(Seen.tags(deployment))))
                .flatMap(removal -> removal);
    }

    /** Deletes what the step said that it made: all that is known of a deployment whose record is gone. */
    Mono<Void> takeBackTold() {
        return Mono.defer(() -> new Removal(resources, Map.of()).remove(told.all()));
    }

    private Mono<Void> takeBackWithoutRecord(NewOnes newOnes) {
        return Mono.defer(() -> {
            int unknown = told.lacks(newOnes);
            return takeBackTold()
                    .then(
                            unknown == 0
                                    ? Mono.empty()
                                    : Mono.error(StepFailure.permanent(calls.toString()
                                            + ": somebody deleted its record during the undo, and nothing else knows "
                                            + unknown
                                            + " of the resources that it was to make; delete what is left of its template ("
                                            + calls.account().where() + ")")));
        });
    }

    /** All that the deployment may have made. */
    private List<ResourceId> candidates(Seen seen) {
        NewOnes newOnes = seen.newOnes();
        Stream<ResourceId> touched = seen.doings().all().stream().map(Doings.Doing::id);
        Stream<ResourceId> listed = list(seen, DeploymentPropertiesExtended::outputResources).stream()
                .map(ResourceReference::id)
                .filter(Objects::nonNull)
                .map(ResourceId::of);
        // what was said comes first: the same id in another case would be another one for the report
        return Stream.concat(told.all().stream(), Stream.concat(touched, listed).filter(newOnes::has))
                .distinct()
                .toList();
    }

    /** What each resource needs, as the template says it. */
    private static Map<ResourceId, Set<ResourceId>> needs(Seen seen) {
        Map<ResourceId, Set<ResourceId>> needs = new HashMap<>();
        for (Dependency dependency : list(seen, DeploymentPropertiesExtended::dependencies)) {
            if (dependency.id() != null && dependency.dependsOn() != null) {
                Set<ResourceId> needed = needs.computeIfAbsent(ResourceId.of(dependency.id()), id -> new HashSet<>());
                dependency.dependsOn().stream()
                        .map(BasicDependency::id)
                        .filter(Objects::nonNull)
                        .map(ResourceId::of)
                        .forEach(needed::add);
            }
        }
        return needs;
    }

    private static <E> List<E> list(Seen seen, Function<DeploymentPropertiesExtended, List<E>> part) {
        DeploymentPropertiesExtended properties = seen.deployment().properties();
        return properties == null ? List.of() : Objects.requireNonNullElse(part.apply(properties), List.of());
    }
}
