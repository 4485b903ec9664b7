// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A resource that a deployment will put, as far as it is known before. Immutable. */
public final class PlannedResource {

    private final Resources resources;
    private final Secrets secrets;
    private final Resources.Item item;
    private final List<String> dependencies;

    PlannedResource(Resources resources, Secrets secrets, Resources.Item item, Set<String> dependencies) {
        this.resources = resources;
        this.secrets = secrets;
        this.item = item;
        this.dependencies = List.copyOf(dependencies);
    }

    /** The whole id, from {@code /subscriptions} on. */
    public String id() {
        return item.id();
    }

    /** The full type, such as {@code Microsoft.Network/virtualNetworks/subnets}. */
    public String type() {
        return item.type();
    }

    /** The name with those of its parents, such as {@code net/apps}. */
    public String name() {
        return item.name();
    }

    /** The version of the interface to put it with. */
    public String apiVersion() {
        return item.apiVersion();
    }

    /** The location, if there is one and it is known before the run. */
    public Optional<String> location() {
        return Optional.ofNullable(item.body().path("location").textValue());
    }

    /** Whether a location is given, be it known or not. */
    public boolean hasLocation() {
        return item.body().hasNonNull("location");
    }

    /** The ids of the resources of this deployment that must be done before. */
    public List<String> dependencies() {
        return dependencies;
    }

    /**
     * What is sent for it.
     *
     * @throws TemplateException if an expression that reads another resource cannot be evaluated
     */
    public ObjectNode body(Lookup lookup) {
        return secrets.guard(() -> evaluated(lookup));
    }

    private ObjectNode evaluated(Lookup lookup) {
        try {
            return (ObjectNode) Evaluation.finish(item.body(), new Evaluation.Running(resources, lookup));
        } catch (ExpressionException e) {
            throw new TemplateException(
                    "InvalidTemplate",
                    "Unable to process template language expressions for resource '%s' at %s. '%s.'"
                            .formatted(item.id(), item.place(), e.text()));
        }
    }
}
