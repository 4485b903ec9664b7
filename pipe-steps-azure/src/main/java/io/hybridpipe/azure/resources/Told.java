// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;

/** The resources that a step has said its deployment made, in this call and in earlier ones. Thread-safe. */
final class Told {
    private final StepContext context;
    private final Function<ResourceId, Resource> described;
    private final Set<ResourceId> ids = new CopyOnWriteArraySet<>();
    private final Set<ResourceId> inThisCall = new CopyOnWriteArraySet<>();

    private Told(StepContext context, Function<ResourceId, Resource> described) {
        this.context = context;
        this.described = described;
    }

    static Told of(DeploymentCalls calls, ResourceCalls resources) {
        Told told = new Told(calls.context(), resources::toResource);
        calls.context().madeBefore().stream()
                .filter(resource -> !resource.isSameAs(calls.toResource()))
                .map(Resource::id)
                .map(ResourceId::of)
                .forEach(told.ids::add);
        return told;
    }

    /** Says so, once in a call. */
    void made(ResourceId id) {
        ids.add(id);
        if (inThisCall.add(id)) {
            context.made(described.apply(id));
        }
    }

    /** Says so, if it was said to be made. */
    void gone(ResourceId id) {
        inThisCall.remove(id);
        if (ids.remove(id)) {
            context.gone(described.apply(id));
        }
    }

    List<ResourceId> all() {
        return List.copyOf(ids);
    }

    /** How many of a deployment's new resources were not said. */
    int lacks(NewOnes newOnes) {
        SortedSet<String> lacking = new TreeSet<>(newOnes.hashes());
        lacking.removeAll(NewOnes.of(ids).hashes());
        return lacking.size();
    }
}
