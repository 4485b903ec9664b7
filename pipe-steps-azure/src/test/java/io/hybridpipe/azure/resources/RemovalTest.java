// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RemovalTest {
    private static final ResourceId VNET = id("virtualNetworks/hub");
    private static final ResourceId SUBNET = id("virtualNetworks/hub/subnets/a");
    private static final ResourceId NIC = id("networkInterfaces/nic");
    private static final ResourceId DOORS = id("networkSecurityGroups/doors");

    @Test
    void whatNeedsOthersGoesBeforeThemAndChildrenBeforeTheirParents() {
        Map<ResourceId, Set<ResourceId>> needs = Map.of(NIC, Set.of(SUBNET), SUBNET, Set.of(DOORS));
        Set<ResourceId> left = set(VNET, DOORS, SUBNET, NIC);

        assertThat(Removal.nextOf(left, needs)).containsExactly(NIC);
        assertThat(Removal.nextOf(set(VNET, DOORS, SUBNET), needs)).containsExactly(SUBNET);
        assertThat(Removal.nextOf(set(VNET, DOORS), needs)).containsExactly(VNET, DOORS);
    }

    @Test
    void thoseThatNeedEachOtherInACircleAreAllTried() {
        Map<ResourceId, Set<ResourceId>> needs = Map.of(NIC, Set.of(DOORS), DOORS, Set.of(NIC));

        assertThat(Removal.nextOf(set(NIC, DOORS), needs)).containsExactlyInAnyOrder(NIC, DOORS);
    }

    private static Set<ResourceId> set(ResourceId... ids) {
        return Arrays.stream(ids).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static ResourceId id(String path) {
        return ResourceId.of("/subscriptions/s/resourceGroups/fed/providers/Microsoft.Network/" + path);
    }
}
