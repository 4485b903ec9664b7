// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the function {@code reference} reads from: the resources that are there while a deployment runs. */
@FunctionalInterface
public interface Lookup {

    /**
     * A resource as the service shows it.
     *
     * @param id the whole id, from {@code /subscriptions} on
     * @param apiVersion the version to read it with
     * @throws TemplateException with the service's code if it cannot be read
     */
    ObjectNode read(String id, String apiVersion);
}
