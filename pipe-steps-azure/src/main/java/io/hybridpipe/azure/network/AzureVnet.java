// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import java.util.Map;

/**
 * A virtual network with its subnets, as steps hand it on.
 *
 * @param id the id of the virtual network
 * @param subnets the ids of the subnets by their names
 */
public record AzureVnet(String id, Map<String, String> subnets) {
    /** Copies the map. */
    public AzureVnet {
        subnets = Map.copyOf(subnets);
    }

    /**
     * The id of the subnet with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public String subnet(String name) {
        String id = subnets.get(name);
        if (id == null) {
            throw new IllegalArgumentException(this.id + " has no subnet '" + name + "', it has " + subnets.keySet());
        }
        return id;
    }
}
