// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Where a template is deployed to.
 *
 * @param subscription what the function of this name gives: {@code id}, {@code subscriptionId} and so on
 * @param resourceGroup what the function of this name gives: {@code id}, {@code name}, {@code location} and so on
 * @param deployment the deployment's name
 */
public record Scope(ObjectNode subscription, ObjectNode resourceGroup, String deployment) {

    String subscriptionId() {
        return subscription.path("subscriptionId").asText();
    }

    String groupName() {
        return resourceGroup.path("name").asText();
    }
}
