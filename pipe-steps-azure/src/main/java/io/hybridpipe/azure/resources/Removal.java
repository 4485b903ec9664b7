// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes several resources in waves: those that none of the others needs, then those that none of the rest needs, and so on.
 *
 * <p>What cannot be deleted in one wave, because something uses it that says so nowhere, is tried again in the next; the end is
 * when nothing is left, or when a wave deletes nothing.
 *
 * @param needs what each one needs, so that it goes first
 */
record Removal(ResourceCalls resources, Map<ResourceId, Set<ResourceId>> needs) {
    private static final int AT_ONCE = 4;

    /** Deletes those that are there, each as soon as nothing changes it any more; says first which these are. */
    Mono<Void> remove(Collection<ResourceId> candidates) {
        return Flux.fromIterable(candidates)
                .flatMap(this::look, AT_ONCE)
                .collect(LinkedHashMap<ResourceId, Set<ResourceId>>::new, Map::putAll)
                .flatMap(found -> {
                    Set<ResourceId> all = new LinkedHashSet<>(found.keySet());
                    found.values().forEach(all::addAll);
                    all.forEach(id -> resources.context().made(resources.toResource(id)));
                    return new Removal(resources, and(found)).removeAll(all);
                });
    }

    /** A resource that is there, with the disks that go after it. */
    private Mono<Map<ResourceId, Set<ResourceId>>> look(ResourceId id) {
        return resources
                .atRest(id)
                .map(there -> Map.of(id, isMachine(id) ? OwnDisks.of(there) : Set.<ResourceId>of()))
                .switchIfEmpty(Mono.fromRunnable(() -> resources.context().gone(resources.toResource(id))));
    }

    private static boolean isMachine(ResourceId id) {
        return id.type().equalsIgnoreCase("Microsoft.Compute/virtualMachines");
    }

    private Map<ResourceId, Set<ResourceId>> and(Map<ResourceId, Set<ResourceId>> more) {
        Map<ResourceId, Set<ResourceId>> all = new HashMap<>(more);
        needs.forEach((id, needed) -> all.merge(id, needed, (one, other) -> {
            Set<ResourceId> both = new HashSet<>(one);
            both.addAll(other);
            return both;
        }));
        return all;
    }

    private Mono<Void> removeAll(Set<ResourceId> left) {
        if (left.isEmpty()) {
            return Mono.empty();
        }
        return Flux.fromIterable(nextOf(left, needs))
                .flatMap(this::tried, AT_ONCE)
                .collectList()
                .flatMap(tries -> goOn(left, tries));
    }

    /** One deletion, and why it failed if it did. */
    private record Try(ResourceId id, Optional<StepFailure> failure) {}

    private Mono<Try> tried(ResourceId id) {
        return resources
                .delete(id)
                .thenReturn(new Try(id, Optional.empty()))
                .onErrorResume(StepFailure.class, failure -> Mono.just(new Try(id, Optional.of(failure))));
    }

    private Mono<Void> goOn(Set<ResourceId> left, List<Try> tries) {
        Set<ResourceId> rest = new LinkedHashSet<>(left);
        tries.stream().filter(each -> each.failure().isEmpty()).map(Try::id).forEach(rest::remove);
        List<StepFailure> failures =
                tries.stream().flatMap(each -> each.failure().stream()).toList();
        if (rest.size() == left.size()) {
            return Mono.error(failure(failures, rest.size()));
        }
        Duration pause = failures.stream()
                .flatMap(failure -> failure.retryAfter().stream())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        return Mono.defer(() -> removeAll(rest)).delaySubscription(pause);
    }

    /** Of several failures one that passes, since all is tried again then. */
    private static StepFailure failure(List<StepFailure> failures, int left) {
        StepFailure first =
                failures.stream().filter(FailureClass::isPassing).findFirst().orElseGet(() -> failures.get(0));
        if (left == 1) {
            return first;
        }
        String message = first.getMessage() + "; " + (left - 1) + " more could not be deleted";
        return AzureFailures.like(first, message, first);
    }

    /** Those that none of the others needs or is a part of; all of them if they need each other in a circle. */
    static Set<ResourceId> nextOf(Set<ResourceId> left, Map<ResourceId, Set<ResourceId>> needs) {
        Set<ResourceId> next = new LinkedHashSet<>(left);
        for (ResourceId each : left) {
            Set<ResourceId> needed = needs.getOrDefault(each, Set.of());
            next.removeIf(id -> !id.equals(each) && (needed.contains(id) || each.isInside(id)));
        }
        return next.isEmpty() ? left : next;
    }
}
